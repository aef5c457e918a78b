// SPDX-License-Identifier: GPL-2.0-only
// The physical side: what the drivers write to the distributor that Linux owns, and how this core's interface is left.
#include "drivers/gicv2/gicv2.hpp"
#include "drivers/gicv3/gicv3.hpp"

#include "amp/abi/mailbox.h"
#include "core/vgic_select.hpp"
#include "vgic_rig.hpp"

using namespace amp;
using namespace amp::test;

AMP_FOR_BOTH_GICS("at the start only kick and maintenance are enabled, the kick first", "[gic]") {
    Rig<TestType> rig;
    for (std::uint32_t intid = 0; intid < 32; intid++)
        rig.sim.irq[intid].enabled = rig.sim.irq[intid].active = true; // as Linux may have left them
    rig.start();
    for (std::uint32_t intid = 0; intid < 32; intid++) {
        INFO(intid);
        CHECK(rig.sim.irq[intid].enabled == (intid == kick_sgi || intid == sim_maintenance));
        CHECK_FALSE(rig.sim.irq[intid].active);
    }
    CHECK(rig.sim.irq[kick_sgi].priority < rig.sim.irq[physical_vtimer].priority);
    CHECK(rig.sim.irq[kick_sgi].priority < rig.sim.irq[level_spi].priority);
    CHECK(rig.sim.pmr == 0xff);
    CHECK(rig.sim.hcr() == 1);
    CHECK(rig.sim.vmcr == 0);
    CHECK(rig.sim.apr[0] == 0);
    CHECK(rig.sim.apr[4] == 0);
    if (TestType::version == 3)
        CHECK(rig.sim.waker == 0);
}

AMP_FOR_BOTH_GICS("a kick that was sent before the start is not lost", "[gic]") {
    Rig<TestType> rig;
    rig.sim.irq[kick_sgi].pending = true;
    rig.start();
    rig.settle();
    CHECK(rig.kicked);
}

AMP_FOR_BOTH_GICS("in Linux's distributor only the partition's interrupts are touched, bit by bit", "[gic]") {
    Rig<TestType> rig;
    for (std::uint32_t intid = 32; intid < 1020; intid++)
        rig.sim.irq[intid].enabled = intid % 3 == 0 && intid != level_spi && intid != edge_spi;
    rig.start_and_enable({guest_level, guest_edge});
    rig.vgic.shutdown();
    for (std::uint32_t intid = 32; intid < 1020; intid++) {
        const SimIrq& one = rig.sim.irq[intid];
        INFO(intid);
        if (intid == level_spi || intid == edge_spi) {
            CHECK(one.route == (TestType::version == 3 ? 0x0000'0001'0000'0203u : 0x08u));
            CHECK(one.priority == 0xa0);
            CHECK_FALSE(one.enabled);
        } else {
            CHECK(one.route == ~0ull);
            CHECK(one.priority == 0);
            CHECK(one.enabled == (intid % 3 == 0));
        }
    }
}

TEST_CASE("GICv3: a kick names the core by all of its affinity", "[gic]") {
    Rig<SimGicv3> rig;
    rig.start();
    rig.vgic.send_physical_sgi(0x8000'0012'0034'5627); // AMP_TARGET_VALID and affinity 12.34.56.27
    REQUIRE(rig.sim.sgis.size() == 1);
    CHECK(rig.sim.sgis[0] == (0x12ull << 48 | 2ull << 44 | 0x34ull << 32 | 5ull << 24 | 0x56ull << 16 | 1ull << 7));
    CHECK(rig.sim.barriers == 1);
}

TEST_CASE("GICv2: a kick names the core by its target bit", "[gic]") {
    Rig<SimGicv2> rig;
    rig.start();
    rig.vgic.send_physical_sgi(AMP_TARGET_VALID | 0x04);
    REQUIRE(rig.sim.sgis.size() == 1);
    CHECK(rig.sim.sgis[0] == (0x04u << 16 | kick_sgi));
    CHECK(rig.sim.barriers == 1);
}

AMP_FOR_BOTH_GICS("Linux's doorbell is pended by one bit, after a barrier", "[gic]") {
    Rig<TestType> rig;
    rig.start();
    rig.sim.writes.clear();
    rig.vgic.pend_physical_spi(200);
    REQUIRE(rig.sim.writes.size() == 1);
    CHECK(rig.sim.writes[0].address == sim_gicd + 0x200 + 200 / 32 * 4);
    CHECK(rig.sim.writes[0].value == 1u << 200 % 32);
    CHECK(rig.sim.barriers == 1);
}

TEST_CASE("GICv2: the board's bypass bits stay", "[gic]") {
    Rig<SimGicv2> rig;
    rig.sim.cpu_control = 0x1e1;
    rig.start();
    CHECK(rig.sim.cpu_control == (0x1e0 | 1 | 1u << 9));
    rig.vgic.shutdown();
    CHECK(rig.sim.cpu_control == 0x1e0);
}

AMP_FOR_BOTH_GICS("one object serves both", "[gic]") {
    Rig<TestType> rig;
    static VgicSelect<SimGicv3, SimGicv2> vgic;
    vgic = {};
    rig.blob.partition.gic_version = 5 - TestType::version;
    CHECK(vgic.init(rig.boot, rig.blob.partition, rig.stats) == AMP_STATUS_BAD_PLATFORM);
    rig.blob.partition.gic_version = TestType::version;
    REQUIRE(vgic.init(rig.boot, rig.blob.partition, rig.stats) == AMP_STATUS_OK);
    REQUIRE(vgic.gicd_write(0, 4, 3));
    REQUIRE(vgic.gicd_write(0x100 + 3 * 4, 4, 1));
    vgic.inject_edge(96);
    CHECK(vgic.has_pending_for_guest());
    CHECK(rig.sim.guest_highest() == 96);
    CHECK((vgic.gicd_read(0, 4).value & 0x10) == (TestType::version == 3 ? 0x10 : 0));
    vgic.shutdown();
    CHECK(rig.lrs_in_use() == 0);
}
