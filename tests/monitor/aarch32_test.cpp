// SPDX-License-Identifier: GPL-2.0-only
#include "arch/arm64/aarch32.hpp"

#include <catch2/catch.hpp>

#include <set>

#include "arch/arm64/aarch32_calls.hpp"
#include "arch/arm64/aarch32_registers.hpp"
#include "arch/arm64/id_registers.hpp"

using namespace amp;

namespace {

constexpr std::uint64_t n = 1ull << 31, z = 1u << 30, c = 1u << 29, v = 1u << 28;
constexpr std::uint64_t thumb = 1u << 5, usr = 0x10, fiq = 0x11, irq = 0x12, svc = 0x13, abt = 0x17, und = 0x1b, sys = 0x1f;

// ISS of a trapped MCR or MRC, by the fields of the instruction
constexpr std::uint64_t access32(std::uint64_t ec, unsigned op1, unsigned crn, unsigned crm, unsigned op2) {
    return ec << 26 | 1u << 25 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1;
}
constexpr std::uint64_t access64(std::uint64_t ec, unsigned op1, unsigned crm) {
    return ec << 26 | 1u << 25 | op1 << 16 | crm << 1;
}

} // namespace

TEST_CASE("conditions: every one on every combination of flags") {
    // F2.3.1: EQ NE CS CC MI PL VS VC HI LS GE LT GT LE AL; a row's bit f: holds with NZCV = f
    const std::uint32_t holds[] = {0xf0f0, 0x0f0f, 0xcccc, 0x3333, 0xff00, 0x00ff, 0xaaaa, 0x5555,
                                   0x0c0c, 0xf3f3, 0xaa55, 0x55aa, 0x0a05, 0xf5fa, 0xffff, 0xffff};
    for (std::uint64_t condition = 0; condition < 16; ++condition) {
        for (std::uint64_t flags = 0; flags < 16; ++flags) {
            INFO("condition " << condition << " flags " << flags);
            CHECK(aarch32::condition_holds(condition, flags << 28 | svc) == ((holds[condition] >> flags & 1) != 0));
        }
    }
}

TEST_CASE("an IT block advances and ends") {
    // ITTET EQ: firstcond 0000, mask 0101 -> conditions EQ, EQ, NE, EQ (G1.5)
    std::uint64_t pstate = aarch32::with_it_state(thumb | svc | z, 0x05);
    CHECK(aarch32::it_state(pstate) == 0x05);
    const bool expected[] = {true, true, false, true};
    for (const bool executes : expected) {
        CHECK(aarch32::it_state(pstate) != 0);
        CHECK(aarch32::would_execute(0, pstate) == executes);
        pstate = aarch32::after_instruction(pstate);
        CHECK((pstate & ~(spsr::ItLow::mask | spsr::ItHigh::mask)) == (thumb | svc | z));
    }
    CHECK(aarch32::it_state(pstate) == 0);
    CHECK(aarch32::after_instruction(pstate) == pstate);
    CHECK(aarch32::would_execute(0, pstate));
    // the bits' places in a PSR: IT[7:2] at 15:10, IT[1:0] at 26:25
    CHECK(aarch32::with_it_state(0, 0xff) == 0x0600fc00);
    CHECK(aarch32::with_it_state(0, 0x04) == 0x00000400);
    CHECK(aarch32::with_it_state(0, 0x02) == 0x04000000);
}

TEST_CASE("whether a trapped instruction would have been executed") {
    constexpr std::uint64_t cp15 = 3ull << 26, smc = 0x13ull << 26, cv = 1u << 24, known_pass = 1u << 19;
    CHECK(aarch32::would_execute(cp15 | cv | 0xeu << 20, svc));
    CHECK(aarch32::would_execute(cp15 | cv | 0x0u << 20, svc | z));
    CHECK_FALSE(aarch32::would_execute(cp15 | cv | 0x0u << 20, svc));
    CHECK_FALSE(aarch32::would_execute(cp15, aarch32::with_it_state(thumb | svc, 0x08))); // IT EQ, the last one
    // SMC: the fields mean something only where the core may have trapped a failing one
    CHECK(aarch32::would_execute(smc | cv | 0x0u << 20, svc));
    CHECK_FALSE(aarch32::would_execute(smc | known_pass | cv | 0x0u << 20, svc));
    CHECK(aarch32::would_execute(smc | known_pass | cv | 0x1u << 20, svc));
}

TEST_CASE("banked registers in the AArch64 view") {
    struct {
        std::uint64_t mode, sp, lr;
    } const table[] = {{usr, 13, 14}, {sys, 13, 14}, {irq, 17, 16}, {svc, 19, 18}, {abt, 21, 20}, {und, 23, 22}, {fiq, 29, 30}};
    for (const auto& row : table) {
        INFO("mode " << row.mode);
        std::set<std::uint64_t> seen;
        for (std::uint64_t i = 0; i < 15; ++i) {
            const std::uint64_t view = aarch32::register_view(i, row.mode);
            CHECK(view == (i == 13                           ? row.sp
                           : i == 14                         ? row.lr
                           : i >= 8 && row.mode == fiq       ? i + 16
                                                             : i));
            CHECK(seen.insert(view).second);
            // a syndrome that has this view already means the same register
            CHECK(aarch32::register_view(view, row.mode) == view);
        }
        CHECK(aarch32::register_view(31, row.mode) == 31);
    }
    for (std::uint64_t mode = 0; mode < 32; ++mode) {
        for (std::uint64_t i = 0; i < 32; ++i) {
            CHECK(aarch32::register_view(i, mode) < 32); // inside the frame, whatever the guest made of its mode
        }
    }
}

TEST_CASE("device registers of a big-endian guest") {
    CHECK(aarch32::in_guest_order(0x11223344, 4, svc) == 0x11223344);
    CHECK(aarch32::in_guest_order(0x11223344, 4, svc | 1u << 9) == 0x44332211);
    CHECK(aarch32::in_guest_order(0x11223344, 2, svc | 1u << 9) == 0x4433);
    CHECK(aarch32::in_guest_order(0x11223344, 1, svc | 1u << 9) == 0x44);
}

TEST_CASE("undefined instructions of a 32-bit EL1") {
    constexpr std::uint64_t sctlr = 0x00c50838;
    auto entry = aarch32::undefined_entry(0x40100010, svc | z | 1u << 6, 0x40100040, sctlr);
    CHECK(entry.pc == 0x40100044);
    CHECK(entry.link == 0x40100014);
    CHECK(entry.saved == (svc | z | 1u << 6));
    CHECK(entry.pstate == (und | z | 1u << 6 | 1u << 7)); // F as it was, I masked

    // T32, in an IT block, big-endian, GE and Q: the handler begins in A32, little-endian, outside of a block
    const std::uint64_t busy = aarch32::with_it_state(usr | thumb | 1u << 9 | 1u << 27 | 0xfu << 16 | c | v, 0x15);
    entry = aarch32::undefined_entry(0x8002, busy, 0, sctlr);
    CHECK(entry.link == 0x8004);
    CHECK(entry.saved == busy);
    CHECK(entry.pstate == (und | 1u << 7 | 1u << 27 | 0xfu << 16 | c | v));
    CHECK(entry.pc == 4);

    // SCTLR.V, TE, EE, DSSBS set and SPAN clear
    entry = aarch32::undefined_entry(0xfffffffc, svc, 0x1000, 1u << 13 | 1u << 30 | 1u << 25 | 1u << 31);
    CHECK(entry.pc == 0xffff0004);
    CHECK(entry.link == 0);
    CHECK(entry.pstate == (und | 1u << 7 | thumb | 1u << 9 | 1u << 22 | 1u << 23));

    // SPSR_EL2 has SS at 21 and DIT at 24, an AArch32 PSR has DIT at 21; IL is saved, not kept
    entry = aarch32::undefined_entry(0, svc | 1u << 24 | 1u << 20, 0, sctlr);
    CHECK(entry.saved == (svc | 1u << 21 | 1u << 20));
    CHECK(entry.pstate == (und | 1u << 7 | 1u << 24));
    CHECK(aarch32::undefined_entry(0, svc | 1u << 21, 0, sctlr).saved == svc);
}

TEST_CASE("coprocessor registers and the AArch64 ones behind them") {
    using esr_el2::sysreg;
    constexpr std::uint64_t cp15 = 3, cp14 = 5, cp15_two = 4, cp14_two = 0xc, vmrs = 8;
    struct {
        std::uint64_t esr;
        std::uint32_t number;
    } const table[] = {
        {access32(cp15, 0, 0, 1, 0), sysreg(3, 0, 0, 1, 0)},   // ID_PFR0
        {access32(cp15, 0, 0, 2, 7), sysreg(3, 0, 0, 2, 7)},   // ID_ISAR6
        {access32(cp15, 0, 0, 3, 4), sysreg(3, 0, 0, 3, 4)},   // ID_PFR2
        {access32(cp15, 0, 0, 3, 0), aarch32::zero},           // MVFR0_EL1's place
        {access32(cp15, 0, 0, 4, 0), aarch32::zero},           // ID_AA64PFR0_EL1's
        {access32(cp15, 0, 0, 0, 5), aarch32::none},           // MPIDR is never trapped
        {access32(cp15, 0, 1, 0, 1), sysreg(3, 0, 1, 0, 1)},   // ACTLR
        {access32(cp15, 0, 1, 0, 3), sysreg(3, 0, 1, 0, 1)},   // ACTLR2
        {access32(cp15, 0, 1, 0, 0), aarch32::none},
        {access32(cp15, 0, 7, 6, 2), sysreg(1, 0, 7, 6, 2)},   // DCISW
        {access32(cp15, 0, 7, 14, 2), sysreg(1, 0, 7, 14, 2)}, // DCCISW
        {access32(cp15, 0, 7, 14, 1), aarch32::none},          // DCCIMVAC
        {access32(cp15, 0, 9, 12, 0), aarch32::none},          // PMCR
        {access32(cp15, 4, 1, 0, 1), aarch32::none},           // HACTLR
        {access32(cp14, 0, 1, 0, 0), aarch32::zero},           // DBGDRAR
        {access32(cp14, 0, 2, 0, 0), aarch32::zero},           // DBGDSAR
        {access32(cp14, 0, 1, 0, 4), sysreg(2, 0, 1, 0, 4)},   // DBGOSLAR
        {access32(cp14, 0, 1, 1, 4), sysreg(2, 0, 1, 1, 4)},   // DBGOSLSR
        {access32(cp14, 1, 1, 0, 4), aarch32::none},
        {access32(cp14, 0, 1, 2, 4), aarch32::none},
        {access64(cp15_two, 0, 12), sysreg(3, 0, 12, 11, 5)}, // ICC_SGI1R
        {access64(cp15_two, 1, 12), sysreg(3, 0, 12, 11, 6)}, // ICC_ASGI1R
        {access64(cp15_two, 2, 12), sysreg(3, 0, 12, 11, 7)}, // ICC_SGI0R
        {access64(cp15_two, 3, 12), aarch32::none},
        {access64(cp15_two, 0, 14), aarch32::none},
        {access64(cp14_two, 0, 1), aarch32::zero},
        {access64(cp14_two, 0, 3), aarch32::none},
        {access32(vmrs, 7, 7, 0, 0), sysreg(3, 0, 0, 3, 0)}, // MVFR0
        {access32(vmrs, 7, 5, 0, 0), sysreg(3, 0, 0, 3, 2)}, // MVFR2
        {access32(vmrs, 7, 0, 0, 0), aarch32::none},         // FPSID
        {6ull << 26, aarch32::none},                         // LDC
    };
    for (const auto& row : table) {
        INFO(std::hex << row.esr);
        CHECK(aarch32::mapped_register(row.esr) == row.number);
    }
    // and there and back again
    const std::uint64_t esr = esr_el2::syndrome_of(sysreg(3, 0, 12, 11, 5), 17, 1);
    CHECK(esr_el2::sysreg_of(esr) == sysreg(3, 0, 12, 11, 5));
    CHECK(esr_el2::Rt::in(esr) == 17);
    CHECK(esr_el2::Read::in(esr) == 1);
}

TEST_CASE("calls of a 32-bit guest") {
    Registers registers{};
    const auto call = [&](std::uint64_t function, std::uint64_t argument) {
        registers.x[0] = 0xdead00000000 | function;
        registers.x[1] = 0xdead00000000 | argument;
        return aarch32::prepare_call(registers);
    };
    CHECK(call(0x84000000, 5));
    CHECK(registers.x[0] == 0x84000000);
    CHECK(registers.x[1] == 5);
    CHECK(call(AMP_HVC_DOORBELL32, 1));
    CHECK(registers.x[0] == AMP_HVC_DOORBELL);
    CHECK(call(AMP_HVC_VERSION32, 1));
    CHECK(registers.x[0] == AMP_HVC_VERSION);
    CHECK_FALSE(call(AMP_HVC_DOORBELL, 0));
    CHECK_FALSE(call(0xc4000003, 0)); // 64-bit CPU_ON
    CHECK_FALSE(call(0x8400000a, 0xc4000003));
    CHECK(call(0x8400000a, 0x84000003));
}
