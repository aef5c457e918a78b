// SPDX-License-Identifier: GPL-2.0-only
// Numbers to text, digit by digit.
#include "core/log.hpp"

namespace amp {

void Log::add(const char* text) {
    for (; *text != '\0'; ++text) {
        stream_.put(static_cast<uint8_t>(*text));
    }
}

void Log::add(Hex number) {
    add("0x");
    unsigned shift = 60;
    while (shift != 0 && (number.value >> shift) == 0) {
        shift -= 4;
    }
    for (;; shift -= 4) {
        const unsigned digit = (number.value >> shift) & 0xf;
        stream_.put(static_cast<uint8_t>(digit < 10 ? '0' + digit : 'a' + digit - 10));
        if (shift == 0) {
            return;
        }
    }
}

void Log::add(uint64_t number) {
    uint8_t digits[20];
    unsigned count = 0;
    do {
        digits[count++] = static_cast<uint8_t>('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count != 0) {
        stream_.put(digits[--count]);
    }
}

} // namespace amp
