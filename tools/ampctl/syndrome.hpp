// SPDX-License-Identifier: GPL-2.0-only
// ESR_ELx in words (Arm ARM DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)").
#pragma once

#include <cstdint>
#include <string>

namespace amp::ctl {

// "data abort from a lower exception level: translation fault, level 2, write of 4 bytes from x3"
std::string syndrome_text(std::uint64_t esr);

} // namespace amp::ctl
