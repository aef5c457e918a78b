// SPDX-License-Identifier: GPL-2.0-only
// What init() refuses.
#include "core/vgic.hpp"

#include "vgic_rig.hpp"

using namespace amp;
using namespace amp::test;

AMP_FOR_BOTH_GICS("a hostile interrupt list is refused and leaves nothing enabled", "[vgic]") {
    Rig<TestType> rig;
    amp_partition& partition = rig.blob.partition;
    amp_irq& irq = rig.blob.irqs[1];
    SECTION("table beyond the descriptor") { partition.irq_count = 3; }
    SECTION("a count that overflows") { partition.irq_count = 0x10000001; }
    SECTION("an offset that overflows") { partition.irq_offset = 0xfffffff0; }
    SECTION("unaligned table") { partition.irq_offset += 2; }
    SECTION("a private interrupt") { irq.intid = physical_vtimer; }
    SECTION("a special INTID") { irq.intid = 1020; }
    SECTION("no INTID at all") { irq.intid = ~0u; }
    SECTION("Linux's doorbell") { irq.intid = partition.doorbell_intid; }
    SECTION("one interrupt twice") { irq.intid = level_spi; }
    SECTION("two interrupts as one") { irq.guest_intid = guest_level; }
    SECTION("a private guest INTID") { irq.guest_intid = 31; }
    SECTION("a guest INTID out of range") { irq.guest_intid = AMP_INTID_LIMIT; }
    SECTION("kick is no SGI") { rig.boot.kick_sgi = 16; }
    SECTION("maintenance is no PPI") { rig.boot.maintenance_intid = 32; }
    SECTION("maintenance is a timer") { rig.boot.maintenance_intid = physical_vtimer; }
    SECTION("timer is no PPI") { rig.boot.physical_timer_intid = 15; }
    SECTION("both timers are one") { rig.boot.physical_timer_intid = physical_vtimer; }
    SECTION("the PMU's is no PPI") { rig.boot.pmu_intid = 32; }
    SECTION("the PMU's is a timer's") { rig.boot.pmu_intid = physical_vtimer; }
    CHECK(rig.vgic.init(rig.boot, partition, rig.stats) == AMP_STATUS_BAD_IRQ);
    CHECK_FALSE(rig.sim.interrupt_asserted());
    for (const SimIrq& one : rig.sim.irq)
        CHECK_FALSE(one.enabled);
}

AMP_FOR_BOTH_GICS("the PMU's interrupt is the guest's 23", "[vgic]") {
    Rig<TestType> rig;
    rig.boot.pmu_intid = physical_pmu;
    rig.start_and_enable({vgic_pmu});
    CHECK(rig.sim.irq[physical_pmu].enabled);
    rig.sim.irq[physical_pmu].line = true;
    rig.settle();
    CHECK(rig.sim.guest_acknowledge() == vgic_pmu);
    rig.sim.irq[physical_pmu].line = false;
    rig.sim.guest_eoi(vgic_pmu);
    CHECK(rig.drain().empty());
    CHECK_FALSE(rig.sim.irq[physical_pmu].active);
    rig.vgic.shutdown();
    CHECK_FALSE(rig.sim.irq[physical_pmu].enabled);
}

AMP_FOR_BOTH_GICS("no PMU interrupt: the guest's 23 is nobody's", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_pmu});
    rig.set(ispendr, vgic_pmu); // an ordinary one, pended by hand
    CHECK(rig.drain() == std::vector<std::uint32_t>{vgic_pmu});
}

AMP_FOR_BOTH_GICS("no device interrupts at all", "[vgic]") {
    Rig<TestType> rig;
    rig.blob.partition.irq_count = 0;
    rig.blob.partition.irq_offset = 0;
    rig.start();
    CHECK_FALSE(rig.sim.irq[level_spi].enabled);
}
