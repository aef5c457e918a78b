// SPDX-License-Identifier: GPL-2.0-only
// ELF64 for arm64 and ELF32 for 32-bit Arm: program headers to segments. Called by image.cpp once the magic matched.
#pragma once

#include "amp/partitioner/image.hpp"

namespace amp {

bool is_elf(const Bytes&);
Result<Image, ImageError> parse_elf(const Bytes&);

} // namespace amp
