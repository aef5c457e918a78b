// SPDX-License-Identifier: GPL-2.0-only
// What doctor looks at beyond the partitioner's own view of the machine: kernel, module, permissions, tools.
#pragma once

#include "context.hpp"

#include <amp/partitioner/diagnostic.hpp>

#include <string>
#include <vector>

namespace amp::ctl {

struct Finding {
    std::string subject;
    Severity severity = Severity::note; // note: fine
    std::string text;
    std::string remedy;
};

// All rows of the table, in order.
std::vector<Finding> check_host(const Context& context);

} // namespace amp::ctl
