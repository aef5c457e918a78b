// SPDX-License-Identifier: GPL-2.0-only
// The monitor's log: whole lines of text and numbers into the stream that dom0 reads. Written at start and at the end of a
// guest, never on the way of an exit.
#ifndef AMP_MONITOR_CORE_LOG_HPP
#define AMP_MONITOR_CORE_LOG_HPP

#include <stdint.h>

#include "core/stream.hpp"

namespace amp {

struct Hex {
    uint64_t value;
};

class Log {
public:
    bool init(const amp_area& area) { return stream_.init(area); }

    // line("guest at ", Hex{entry}, ", ", count, " pages"): strings, Hex and unsigned numbers.
    template <class... Parts>
    void line(Parts... parts) {
        if (!stream_.ready()) {
            return;
        }
        (add(parts), ...);
        add("\n");
        stream_.publish();
    }

private:
    void add(const char* text);
    void add(Hex number);
    void add(uint64_t number);
    void add(uint32_t number) { add(uint64_t{number}); }

    StreamWriter stream_;
};

} // namespace amp

#endif
