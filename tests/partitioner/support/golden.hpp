// SPDX-License-Identifier: GPL-2.0-only
// Whole-text comparison with a file of the source tree; AMP_UPDATE_EXPECTED=1 rewrites the file instead.
#pragma once

#include <string>

#include "amp/partitioner/plan.hpp"

namespace amp::test {

// Fails the running test where the texts differ.
void check_golden(const std::string& path_below_source, const std::string& actual);

// Every field of a plan, one per line.
std::string plan_text(const Plan&);
// dtc's reading of a blob; its warnings are appended, so that they show.
std::string dts_of(const Bytes& blob);
std::string text_of(const Diagnostics&);

} // namespace amp::test
