// SPDX-License-Identifier: GPL-2.0-only
// A guest that tries the virtual GIC on real list registers: more pending interrupts than there are, nesting, both ways of
// ending, state set by hand, timers, a level-triggered line, waking from WFI. Prints 'P', or the number of the line that failed.
#include <stdint.h>

extern "C" {
[[noreturn]] void guest_main();
void guest_interrupt();
[[noreturn]] void guest_unexpected();
}

namespace {

constexpr uintptr_t gicd = 0x08000000, gicc = 0x08010000, gicr_sgi = 0x080b0000, uart = 0x09000000;
constexpr uint32_t isenabler = 0x100, icenabler = 0x180, ispendr = 0x200, icpendr = 0x280, isactiver = 0x300, icactiver = 0x380;
constexpr uint32_t console_intid = 33, spurious = 1023;

template <class T = uint32_t>
volatile T& reg(uintptr_t address) {
    return *reinterpret_cast<volatile T*>(address);
}

bool is_v3;
uint32_t order[64];
volatile unsigned taken, depth, deepest;
void (*volatile on_interrupt)(uint32_t intid);
volatile unsigned expiries[2];

[[noreturn]] void end(const char* text) {
    for (; *text != '\0'; ++text) {
        reg(uart) = static_cast<uint8_t>(*text);
    }
    register uint64_t x0 __asm__("x0") = 0x84000008; // SYSTEM_OFF
    __asm__ __volatile__("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
    for (;;) {
    }
}

[[noreturn]] void fail(unsigned line) {
    char text[8] = "F";
    unsigned at = 6;
    for (; line != 0; line /= 10) {
        text[--at] = static_cast<char>('0' + line % 10);
    }
    end(text + at);
}

void check(bool good, unsigned line = static_cast<unsigned>(__builtin_LINE())) {
    if (!good) {
        fail(line);
    }
}

void mask() { __asm__ __volatile__("msr daifset, #3" : : : "memory"); }
void unmask() { __asm__ __volatile__("msr daifclr, #3\n\tisb" : : : "memory"); }

uintptr_t bank(uint32_t intid) { return is_v3 && intid < 32 ? gicr_sgi : gicd; }
void set(uint32_t block, uint32_t intid) { reg(bank(intid) + block + intid / 32 * 4) = 1u << (intid % 32); }
bool get(uint32_t block, uint32_t intid) { return (reg(bank(intid) + block + intid / 32 * 4) >> (intid % 32) & 1) != 0; }
void priority(uint32_t intid, uint32_t value) { reg<uint8_t>(bank(intid) + 0x400 + intid) = static_cast<uint8_t>(value); }
void config_edge(uint32_t intid) {
    const uintptr_t address = gicd + 0xc00 + intid / 16 * 4;
    reg(address) = reg(address) | 2u << (intid % 16 * 2);
}

uint32_t acknowledge() {
    if (!is_v3) {
        return reg(gicc + 0xc) & 0x3ff;
    }
    uint64_t iar;
    __asm__ __volatile__("mrs %0, S3_0_C12_C12_0\n\tdsb sy" : "=r"(iar) : : "memory");
    return static_cast<uint32_t>(iar);
}
void eoi(uint32_t intid) {
    if (is_v3) {
        __asm__ __volatile__("msr S3_0_C12_C12_1, %0\n\tisb" : : "r"(uint64_t{intid}) : "memory");
    } else {
        reg(gicc + 0x10) = intid;
    }
}
void deactivate(uint32_t intid) {
    if (is_v3) {
        __asm__ __volatile__("msr S3_0_C12_C11_1, %0\n\tisb" : : "r"(uint64_t{intid}) : "memory");
    } else {
        reg(gicc + 0x1000) = intid;
    }
}
void set_eoimode(bool split) {
    if (is_v3) {
        __asm__ __volatile__("msr S3_0_C12_C12_4, %0\n\tisb" : : "r"(split ? 2ull : 0ull) : "memory");
    } else {
        reg(gicc) = split ? 0x203u : 0x3u;
    }
}
void self_sgi(uint32_t intid) {
    if (is_v3) {
        __asm__ __volatile__("msr S3_0_C12_C11_5, %0\n\tisb" : : "r"(uint64_t{intid} << 24 | 1) : "memory");
    } else {
        reg(gicd + 0xf00) = 2u << 24 | intid;
    }
}

void start_gic() {
    uint64_t pfr0;
    __asm__ __volatile__("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
    is_v3 = (pfr0 >> 24 & 15) != 0;
    if (is_v3) {
        __asm__ __volatile__("msr S3_0_C12_C12_5, %0\n\tisb" : : "r"(7ull));
        reg(gicd) = 2;
        __asm__ __volatile__("msr S3_0_C4_C6_0, %0\n\tmsr S3_0_C12_C12_7, %1\n\tisb" : : "r"(0xffull), "r"(1ull));
    } else {
        reg(gicd) = 1; // all of group 0, as with KVM
        reg(gicc + 4) = 0xff;
        reg(gicc) = 3;
    }
}

void reset_record() {
    taken = 0;
    depth = 0;
    deepest = 0;
    on_interrupt = nullptr;
}

uint64_t counter() {
    uint64_t value;
    __asm__ __volatile__("isb\n\tmrs %0, cntvct_el0" : "=r"(value));
    return value;
}

// 24 pending at once, priorities in another order than INTIDs.
void many_at_once() {
    mask();
    for (uint32_t n = 0; n < 24; ++n) {
        const uint32_t intid = 100 + n;
        config_edge(intid);
        priority(intid, n * 5 % 24 * 8);
        set(isenabler, intid);
        set(ispendr, intid);
    }
    for (uint32_t n = 0; n < 24; ++n) {
        check(get(ispendr, 100 + n));
    }
    reset_record();
    unmask();
    check(taken == 24);
    for (uint32_t n = 0; n < 24; ++n) {
        check((order[n] - 100) * 5 % 24 == n);
        check(!get(ispendr, 100 + n) && !get(isactiver, 100 + n));
    }
}

// Each handler pends a more urgent one, which preempts it: deeper than there are list registers.
void nested() {
    for (uint32_t n = 0; n < 12; ++n) {
        config_edge(130 + n);
        priority(130 + n, 0xc0 - n * 0x10);
        set(isenabler, 130 + n);
    }
    reset_record();
    on_interrupt = [](uint32_t intid) {
        if (intid < 141) {
            set(ispendr, intid + 1);
            unmask();
            mask();
        }
        for (uint32_t n = 0; n < 12; ++n) {
            check(get(isactiver, 130 + n) == (130 + n <= intid));
        }
    };
    set(ispendr, 130);
    check(taken == 12 && deepest == 12);
    for (uint32_t n = 0; n < 12; ++n) {
        check(!get(isactiver, 130 + n));
    }
}

// EOImode 1: the handler drops the priority, the deactivation comes later.
void split_ending() {
    mask();
    set_eoimode(true);
    priority(120, 0x80);
    priority(121, 0x80);
    set(ispendr, 120);
    const uint32_t first = acknowledge();
    check(first == 120);
    eoi(first);
    check(get(isactiver, 120));
    set(ispendr, 120); // pending again, but active
    check(acknowledge() == spurious);
    set(ispendr, 121);
    check(acknowledge() == 121);
    eoi(121);
    deactivate(120);
    check(!get(isactiver, 120) && get(isactiver, 121));
    check(acknowledge() == 120);
    eoi(120);
    deactivate(121);
    deactivate(120);
    check(!get(isactiver, 120) && !get(isactiver, 121));
    set_eoimode(false);
}

void by_hand() {
    mask();
    set(isactiver, 101);
    set(ispendr, 101);
    check(acknowledge() == spurious);
    set(icactiver, 101);
    check(acknowledge() == 101);
    set(icactiver, 101);
    eoi(101); // drops the priority only
    set(ispendr, 102);
    set(icenabler, 102);
    check(acknowledge() == spurious && get(ispendr, 102));
    set(isenabler, 102);
    set(icpendr, 102);
    check(acknowledge() == spurious && !get(ispendr, 102));
}

void sgis() {
    for (uint32_t intid = 0; intid < 16; ++intid) {
        set(isenabler, intid);
        priority(intid, 0x40);
    }
    reset_record();
    unmask();
    for (uint32_t intid = 0; intid < 16; ++intid) {
        self_sgi(intid);
        check(taken == intid + 1 && order[intid] == intid);
    }
    // Out of WFI, masked
    mask();
    self_sgi(9);
    __asm__ __volatile__("wfi");
    check(acknowledge() == 9);
    eoi(9);
}

// 200 expiries of each timer, set anew before the EOI; then pending, disabled and set to later: nothing comes.
void timers() {
    uint64_t hz;
    __asm__ __volatile__("mrs %0, cntfrq_el0" : "=r"(hz));
    static uint64_t period;
    period = hz / 20000;
    set(isenabler, 27);
    set(isenabler, 30);
    reset_record();
    on_interrupt = [](uint32_t intid) {
        check(intid == 27 || intid == 30);
        if (intid == 27) {
            __asm__ __volatile__("msr cntv_tval_el0, %0\n\tisb" : : "r"(period));
        } else {
            __asm__ __volatile__("msr cntp_tval_el0, %0\n\tisb" : : "r"(period));
        }
        expiries[intid == 30] = expiries[intid == 30] + 1;
    };
    __asm__ __volatile__("msr cntv_tval_el0, %0\n\tmsr cntp_tval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tmsr cntp_ctl_el0, %1\n\tisb"
                         : : "r"(period), "r"(1ull));
    mask();
    while (expiries[0] < 200 || expiries[1] < 200) {
        __asm__ __volatile__("wfi");
        unmask();
        mask();
    }
    __asm__ __volatile__("msr cntv_ctl_el0, xzr\n\tmsr cntp_ctl_el0, xzr\n\tisb");
    unmask();
    mask();
    on_interrupt = nullptr;
    __asm__ __volatile__("msr cntv_tval_el0, xzr\n\tmsr cntv_ctl_el0, %0\n\tisb" : : "r"(1ull));
    while (!get(ispendr, 27)) {
    }
    set(icenabler, 27);
    __asm__ __volatile__("msr cntv_ctl_el0, xzr\n\tisb");
    for (const uint64_t until = counter() + period; counter() < until;) {
    }
    check(!get(ispendr, 27));
    set(isenabler, 27);
    check(acknowledge() == spurious);
}

// The console's transmit interrupt: its line stays high until it is masked in the device.
void level() {
    set(isenabler, console_intid);
    priority(console_intid, 0x40);
    reset_record();
    reg(uart + 0x30) = 0x301;
    on_interrupt = [](uint32_t intid) {
        check(intid == console_intid);
        check(get(isactiver, console_intid));
        if (taken == 3) {
            reg(uart + 0x38) = 0;
        }
    };
    unmask();
    reg(uart + 0x38) = 1u << 5; // UARTIMSC.TXIM
    reg(uart) = 'c';            // a FIFO that empties
    for (const uint64_t until = counter() + 100000; taken < 3 && counter() < until;) {
    }
    mask();
    check(taken == 3);
    check(!get(ispendr, console_intid) && acknowledge() == spurious);
}

} // namespace

void guest_interrupt() {
    const uint32_t intid = acknowledge();
    if (intid == spurious) {
        return;
    }
    if (taken < 64) {
        order[taken] = intid;
    }
    taken = taken + 1;
    depth = depth + 1;
    deepest = depth > deepest ? depth : deepest;
    if (on_interrupt != nullptr) {
        on_interrupt(intid);
    }
    depth = depth - 1;
    eoi(intid);
}

void guest_unexpected() { fail(1); }

void guest_main() {
    start_gic();
    many_at_once();
    nested();
    split_ending();
    by_hand();
    sgis();
    timers();
    level();
    end("P");
}
