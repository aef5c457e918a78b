// SPDX-License-Identifier: GPL-2.0-only
// Delivery: what reaches the guest, in which order, and what it costs.
#include "core/vgic.hpp"

#include "vgic_rig.hpp"

using namespace amp;
using namespace amp::test;
using Intids = std::vector<std::uint32_t>;

AMP_FOR_BOTH_GICS("an SGI to itself is delivered once, in one exit", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({3});
    rig.self_sgi(3);
    CHECK(rig.settle() == 0);
    CHECK(rig.ack() == 3);
    CHECK(rig.ack() == sim_spurious);
    rig.eoi(3);
    CHECK(rig.ack() == sim_spurious);
    CHECK(rig.stats.injected == 1);
}

AMP_FOR_BOTH_GICS("an SGI again while active is delivered after its EOI", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({3});
    rig.self_sgi(3);
    CHECK(rig.ack() == 3);
    rig.self_sgi(3);
    rig.self_sgi(3);
    CHECK(rig.ack() == sim_spurious);
    rig.eoi(3);
    CHECK(rig.drain() == Intids{3});
}

AMP_FOR_BOTH_GICS("what is disabled waits until it is enabled", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({});
    rig.self_sgi(1);
    rig.vgic.inject_edge(doorbell);
    CHECK(rig.drain().empty());
    CHECK(rig.get(ispendr, 1));
    rig.set(isenabler, doorbell);
    CHECK(rig.drain() == Intids{doorbell});
    rig.set(isenabler, 1);
    CHECK(rig.drain() == Intids{1});
}

AMP_FOR_BOTH_GICS("disabling takes a pending interrupt back, enabling brings it again", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({1, doorbell});
    rig.self_sgi(1);
    rig.vgic.inject_edge(doorbell);
    rig.set(icenabler, 1);
    rig.set(icenabler, doorbell);
    CHECK(rig.lrs_in_use() == 0);
    CHECK(rig.get(ispendr, doorbell));
    rig.set(isenabler, 1);
    rig.set(isenabler, doorbell);
    CHECK(rig.drain() == Intids{1, doorbell});
}

AMP_FOR_BOTH_GICS("an edge that comes while its interrupt is active and disabled is not lost", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({doorbell});
    rig.vgic.inject_edge(doorbell);
    CHECK(rig.ack() == doorbell);
    rig.set(icenabler, doorbell);
    rig.vgic.inject_edge(doorbell);
    SECTION("enabled before its EOI") {
        rig.set(isenabler, doorbell);
        rig.eoi(doorbell);
    }
    SECTION("enabled after its EOI") {
        rig.eoi(doorbell);
        CHECK(rig.ack() == sim_spurious);
        rig.set(isenabler, doorbell);
    }
    CHECK(rig.drain() == Intids{doorbell});
}

AMP_FOR_BOTH_GICS("group enables gate delivery", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({1, 2});
    rig.distributor_on(0);
    REQUIRE(rig.write(0, igroupr, 4, 1u << 1)); // INTID 1 in group 1, the rest in group 0
    rig.self_sgi(1);
    rig.self_sgi(2);
    CHECK(rig.lrs_in_use() == 0);
    rig.distributor_on(2);
    CHECK(rig.drain() == Intids{1});
    rig.distributor_on(1);
    rig.self_sgi(1);
    CHECK(rig.drain() == Intids{2});
    rig.distributor_on(3);
    REQUIRE(rig.sim.guest_highest() == 1);
    rig.distributor_on(0);
    CHECK(rig.lrs_in_use() == 0);
}

AMP_FOR_BOTH_GICS("the more urgent comes first", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({1, 2, doorbell});
    rig.priority(1, 0xa0);
    rig.priority(2, 0x20);
    rig.priority(doorbell, 0x60);
    rig.self_sgi(1);
    rig.vgic.inject_edge(doorbell);
    rig.self_sgi(2);
    CHECK(rig.drain() == Intids{2, doorbell, 1});
}

AMP_FOR_BOTH_GICS("a changed priority counts for what is already pending", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({1, 2});
    rig.priority(1, 0x80);
    rig.priority(2, 0x40);
    rig.self_sgi(1);
    rig.self_sgi(2);
    rig.priority(1, 0x20);
    CHECK(rig.drain() == Intids{1, 2});
}

AMP_FOR_BOTH_GICS("40 pending interrupts come through 4 list registers in order of priority", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    rig.distributor_on();
    Intids expected;
    for (std::uint32_t n = 0; n < 40; n++) {
        const std::uint32_t intid = 40 + n;
        const std::uint32_t rank = n * 7 % 20; // mixed, each twice
        rig.set(isenabler, intid);
        rig.priority(intid, static_cast<std::uint8_t>(rank * 8));
        rig.vgic.inject_edge(intid);
    }
    CHECK(rig.lrs_in_use() == 4);
    CHECK(rig.stats.overflows > 0);
    const Intids order = rig.drain();
    REQUIRE(order.size() == 40);
    for (std::size_t i = 0; i < order.size(); i++)
        CHECK((order[i] - 40) * 7 % 20 == i / 2);
    CHECK(rig.stats.exits[AMP_CAUSE_MAINTENANCE] == 12); // the handler that runs keeps its list register, three are free
    CHECK((rig.sim.hcr() & 8) == 0);
}

AMP_FOR_BOTH_GICS("a more urgent interrupt displaces a pending one when the list registers are full", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({50, 51, 52, 53, 54});
    for (std::uint32_t intid = 50; intid < 54; intid++) {
        rig.priority(intid, static_cast<std::uint8_t>(0x80 + (intid - 50) * 8));
        rig.vgic.inject_edge(intid);
    }
    rig.priority(54, 0x10);
    rig.vgic.inject_edge(54);
    CHECK(rig.sim.guest_highest() == 54);
    CHECK(rig.drain() == Intids{54, 50, 51, 52, 53});
}

AMP_FOR_BOTH_GICS("what became pending again while active does not come before the more urgent that waits", "[vgic]") {
    Rig<TestType> rig(2);
    rig.start_and_enable({50, 51, 52});
    rig.priority(50, 0x60);
    rig.priority(51, 0x40);
    rig.priority(52, 0x10);
    rig.vgic.inject_edge(50);
    CHECK(rig.ack() == 50);
    rig.vgic.inject_edge(52);
    rig.vgic.inject_edge(50);
    rig.vgic.inject_edge(51);
    CHECK(rig.get(ispendr, 50));
    rig.eoi(50);
    CHECK(rig.drain() == Intids{52, 51, 50});
}

AMP_FOR_BOTH_GICS("more nested handlers than list registers", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    rig.distributor_on();
    for (std::uint32_t n = 0; n < 10; n++) {
        rig.set(isenabler, 60 + n);
        rig.priority(60 + n, static_cast<std::uint8_t>(0xf0 - n * 0x10));
    }
    for (std::uint32_t n = 0; n < 10; n++) {
        rig.vgic.inject_edge(60 + n);
        CHECK(rig.ack() == 60 + n);
        CHECK(rig.get(isactiver, 60 + n));
    }
    for (std::uint32_t n = 0; n < 10; n++)
        CHECK(rig.get(isactiver, 60 + n));
    for (std::uint32_t n = 10; n-- > 0;) {
        rig.eoi(60 + n);
        for (std::uint32_t m = 0; m < 10; m++)
            CHECK(rig.get(isactiver, 60 + m) == (m < n));
    }
    CHECK(rig.drain().empty());
    CHECK((rig.sim.hcr() & 4) == 0);
}

AMP_FOR_BOTH_GICS("a line that stays high interrupts again after each EOI", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({console});
    rig.vgic.set_line(console, true);
    for (int round = 0; round < 3; round++) {
        CHECK(rig.ack() == console);
        CHECK(rig.ack() == sim_spurious);
        rig.eoi(console);
    }
    CHECK(rig.stats.exits[AMP_CAUSE_MAINTENANCE] == 3);
    CHECK(rig.ack() == console);
    rig.vgic.set_line(console, false);
    rig.eoi(console);
    CHECK(rig.drain().empty());
    CHECK_FALSE(rig.get(ispendr, console));
}

AMP_FOR_BOTH_GICS("a line that goes low takes its pending interrupt back", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({console});
    rig.vgic.set_line(console, true);
    CHECK(rig.lrs_in_use() == 1);
    rig.vgic.set_line(console, false);
    CHECK(rig.lrs_in_use() == 0);
    CHECK(rig.drain().empty());
}

AMP_FOR_BOTH_GICS("a level-triggered interrupt pended by software outlives its line", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({console});
    rig.vgic.set_line(console, true);
    rig.set(ispendr, console);
    rig.vgic.set_line(console, false);
    CHECK(rig.drain() == Intids{console});
}

AMP_FOR_BOTH_GICS("a line that rises while its interrupt is active interrupts after the EOI", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({console});
    rig.set(ispendr, console);
    CHECK(rig.ack() == console);
    rig.vgic.set_line(console, true);
    rig.eoi(console);
    CHECK(rig.ack() == console);
    rig.vgic.set_line(console, false);
    rig.eoi(console);
    CHECK(rig.drain().empty());
}

AMP_FOR_BOTH_GICS("edge-triggered by the guest's choice: a line counts when it rises", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    rig.config_edge(console);
    rig.distributor_on();
    rig.set(isenabler, console);
    rig.vgic.set_line(console, true);
    CHECK(rig.drain() == Intids{console});
    rig.vgic.set_line(console, false);
    rig.vgic.set_line(console, true);
    rig.vgic.set_line(console, false);
    CHECK(rig.drain() == Intids{console});
}

AMP_FOR_BOTH_GICS("waiting lines and edges do not get lost behind others", "[vgic]") {
    Rig<TestType> rig(1);
    rig.start_and_enable({console, 50, 51});
    rig.vgic.inject_edge(50);
    rig.vgic.set_line(console, true);
    rig.vgic.inject_edge(51);
    rig.vgic.set_line(console, false);
    const Intids order = rig.drain();
    CHECK(order == Intids{50, 51});
    CHECK((rig.sim.hcr() & 8) == 0);
}

AMP_FOR_BOTH_GICS("the virtual timer is linked: no exit but the expiry", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    CHECK(rig.sim.irq[physical_vtimer].enabled);
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    for (int round = 0; round < 5; round++) {
        timer.line = true;
        CHECK(rig.settle() == 1);
        CHECK(rig.ack() == vgic_virtual_timer);
        timer.line = false; // the handler sets the next expiry before its EOI
        rig.eoi(vgic_virtual_timer);
    }
    CHECK(rig.stats.exits[AMP_CAUSE_VIRTUAL_TIMER] == 5);
    CHECK(rig.stats.exits[AMP_CAUSE_MAINTENANCE] == 0);
    CHECK(rig.stats.injected == 5);
    CHECK_FALSE(timer.active);
}

AMP_FOR_BOTH_GICS("a timer that expires again before the EOI comes right after it", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_physical_timer});
    rig.sim.irq[physical_ptimer].line = true;
    rig.settle();
    CHECK(rig.ack() == vgic_physical_timer);
    CHECK(rig.settle() == 0);
    CHECK(rig.get(ispendr, vgic_physical_timer));
    CHECK(rig.get(isactiver, vgic_physical_timer));
    rig.eoi(vgic_physical_timer);
    CHECK(rig.ack() == vgic_physical_timer);
    CHECK(rig.stats.exits[AMP_CAUSE_PHYSICAL_TIMER] == 2);
}

AMP_FOR_BOTH_GICS("disabling a timer whose interrupt is pending leaves the state to the hardware", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    timer.line = true;
    rig.settle();
    rig.set(icenabler, vgic_virtual_timer);
    CHECK(rig.lrs_in_use() == 0);
    CHECK_FALSE(timer.enabled);
    CHECK_FALSE(timer.active);
    SECTION("still expired when it is enabled again") {
        CHECK(rig.get(ispendr, vgic_virtual_timer));
        rig.set(isenabler, vgic_virtual_timer);
        rig.settle();
        CHECK(rig.ack() == vgic_virtual_timer);
    }
    SECTION("set to a later time meanwhile") {
        timer.line = false;
        CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
        rig.set(isenabler, vgic_virtual_timer);
        rig.settle();
        CHECK(rig.ack() == sim_spurious);
    }
}

AMP_FOR_BOTH_GICS("a timer pended by hand stays so until it is taken or cleared, whatever its line", "[vgic]") {
    const unsigned lr_count = GENERATE(1u, 4u);
    Rig<TestType> rig(lr_count);
    rig.start_and_enable({vgic_virtual_timer, 50});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    timer.line = GENERATE(false, true);
    rig.settle();
    rig.set(ispendr, vgic_virtual_timer);
    rig.settle();
    SECTION("disabled and enabled again") {
        rig.set(icenabler, vgic_virtual_timer);
        timer.line = false;
        CHECK(rig.get(ispendr, vgic_virtual_timer));
        CHECK(rig.ack() == sim_spurious);
        rig.set(isenabler, vgic_virtual_timer);
        CHECK(rig.drain() == Intids{vgic_virtual_timer});
    }
    SECTION("made active by hand, and inactive") {
        rig.set(isactiver, vgic_virtual_timer);
        timer.line = false;
        rig.settle();
        CHECK(rig.get(ispendr, vgic_virtual_timer));
        CHECK(rig.ack() == sim_spurious);
        rig.set(icactiver, vgic_virtual_timer);
        CHECK(rig.drain() == Intids{vgic_virtual_timer});
    }
    SECTION("displaced by a more urgent one") {
        rig.priority(vgic_virtual_timer, 0x80);
        rig.vgic.inject_edge(50);
        timer.line = false;
        CHECK(rig.drain() == Intids{50, vgic_virtual_timer});
    }
    SECTION("cleared") {
        timer.line = false;
        rig.set(icpendr, vgic_virtual_timer);
        CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
        CHECK(rig.drain().empty());
    }
    CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
    CHECK_FALSE(timer.active);
    // It is the line's again: what expired is forgotten when it is set to a later time while disabled.
    timer.line = true;
    rig.settle();
    rig.set(icenabler, vgic_virtual_timer);
    timer.line = false;
    CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
    rig.set(isenabler, vgic_virtual_timer);
    rig.settle();
    CHECK(rig.ack() == sim_spurious);
}

AMP_FOR_BOTH_GICS("the line of a timer pended by hand shows while its handler runs, and comes after it", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    rig.set(ispendr, vgic_virtual_timer);
    CHECK(rig.ack() == vgic_virtual_timer);
    CHECK_FALSE(rig.get(ispendr, vgic_virtual_timer));
    timer.line = true;
    CHECK(rig.settle() == 0);
    CHECK(rig.get(ispendr, vgic_virtual_timer));
    rig.eoi(vgic_virtual_timer);
    CHECK(rig.ack() == vgic_virtual_timer);
    timer.line = false;
    rig.eoi(vgic_virtual_timer);
    CHECK(rig.drain().empty());
    CHECK(rig.stats.exits[AMP_CAUSE_MAINTENANCE] == 1);
}

AMP_FOR_BOTH_GICS("a timer that fires while the guest pends it by hand comes once", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    rig.set(ispendr, vgic_virtual_timer);
    timer.line = true;
    timer.active = false; // the physical write took effect late
    CHECK(rig.settle() == 1);
    CHECK(rig.ack() == vgic_virtual_timer);
    timer.line = false;
    rig.eoi(vgic_virtual_timer);
    CHECK(rig.drain().empty());
    CHECK_FALSE(timer.active);
}

AMP_FOR_BOTH_GICS("a paused or ended guest leaves nothing of a timer that it pended by hand", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    rig.set(ispendr, vgic_virtual_timer);
    rig.vgic.pause();
    CHECK_FALSE(timer.enabled);
    rig.vgic.resume();
    CHECK(timer.enabled);
    rig.vgic.shutdown();
    CHECK_FALSE(timer.active);
    CHECK_FALSE(timer.enabled);
    CHECK_FALSE(timer.pending);
}

AMP_FOR_BOTH_GICS("a timer that fires while the guest disables it is not delivered", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    SimIrq& timer = rig.sim.irq[physical_vtimer];
    timer.line = true;
    rig.settle();
    CHECK(rig.ack() == vgic_virtual_timer);
    rig.eoi(vgic_virtual_timer); // fires again at once, and the guest disables it before the core sees it
    REQUIRE(rig.sim.guest_highest() == vgic_virtual_timer);
    rig.set(icenabler, vgic_virtual_timer);
    timer.enabled = true; // the physical disable took effect late
    rig.vgic.handle_irq();
    timer.enabled = false;
    CHECK(rig.sim.guest_highest() == sim_spurious);
    CHECK_FALSE(timer.active);
}

AMP_FOR_BOTH_GICS("devices of the partition: level and edge", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({guest_level, guest_edge});
    CHECK(rig.sim.irq[level_spi].enabled);
    rig.sim.irq[level_spi].line = true;
    rig.sim.irq[edge_spi].pending = true;
    CHECK(rig.settle() == 2);
    CHECK(rig.ack() == guest_level);
    rig.sim.irq[level_spi].line = false;
    rig.eoi(guest_level);
    CHECK(rig.ack() == guest_edge);
    rig.sim.irq[edge_spi].pending = true;
    CHECK(rig.settle() == 0);
    rig.eoi(guest_edge);
    CHECK(rig.drain() == Intids{guest_edge});
    CHECK(rig.stats.exits[AMP_CAUSE_DEVICE_IRQ] == 3);
    CHECK_FALSE(rig.sim.irq[edge_spi].active);
}

AMP_FOR_BOTH_GICS("an edge of a device that was disabled while pending is kept by the hardware", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({guest_edge});
    rig.sim.irq[edge_spi].pending = true;
    rig.settle();
    rig.set(icenabler, guest_edge);
    CHECK(rig.sim.irq[edge_spi].pending);
    CHECK_FALSE(rig.sim.irq[edge_spi].active);
    rig.set(isenabler, guest_edge);
    rig.settle();
    CHECK(rig.drain() == Intids{guest_edge});
}

AMP_FOR_BOTH_GICS("linked interrupts wait for a list register too", "[vgic]") {
    Rig<TestType> rig(1);
    rig.start_and_enable({50, vgic_virtual_timer, guest_level});
    rig.priority(50, 0x10);
    rig.priority(vgic_virtual_timer, 0x20);
    rig.priority(guest_level, 0x30);
    rig.vgic.inject_edge(50);
    rig.sim.irq[physical_vtimer].line = true;
    rig.sim.irq[level_spi].line = true;
    rig.settle();
    CHECK(rig.ack() == 50);
    rig.eoi(50);
    CHECK(rig.ack() == vgic_virtual_timer);
    rig.sim.irq[physical_vtimer].line = false;
    rig.eoi(vgic_virtual_timer);
    CHECK(rig.ack() == guest_level);
    SECTION("the guest's EOI deactivates the physical one") {
        rig.sim.irq[level_spi].line = false;
        rig.eoi(guest_level);
        CHECK_FALSE(rig.sim.irq[level_spi].active);
    }
    SECTION("also when it had to leave its list register while active") {
        rig.vgic.inject_edge(50);
        CHECK(rig.ack() == 50);
        rig.eoi(50);
        CHECK(rig.sim.irq[level_spi].active);
        rig.sim.irq[level_spi].line = false;
        rig.eoi(guest_level);
        CHECK_FALSE(rig.sim.irq[level_spi].active);
    }
    CHECK(rig.drain().empty());
}

AMP_FOR_BOTH_GICS("kick, maintenance and strangers", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({});
    rig.sim.irq[kick_sgi].pending = true;
    CHECK(rig.vgic.handle_irq());
    CHECK(rig.sim.observed == 1); // before anybody looks at what the kick announces
    CHECK_FALSE(rig.sim.irq[kick_sgi].active);
    CHECK_FALSE(rig.vgic.handle_irq());
    CHECK(rig.stats.exits[AMP_CAUSE_KICK] == 1);
    CHECK(rig.stats.exits[AMP_CAUSE_SPURIOUS] == 1);
    rig.sim.irq[99].enabled = rig.sim.irq[99].pending = rig.sim.irq[99].edge = true;
    CHECK(rig.settle() == 1);
    CHECK_FALSE(rig.kicked);
    CHECK_FALSE(rig.sim.irq[99].active);
    CHECK(rig.stats.exits[AMP_CAUSE_SPURIOUS] == 2);
    CHECK(rig.lrs_in_use() == 0);
}

AMP_FOR_BOTH_GICS("emulated devices can't reach INTIDs out of range or of the hardware", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer});
    for (const std::uint32_t intid : {256u, 1023u, 0xffffffffu, vgic_virtual_timer}) {
        rig.vgic.inject_edge(intid);
        rig.vgic.set_line(intid, true);
    }
    CHECK(rig.drain().empty());
}

AMP_FOR_BOTH_GICS("what would wake the guest", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({1});
    CHECK_FALSE(rig.vgic.has_pending_for_guest());
    rig.self_sgi(2);
    CHECK_FALSE(rig.vgic.has_pending_for_guest());
    rig.self_sgi(1);
    CHECK(rig.vgic.has_pending_for_guest());
    rig.ack();
    CHECK_FALSE(rig.vgic.has_pending_for_guest());
}

AMP_FOR_BOTH_GICS("a paused guest's timers and devices stay silent", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer, guest_level});
    rig.vgic.pause();
    rig.sim.irq[physical_vtimer].line = true;
    rig.sim.irq[level_spi].line = true;
    CHECK(rig.settle() == 0);
    rig.sim.irq[kick_sgi].pending = true;
    CHECK(rig.settle() == 1);
    CHECK(rig.kicked);
    rig.vgic.resume();
    CHECK_FALSE(rig.sim.irq[physical_ptimer].enabled);
    CHECK(rig.settle() == 2);
}

AMP_FOR_BOTH_GICS("a muted guest is signalled nothing, and loses nothing by it", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({50});
    rig.vgic.inject_edge(50);
    const auto before = rig.sim.hcr();
    rig.vgic.mute();
    CHECK((rig.sim.hcr() & hcr_en) == 0);
    CHECK((rig.sim.hcr() | hcr_en) == before);
    rig.vgic.unmute();
    CHECK(rig.sim.hcr() == before);
    CHECK(rig.vgic.has_pending_for_guest());
}

AMP_FOR_BOTH_GICS("nothing remains after shutdown", "[vgic]") {
    Rig<TestType> rig;
    rig.start_and_enable({vgic_virtual_timer, guest_level, guest_edge, 50, 1});
    rig.sim.irq[physical_vtimer].line = true;
    rig.sim.irq[level_spi].line = true;
    rig.sim.irq[edge_spi].pending = true;
    rig.settle();
    rig.ack();
    rig.vgic.inject_edge(50);
    rig.self_sgi(1);
    rig.sim.irq[edge_spi].pending = true;
    rig.sim.irq[kick_sgi].pending = true;
    rig.vgic.shutdown();
    for (const std::uint32_t intid : {physical_vtimer, physical_ptimer, level_spi, edge_spi, kick_sgi, sim_maintenance}) {
        INFO(intid);
        CHECK_FALSE(rig.sim.irq[intid].enabled);
        CHECK_FALSE(rig.sim.irq[intid].pending);
        CHECK_FALSE(rig.sim.irq[intid].active);
    }
    CHECK(rig.lrs_in_use() == 0);
    CHECK(rig.sim.hcr() == 0);
    CHECK(rig.sim.vmcr == 0);
    CHECK(rig.sim.apr[0] == 0);
    CHECK(rig.sim.cpu_control == 0);
    CHECK_FALSE(rig.sim.interrupt_asserted());
    CHECK(rig.sim.running.empty());
}
