// SPDX-License-Identifier: GPL-2.0-only
// Two states: normal, and after the escape key.
#include "escape_filter.hpp"

namespace amp::ctl {

Filtered EscapeFilter::feed(std::string_view typed) {
    Filtered result;
    for (const char c : typed) {
        if (!asked_ && c != key) {
            result.forward.push_back(c);
            continue;
        }
        if (!asked_) {
            asked_ = true;
            result.command = EscapeCommand::asked;
            continue;
        }
        asked_ = false;
        result.command = EscapeCommand::resumed;
        if (c == key)
            result.forward.push_back(c);
        // What was typed after a way out is not the guest's any more.
        if (c == 'd' || c == 'q') {
            result.command = c == 'd' ? EscapeCommand::detach : EscapeCommand::destroy;
            return result;
        }
    }
    return result;
}

} // namespace amp::ctl
