// SPDX-License-Identifier: GPL-2.0-only
// When the next worker starts after one has died: at once, unless workers die young one after the other.
#pragma once

#include <algorithm>
#include <chrono>

namespace amp::backend {

class Backoff {
public:
    using Time = std::chrono::milliseconds;
    static constexpr Time young{1000}, first{100}, longest{5000};

    // `lived`: how long the worker did.
    Time after_death(Time lived) {
        if (lived >= young)
            next_ = Time{0};
        const Time delay = next_;
        next_ = next_ == Time{0} ? first : std::min(next_ * 2, longest);
        return delay;
    }

private:
    Time next_{0};
};

} // namespace amp::backend
