// SPDX-License-Identifier: GPL-2.0-only
// The emulated distributor and redistributor as a guest reads and writes them.
#include "core/vgic.hpp"

#include "vgic_rig.hpp"

using namespace amp;
using namespace amp::test;
using Intids = std::vector<std::uint32_t>;

TEST_CASE("GICv3 identifies itself as KVM's does", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start();
    CHECK(rig.read(32, 0x0, 4) == 0x50); // affinity routing, one security state
    rig.distributor_on();
    CHECK(rig.read(32, 0x0, 4) == 0x53);
    CHECK((rig.read(32, 0x4, 4) & 0x1f) == 7);
    CHECK((rig.read(32, 0x4, 4) >> 19 & 0x1f) == 9);
    CHECK((rig.read(32, 0x4, 4) & 1u << 17) == 0); // no LPIs
    CHECK((rig.read(32, 0xffe8, 4) >> 4 & 0xf) == 3);
    CHECK(rig.vgic.gicr_read(0x8, 8).value == 0x10); // the last one, affinity 0.0.0.0
    CHECK(rig.vgic.gicr_read(0x8, 4).value == 0x10);
    CHECK(rig.vgic.gicr_read(0xc, 4).value == 0);
    CHECK((rig.vgic.gicr_read(0xffe8, 4).value >> 4 & 0xf) == 3);
    CHECK(rig.vgic.gicr_read(0x14, 4).value == 0); // awake
}

TEST_CASE("GICv2 identifies itself", "[vgic]") {
    Rig<SimGicv2> rig;
    rig.start();
    CHECK(rig.read(0, 0x0, 4) == 0);
    CHECK(rig.read(0, 0x4, 4) == 7);
    CHECK((rig.read(0, 0xfe8, 4) >> 4 & 0xf) == 2);
    CHECK(rig.read(0, 0x800, 4) == 0x01010101);
    CHECK(rig.read(0, 0x800 + 40, 1) == 1);
}

AMP_FOR_BOTH_GICS("enables are set and cleared by ones", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    for (const std::uint32_t intid : {0u, 31u, 32u, 63u, 64u, 255u}) {
        rig.set(isenabler, intid);
        CHECK(rig.get(isenabler, intid));
        CHECK(rig.get(icenabler, intid));
        REQUIRE(rig.write(intid, isenabler + intid / 32 * 4, 4, 0));
        CHECK(rig.get(isenabler, intid));
        rig.set(icenabler, intid);
        CHECK_FALSE(rig.get(isenabler, intid));
    }
}

TEST_CASE("GICv3: private interrupts are the redistributor's, shared ones the distributor's", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start();
    REQUIRE(rig.vgic.gicd_write(isenabler, 4, ~0u));
    CHECK(rig.vgic.gicd_read(isenabler, 4).value == 0);
    CHECK(rig.vgic.gicr_read(0x10000 + isenabler, 4).value == 0);
    REQUIRE(rig.vgic.gicr_write(0x10000 + isenabler + 4, 4, ~0u));
    CHECK(rig.vgic.gicd_read(isenabler + 4, 4).value == 0);
    REQUIRE(rig.vgic.gicr_write(0x10000 + 0x420, 4, ~0u));
    CHECK(rig.vgic.gicd_read(0x420, 4).value == 0);
}

TEST_CASE("GICv3: a linked interrupt is enabled by one bit of the physical redistributor", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start();
    rig.distributor_on();
    rig.sim.writes.clear();
    rig.set(isenabler, vgic_virtual_timer);
    rig.set(isenabler, 3);
    rig.set(isenabler, vgic_virtual_timer);
    rig.set(isenabler, guest_edge);
    REQUIRE(rig.sim.writes.size() == 2);
    CHECK(rig.sim.writes[0].address == sim_gicr + 0x10100);
    CHECK(rig.sim.writes[0].value == 1u << physical_vtimer);
    CHECK(rig.sim.writes[1].address == sim_gicd + 0x100 + edge_spi / 32 * 4);
    CHECK(rig.sim.writes[1].value == 1u << edge_spi % 32);
}

AMP_FOR_BOTH_GICS("priorities by byte and word, in the bits that are implemented", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    REQUIRE(rig.write(40, 0x400 + 40, 4, 0x12345678));
    CHECK(rig.read(40, 0x400 + 40, 4) == 0x10305078);
    CHECK(rig.read(40, 0x400 + 42, 1) == 0x30);
    rig.priority(41, 0xff);
    CHECK(rig.read(40, 0x400 + 40, 4) == 0x1030f878);
    REQUIRE(rig.write(4, 0x404, 4, 0xf8f0e8e0));
    CHECK(rig.read(4, 0x405, 1) == 0xe8);
    CHECK(rig.read(40, 0x400 + 256, 4) == 0);
}

AMP_FOR_BOTH_GICS("configuration: SGIs are edges, the hardware's stay as they are", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    CHECK(rig.read(0, 0xc00, 4) == 0xaaaaaaaa);
    REQUIRE(rig.write(0, 0xc00, 4, 0));
    CHECK(rig.read(0, 0xc00, 4) == 0xaaaaaaaa);
    REQUIRE(rig.write(16, 0xc04, 4, ~0u));
    const std::uint32_t timers = 2u << (27 - 16) * 2 | 2u << (30 - 16) * 2;
    CHECK(rig.read(16, 0xc04, 4) == (0xaaaaaaaa & ~timers));
    REQUIRE(rig.write(112, 0xc00 + 112 / 4, 4, 0));
    CHECK(rig.read(112, 0xc00 + 112 / 4, 4) == 2u << (guest_edge - 112) * 2);
    REQUIRE(rig.write(240, 0xc3c, 4, 0xaaaa5555));
    CHECK(rig.read(240, 0xc3c, 4) == 0xaaaa0000);
    CHECK(rig.read(240, 0xc40, 4) == 0);
}

AMP_FOR_BOTH_GICS("pending by hand", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({50, 51, console});
    rig.set(ispendr, 50);
    CHECK(rig.get(ispendr, 50));
    CHECK(rig.get(icpendr, 50));
    rig.set(icpendr, 50);
    CHECK_FALSE(rig.get(ispendr, 50));
    CHECK(rig.drain().empty());

    rig.set(ispendr, 51);
    CHECK(rig.ack() == 51);
    CHECK_FALSE(rig.get(ispendr, 51));
    rig.set(ispendr, 51);
    CHECK(rig.get(ispendr, 51));
    rig.set(icpendr, 51);
    rig.eoi(51);
    CHECK(rig.drain().empty());

    rig.vgic.set_line(console, true);
    rig.set(icpendr, console);
    CHECK(rig.get(ispendr, console)); // the line is still high
    CHECK(rig.ack() == console);
}

AMP_FOR_BOTH_GICS("pending by hand: the hardware's", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer, guest_edge});
    rig.set(ispendr, vgic_virtual_timer);
    rig.set(ispendr, guest_edge);
    rig.settle();
    CHECK(rig.get(ispendr, vgic_virtual_timer));
    rig.set(icpendr, vgic_virtual_timer);
    rig.settle();
    CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
    CHECK_FALSE(rig.sim.irq[physical_vtimer].active);
    CHECK(rig.drain() == Intids{guest_edge});

    rig.sim.irq[physical_vtimer].line = true;
    rig.settle();
    rig.set(icpendr, vgic_virtual_timer); // level: still asserted
    rig.settle();
    CHECK(rig.ack() == vgic_virtual_timer);
    CHECK_FALSE((rig.set(isenabler, 1), rig.get(isactiver, 1)));
}

TEST_CASE("GICv3: SGIs may be pended in GICR_ISPENDR0", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start_and_enable({4});
    rig.set(ispendr, 4);
    CHECK(rig.drain() == Intids{4});
}

TEST_CASE("GICv2: SGIs have their own set and clear registers", "[vgic]") {
    Rig<SimGicv2> rig;
    rig.start_and_enable({4, 5});
    rig.set(ispendr, 4);
    CHECK(rig.drain().empty());
    REQUIRE(rig.vgic.gicd_write(0xf24, 4, 0x00000101)); // 4 and 5, from CPU 0
    CHECK(rig.vgic.gicd_read(0xf24, 4).value == 0x0101);
    CHECK(rig.vgic.gicd_read(0xf15, 1).value == 1);
    rig.set(icpendr, 4);
    REQUIRE(rig.vgic.gicd_write(0xf15, 1, 1));
    CHECK(rig.drain() == Intids{4});
    REQUIRE(rig.vgic.gicd_write(0xf24, 4, 0xfe)); // from CPUs that are not there
    CHECK(rig.drain().empty());
}

AMP_FOR_BOTH_GICS("active by hand", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({50, 51, vgic_virtual_timer});
    rig.set(isactiver, 50);
    CHECK(rig.get(isactiver, 50));
    rig.vgic.inject_edge(50);
    CHECK(rig.drain().empty());
    rig.set(icactiver, 50);
    CHECK_FALSE(rig.get(isactiver, 50));
    CHECK(rig.drain() == Intids{50});

    rig.vgic.inject_edge(51);
    CHECK(rig.ack() == 51);
    CHECK(rig.get(isactiver, 51));
    rig.set(icactiver, 51);
    CHECK_FALSE(rig.get(isactiver, 51));
    CHECK(rig.lrs_in_use() == 0);
    rig.sim.guest_running.clear();

    rig.vgic.inject_edge(51);
    rig.set(isactiver, 51); // pending and active
    CHECK(rig.get(ispendr, 51));
    CHECK(rig.drain().empty());
    rig.set(icactiver, 51);
    CHECK(rig.drain() == Intids{51});

    rig.set(isactiver, vgic_virtual_timer);
    rig.sim.irq[physical_vtimer].line = true;
    CHECK(rig.settle() == 0);
    rig.set(icactiver, vgic_virtual_timer);
    CHECK(rig.settle() == 1);
    rig.set(isactiver, vgic_virtual_timer);
    CHECK(rig.ack() == sim_spurious);
    rig.set(icactiver, vgic_virtual_timer);
    rig.settle();
    CHECK(rig.ack() == vgic_virtual_timer);
}

AMP_FOR_BOTH_GICS("an interrupt made active by hand is ended by its own number", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({50, 51});
    rig.set(isactiver, 50);
    rig.set(isactiver, 51);
    rig.sim.guest_deactivate(51);
    CHECK(rig.get(isactiver, 50));
    CHECK_FALSE(rig.get(isactiver, 51));
}

TEST_CASE("GICv3: SGIs to others reach nobody", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start_and_enable({3});
    const std::uint64_t sgi = 3u << 24;
    for (const std::uint64_t target : {0ull, 0xfffeull, 1ull << 40, 1ull << 40 | 1, 1ull << 16 | 1,
                                       1ull << 32 | 1, 1ull << 44 | 1, 1ull << 48 | 1})
        rig.vgic.send_sgi(sgi | target);
    CHECK(rig.drain().empty());
    CHECK(rig.sim.sgis.empty());
    rig.vgic.send_sgi(sgi | 0xffff);
    CHECK(rig.drain() == Intids{3});
}

TEST_CASE("GICv3: a group 0 SGI reaches group 0 only", "[vgic]") {
    Rig<SimGicv3> rig;
    rig.start_and_enable({3, 4});
    REQUIRE(rig.write(0, igroupr, 4, ~(1u << 4)));
    rig.vgic.send_group0_sgi(3u << 24 | 1);
    rig.vgic.send_group0_sgi(4u << 24 | 1);
    CHECK(rig.drain() == Intids{4});
}

TEST_CASE("GICv2: GICD_SGIR's filters", "[vgic]") {
    Rig<SimGicv2> rig;
    rig.start_and_enable({3});
    for (const std::uint32_t target : {0u, 0xfe0000u, 1u << 24, 1u << 24 | 0xff0000, 3u << 24 | 0xff0000})
        REQUIRE(rig.vgic.gicd_write(0xf00, 4, target | 3));
    CHECK(rig.drain().empty());
    REQUIRE(rig.vgic.gicd_write(0xf00, 4, 0x10000 | 3));
    CHECK(rig.drain() == Intids{3});
    CHECK(rig.sim.sgis.empty());
}

AMP_FOR_BOTH_GICS("accesses that the devices do not have", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    const bool v3 = TestType::version == 3;
    for (const std::uint32_t width : {1u, 2u, 8u}) {
        INFO(width);
        for (const std::uint32_t offset : {0x0u, 0x4u, 0x80u, 0x100u, 0x280u, 0x380u, 0xc00u, 0xf00u}) {
            CHECK_FALSE(rig.vgic.gicd_read(offset, width).ok);
            CHECK_FALSE(rig.vgic.gicd_write(offset, width, 0));
        }
        CHECK(rig.vgic.gicd_read(0x400, width).ok == (width == 1));
        CHECK(rig.vgic.gicd_write(0x400, width, 0) == (width == 1));
        CHECK(rig.vgic.gicd_read(0x6100, width).ok == (v3 && width == 8));
        CHECK(rig.vgic.gicr_read(0x8, width).ok == (width == 8));
        CHECK_FALSE(rig.vgic.gicr_read(0x10100, width).ok);
        CHECK_FALSE(rig.vgic.gicr_write(0x10100, width, 0));
    }
    for (const std::uint32_t offset : {0x1u, 0x2u, 0x102u, 0x401u, 0xc03u, 0xf02u, 0x6104u + 2})
        CHECK_FALSE(rig.vgic.gicd_read(offset, 4).ok);
    CHECK_FALSE(rig.vgic.gicd_read(0x6104, 8).ok);
    CHECK(rig.vgic.gicd_read(0x6104, 4).ok);
    CHECK(rig.vgic.gicd_read(0xffffffff & ~3u, 4).ok);
    CHECK(rig.vgic.gicd_write(0x5000, 4, ~0u));
}
