// SPDX-License-Identifier: GPL-2.0-only
#include "arch/arm64/id_registers.hpp"

#include <algorithm>
#include <iterator>

#include <catch2/catch.hpp>

using namespace amp;

TEST_CASE("ID registers: what a guest does not have, it does not see") {
    IdRegisters everything;
    for (auto& group : everything.value) {
        for (std::uint64_t& value : group) {
            value = ~0ull;
        }
    }
    const IdRegisters guest = guest_id_registers(everything, true, false);
    const auto field = [&](unsigned crm, unsigned op2, unsigned low) { return (guest.value[crm - 1][op2] >> low) & 0xf; };
    // ID_AA64PFR0_EL1
    CHECK(field(4, 0, 0) == 0xf);  // EL0 as hardware
    for (const unsigned low : {4u, 8u, 12u}) { // EL1, EL2, EL3: the levels of the core
        CHECK(field(4, 0, low) == 0xf);
    }
    CHECK(field(4, 0, 24) == 1);   // GIC
    for (const unsigned low : {28u, 32u, 36u, 40u, 44u, 52u}) { // RAS, SVE, SEL2, MPAM, AMU, RME
        CHECK(field(4, 0, low) == 0);
    }
    CHECK(field(4, 0, 56) == 1); // CSV2 without the registers of its second version
    CHECK(field(4, 1, 8) == 0);  // MTE
    CHECK(field(4, 1, 24) == 0); // SME
    CHECK(field(4, 1, 36) == 0); // NMI
    CHECK(guest.value[3][4] == 0); // ID_AA64ZFR0
    CHECK(guest.value[3][5] == 0); // ID_AA64SMFR0
    // ID_AA64DFR0_EL1
    CHECK(field(5, 0, 0) == 10); // without the breakpoint banks of Debugv8p9
    // trace, PMU (0xf is not the architecture's), PMSS, SEBEP, SPE, TraceFilt, TRBE, MTPMU, BRBE, ExtTrcBuff, HPMN0
    for (const unsigned low : {4u, 8u, 16u, 24u, 32u, 40u, 44u, 48u, 52u, 56u, 60u}) {
        CHECK(field(5, 0, low) == 0);
    }
    CHECK(field(6, 0, 24) == 0);   // TME
    CHECK(field(6, 1, 4) == 0xf);  // APA: pointer authentication stays
    CHECK(field(6, 1, 60) == 0);   // LS64
    CHECK(field(6, 2, 16) == 0);   // MOPS
    CHECK(guest.value[5][3] == 0);                // ISAR3
    CHECK(field(7, 0, 0) == 5);                   // no more than 48 bits
    for (const unsigned low : {32u, 36u, 40u, 56u, 60u}) { // granules of stage 2, FGT, ECV
        CHECK(field(7, 0, low) == 0);
    }
    CHECK(field(7, 1, 0) == 2);    // HAFDBS
    CHECK(field(7, 1, 8) == 0);    // VH
    CHECK(field(7, 1, 16) == 0);   // LO
    CHECK(field(7, 1, 40) == 0);   // HCX
    CHECK(field(7, 2, 24) == 0);   // NV
    CHECK(guest.value[6][3] == 0); // MMFR3

    CHECK(guest.value[6][4] == 0); // MMFR4
    CHECK_FALSE(shows_everything(everything, guest));

    const IdRegisters gicv2 = guest_id_registers(everything, false, false);
    CHECK(((gicv2.value[3][0] >> 24) & 0xf) == 0);
}

TEST_CASE("ID registers: the versions of a PMU that the guest may have") {
    const auto pmu_of = [](std::uint64_t version) {
        IdRegisters host{};
        host.value[4][0] = version << 8;
        return guest_id_registers(host, true, false).value[4][0] >> 8;
    };
    for (const std::uint64_t version : {0u, 1u, 4u, 5u, 6u, 7u, 8u}) {
        CHECK(pmu_of(version) == version);
    }
    CHECK(pmu_of(9) == 8);
    CHECK(pmu_of(0xf) == 0);
}

namespace {

// Cortex-A72 as its manual lists it, with EL2, EL3, AArch32 at all of them and the CPU interface of a GICv3 if asked for
IdRegisters cortex_a72(bool gicv3) {
    IdRegisters a72{};
    const std::uint64_t pfr[] = {0x00000131, gicv3 ? 0x10011011u : 0x00011011u, 0x03010066};
    std::copy(std::begin(pfr), std::end(pfr), a72.value[0]);
    a72.value[3][0] = gicv3 ? 0x01002222 : 0x00002222;
    a72.value[4][0] = 0x10305106;
    a72.value[5][0] = 0x00011120;
    a72.value[6][0] = 0x00001124;
    return a72;
}

} // namespace

TEST_CASE("ID registers: a plain core's are shown as they are, and need no trap") {
    for (const bool gicv3 : {false, true}) {
        const IdRegisters a72 = cortex_a72(gicv3);
        CHECK(shows_everything(a72, guest_id_registers(a72, gicv3, false)));
    }
}

TEST_CASE("ID registers: one field too much, and they trap") {
    const auto with = [](unsigned crm, unsigned op2, unsigned low) {
        IdRegisters host = cortex_a72(true);
        host.value[crm - 1][op2] |= 1ull << low;
        return shows_everything(host, guest_id_registers(host, true, false));
    };
    CHECK(with(6, 0, 20)); // LSE: any guest may use it
    for (const unsigned low : {28u, 32u, 40u, 44u}) {
        CHECK_FALSE(with(4, 0, low)); // RAS, SVE, MPAM, AMU
    }
    CHECK_FALSE(with(4, 1, 8));  // MTE
    CHECK_FALSE(with(5, 0, 32)); // SPE
    CHECK_FALSE(with(7, 1, 16)); // LO
    CHECK_FALSE(with(7, 1, 40)); // HCX
    CHECK_FALSE(with(7, 4, 0));  // a register that is not known yet
}

TEST_CASE("ID registers: a GICv3's CPU interface behind a GICv2 is hidden") {
    const IdRegisters guest = guest_id_registers(cortex_a72(true), false, false);
    CHECK(guest.value[3][0] == 0x00002222);
    CHECK(guest.value[0][1] == 0x00011011);
}

TEST_CASE("ID registers: without AArch32 its registers are not made up") {
    IdRegisters host{};
    host.value[3][0] = 0x01001111;
    const IdRegisters guest = guest_id_registers(host, true, false);
    CHECK(guest.value[0][1] == 0);
    CHECK(shows_everything(host, guest));
}

TEST_CASE("ID registers: a 32-bit guest sees no PMU and no Hyp mode") {
    const IdRegisters host = cortex_a72(true);
    const IdRegisters guest = guest_id_registers(host, true, true);
    CHECK(guest.value[0][1] == 0x10010011);
    CHECK(guest.value[0][2] == 0x00000066);
    CHECK_FALSE(shows_everything(host, guest));
}
