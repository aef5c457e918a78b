// SPDX-License-Identifier: GPL-2.0-only
// Finds the escape key in what is typed: Ctrl-] and then a letter. Everything else goes to the guest.
#pragma once

#include <string>
#include <string_view>

namespace amp::ctl {

enum class EscapeCommand { none, asked, detach, destroy, resumed };

struct Filtered {
    std::string forward; // for the guest
    EscapeCommand command = EscapeCommand::none;
};

class EscapeFilter {
public:
    static constexpr char key = 0x1d; // Ctrl-]

    Filtered feed(std::string_view typed);

private:
    bool asked_ = false;
};

} // namespace amp::ctl
