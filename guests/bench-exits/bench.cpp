// SPDX-License-Identifier: GPL-2.0-only
// Counts the instructions, at all exception levels, that each event of the table in docs/benchmarks costs the guest: the same
// program on QEMU's bare virt machine at EL1 and in a partition. Run by tests/e2e/bench-exits under -icount shift=0,sleep=off;
// prints "bench ROW LEAST MOST" on the PL011, then turns the machine off. Uses no guest library: its vectors are its own.
#include <stdint.h>

// Called by events.S
extern "C" [[noreturn]] void bench_main();
extern "C" [[noreturn]] void bench_unexpected(uint64_t esr, uint64_t pc);

namespace {

constexpr uintptr_t gicd = 0x08000000;
constexpr uintptr_t gicr = 0x080a0000;
constexpr uintptr_t gicr_sgi = gicr + 0x10000;
constexpr uintptr_t uart = 0x09000000;
constexpr uint32_t timer_intid = 27;
constexpr uint32_t sgi_intid = 3;
constexpr uint64_t spin_rounds = 500'000'000;  // of two instructions
constexpr int repetitions = 20;
// A tick of QEMU's counter (62.5 MHz) in instructions.
constexpr uint64_t tick = 16;
constexpr uint64_t expected_hz = 62'500'000;

struct Stamp {
    uint64_t read[17];

    // Time of read[0] in instructions: read[i] is the first one with a new value, which came at exactly that tick.
    uint64_t instructions() const {
        uint64_t i = 1;
        while (i < 16 && read[i] == read[0]) {
            ++i;
        }
        return read[i] * tick - i;
    }
};

// Layout known to events.S.
struct Stamps {
    Stamp before, after;
    uint64_t intid;

    uint64_t between() const { return after.instructions() - before.instructions(); }
};

extern "C" {
void measure_nothing(Stamps*, uint64_t, uint64_t);
void measure_hvc(Stamps*, uint64_t, uint64_t);
void measure_read(Stamps*, uint64_t, uint64_t);
void measure_write(Stamps*, uint64_t, uint64_t);
void measure_spin(Stamps*, uint64_t, uint64_t);
void measure_sgi(Stamps*, uint64_t, uint64_t);
void measure_timer(Stamps*, uint64_t, uint64_t);
void measure_timer_wfi(Stamps*, uint64_t, uint64_t);
}

volatile uint32_t& mmio(uintptr_t address) { return *reinterpret_cast<volatile uint32_t*>(address); }

void print(const char* text) {
    for (; *text; ++text) {
        while (mmio(uart + 0x18) & (1u << 5)) {  // UARTFR.TXFF
        }
        mmio(uart) = static_cast<uint8_t>(*text);
    }
}

void print_number(uint64_t number) {
    char text[24];
    char* position = text + sizeof text;
    *--position = 0;
    do {
        *--position = static_cast<char>('0' + number % 10);
        number /= 10;
    } while (number);
    print(position);
}

[[noreturn]] void system_off() {
    register uint64_t x0 asm("x0") = 0x84000008;  // PSCI SYSTEM_OFF, DEN 0022
    asm volatile("hvc #0" : "+r"(x0) : : "x1", "x2", "x3", "memory");
    for (;;) {
        asm volatile("wfi");
    }
}

[[noreturn]] void fail(const char* why, uint64_t number) {
    print("bench failed: ");
    print(why);
    print(" ");
    print_number(number);
    print("\n");
    system_off();
}

uint64_t counter() {
    uint64_t value;
    asm volatile("isb; mrs %0, cntvct_el0" : "=r"(value) : : "memory");
    return value;
}

// Group 1, SGIs and the timer's PPI enabled, no priority mask. The same writes serve a machine with one security state and the
// non-secure view that a partition has (GICD_CTLR differs in the meaning of bits 0 and 1; both are set).
void start_gic() {
    mmio(gicd) = 0x13;
    mmio(gicr + 0x14) = 0;                // GICR_WAKER.ProcessorSleep
    while (mmio(gicr + 0x14) & 4) {       // ChildrenAsleep
    }
    mmio(gicr_sgi + 0x80) = 0xffffffff;   // GICR_IGROUPR0
    mmio(gicr_sgi + 0x100) = (1u << timer_intid) | (1u << sgi_intid);
    asm volatile("msr s3_0_c12_c12_5, %0; isb" : : "r"(uint64_t{7}));     // ICC_SRE_EL1
    asm volatile("msr s3_0_c4_c6_0, %0" : : "r"(uint64_t{0xff}));         // ICC_PMR_EL1
    asm volatile("msr s3_0_c12_c12_7, %0; isb" : : "r"(uint64_t{1}));     // ICC_IGRPEN1_EL1
}

// ICC_SGI1R_EL1 for this core itself (GICv3 specification, ICC_SGI1R_EL1).
uint64_t sgi_to_self() {
    uint64_t mpidr;
    asm volatile("mrs %0, mpidr_el1" : "=r"(mpidr));
    const uint64_t aff0 = mpidr & 0xff;
    const uint64_t aff1 = (mpidr >> 8) & 0xff;
    const uint64_t aff2 = (mpidr >> 16) & 0xff;
    const uint64_t aff3 = (mpidr >> 32) & 0xff;
    return aff3 << 48 | (aff0 >> 4) << 44 | aff2 << 32 | uint64_t{sgi_intid} << 24 | aff1 << 16 | 1ull << (aff0 & 15);
}

// Programs the virtual timer far enough ahead for the stamp before the event.
uint64_t arm_timer() {
    const uint64_t at = counter() + 64;
    asm volatile("msr cntv_cval_el0, %0; msr cntv_ctl_el0, %1; isb" : : "r"(at), "r"(uint64_t{1}) : "memory");
    return at;
}

struct Extent {
    uint64_t least = ~0ull;
    uint64_t most = 0;

    void add(uint64_t count) {
        least = count < least ? count : least;
        most = count > most ? count : most;
    }
};

void print_row(const char* name, const Extent& extent) {
    print("bench ");
    print(name);
    print(" ");
    print_number(extent.least);
    print(" ");
    print_number(extent.most);
    print("\n");
}

using Measure = void (*)(Stamps*, uint64_t, uint64_t);

// Instructions of the frame that measure_nothing shares with all others.
uint64_t frame_cost() {
    Stamps stamps;
    measure_nothing(&stamps, 0, 0);
    const uint64_t first = stamps.between();
    measure_nothing(&stamps, 0, 0);
    if (stamps.between() != first) {
        fail("not deterministic: run it under -icount shift=0,sleep=off", first);
    }
    return first;
}

void measure(const char* name, Measure event, uint64_t operand, uint64_t value, uint64_t known, int count = repetitions) {
    Extent extent;
    Stamps stamps;
    for (int i = 0; i < count; ++i) {
        event(&stamps, operand, value);
        extent.add(stamps.between() - known);
    }
    print_row(name, extent);
}

// The event ends in the interrupt's vector, whose first read counts as an instruction of the way there.
void measure_interrupt(const char* name, Measure event, uint32_t intid, bool timer, uint64_t known) {
    Extent extent;
    Stamps stamps;
    for (int i = 0; i < repetitions; ++i) {
        const uint64_t operand = timer ? arm_timer() : sgi_to_self();
        event(&stamps, operand, 0);
        if (stamps.intid != intid) {
            fail("another interrupt came:", stamps.intid);
        }
        const uint64_t start = timer ? operand * tick : stamps.before.instructions() + known;
        if (timer && stamps.before.instructions() + known >= start) {
            fail("the timer expired before the measurement began", start);
        }
        extent.add(stamps.after.instructions() - start);
    }
    print_row(name, extent);
}

}  // namespace

extern "C" void bench_unexpected(uint64_t esr, uint64_t pc) {
    print("bench exception at ");
    print_number(pc);
    print("\n");
    fail("ESR_EL1", esr);
}

extern "C" void bench_main() {
    uint64_t hz;
    asm volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    if (hz != expected_hz) {
        fail("counter frequency", hz);
    }
    start_gic();
    const uint64_t frame = frame_cost();
    measure("hvc", measure_hvc, 0, 0, frame);
    measure("gicd-read", measure_read, gicd + 4, 0, frame);
    measure("gicr-write", measure_write, gicr_sgi + 0x100, 1u << timer_intid, frame);
    measure_interrupt("timer", measure_timer, timer_intid, true, frame);
    // One instruction, which unmasks interrupts, lies between the frame and the send.
    measure_interrupt("sgi", measure_sgi, sgi_intid, false, frame + 1);
    measure_interrupt("timer-wfi", measure_timer_wfi, timer_intid, true, frame);
    measure("spin", measure_spin, spin_rounds, 0, frame + 1 + 2 * spin_rounds, 1);
    print("bench done\n");
    system_off();
}
