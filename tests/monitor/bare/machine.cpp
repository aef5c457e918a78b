// SPDX-License-Identifier: GPL-2.0-only
// The few registers that it takes.
#include "machine.hpp"

namespace bare {

constexpr uint32_t kick_sgi = 7;

void print(const char* text) {
    for (; *text != '\0'; ++text) {
        if (*text == '\n') {
            reg<uint32_t>(uart_base) = '\r';
        }
        reg<uint32_t>(uart_base) = static_cast<uint8_t>(*text);
    }
}

void print_hex(uint64_t value) {
    print("0x");
    unsigned shift = 60;
    while (shift != 0 && (value >> shift) == 0) {
        shift -= 4;
    }
    for (;; shift -= 4) {
        const char digit[] = {"0123456789abcdef"[(value >> shift) & 15], '\0'};
        print(digit);
        if (shift == 0) {
            return;
        }
    }
}

void print_number(uint64_t value) {
    char text[21];
    unsigned at = 20;
    text[at] = '\0';
    do {
        text[--at] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(text + at);
}

bool check(bool good, const char* what) {
    if (!good) {
        print("  wrong: ");
        print(what);
        print("\n");
    }
    return good;
}

bool delay_ms(uint64_t ms) {
    const uint64_t end = counter() + ms * frequency() / 1000;
    while (counter() < end) {
    }
    return true;
}

// GICD_PIDR2.ArchRev lies at another offset for each version; the firmware leaves the system registers on for GICv3.
uint32_t gic_version() {
    uint64_t pfr0;
    __asm__ __volatile__("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
    return ((pfr0 >> 24) & 15) != 0 ? 3 : 2;
}

void init_gic() {
    if (gic_version() == 3) {
        __asm__ __volatile__("msr S3_4_C12_C9_5, %0\n\tisb" : : "r"(0xfull)); // ICC_SRE_EL2
        reg<uint32_t>(gicd_base) = 0x10; // ARE
        reg<uint32_t>(gicd_base) = 0x12; // ARE, group 1
    } else {
        reg<uint32_t>(gicd_base) = 1;
        // As Linux does: interrupts have a target, here core 0. One without is never pending.
        for (uint64_t spi = 32; spi < 128; spi += 4) {
            reg<uint32_t>(gicd_base + 0x800 + spi) = 0x01010101;
        }
    }
}

void kick() {
    __asm__ __volatile__("dsb sy" : : : "memory");
    if (gic_version() == 3) {
        __asm__ __volatile__("msr S3_0_C12_C11_5, %0\n\tisb" : : "r"(uint64_t{kick_sgi} << 24 | 2ull));
    } else {
        reg<uint32_t>(gicd_base + 0xf00) = 2u << 16 | kick_sgi;
    }
}

bool take_spi(uint32_t intid) {
    const uint32_t mask = 1u << (intid % 32);
    const bool pending = (reg<uint32_t>(gicd_base + 0x200 + intid / 32 * 4) & mask) != 0;
    reg<uint32_t>(gicd_base + 0x280 + intid / 32 * 4) = mask;
    return pending;
}

int64_t firmware(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = a;
    register uint64_t x2 __asm__("x2") = b;
    register uint64_t x3 __asm__("x3") = c;
    __asm__ __volatile__("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
                         "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    return static_cast<int64_t>(x0);
}

} // namespace bare
