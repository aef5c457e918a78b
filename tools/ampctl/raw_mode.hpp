// SPDX-License-Identifier: GPL-2.0-only
// A terminal that passes every key on, for as long as this object lives. Does nothing where the descriptor is no
// terminal.
#pragma once

#include <optional>
#include <termios.h>
#include <unistd.h>

namespace amp::ctl {

class RawMode {
public:
    explicit RawMode(int descriptor) : descriptor_(descriptor) {
        termios settings{};
        if (::tcgetattr(descriptor_, &settings) != 0)
            return;
        before_ = settings;
        // Output processing stays on: guests may end their lines with a bare newline.
        const auto output = settings.c_oflag;
        ::cfmakeraw(&settings);
        settings.c_oflag = output;
        ::tcsetattr(descriptor_, TCSADRAIN, &settings);
    }
    ~RawMode() {
        if (before_)
            ::tcsetattr(descriptor_, TCSADRAIN, &*before_);
    }
    RawMode(const RawMode&) = delete;
    RawMode& operator=(const RawMode&) = delete;

    [[nodiscard]] bool active() const { return before_.has_value(); }

private:
    int descriptor_;
    std::optional<termios> before_;
};

} // namespace amp::ctl
