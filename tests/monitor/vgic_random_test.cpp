// SPDX-License-Identifier: GPL-2.0-only
// The virtual GIC with few list registers against an ideal GIC that needs none, move by move; and against a guest that writes
// anything anywhere. Seeds are fixed.
#include "core/vgic.hpp"

#include <map>
#include <random>

#include "vgic_rig.hpp"

using namespace amp;
using namespace amp::test;

namespace {

struct IdealIrq {
    bool enabled = true, latched = false, line = false, edge = true, active = false, linked = false;
    bool by_hand = false; // made active by a write, not by being taken
    std::uint32_t physical = 0;
    std::uint8_t priority = 0;

    bool pending() const { return latched || (line && !edge); }
};

template <class Hardware>
class Duel {
public:
    // Split: priority drop and deactivation are two things (EOImode 1).
    Duel(unsigned lr_count, std::uint32_t seed, bool split) : rig_(lr_count), random_(seed), split_(split) {
        rig_.boot.pmu_intid = physical_pmu;
        rig_.sim.guest_eoimode = split;
        for (const std::uint32_t intid : {0u, 1u, 7u, 40u, 96u, 97u, 200u, 255u})
            ideal_[intid] = {};
        for (const std::uint32_t intid : {console, 41u, 130u})
            ideal_[intid].edge = false;
        ideal_[vgic_virtual_timer] = {.edge = false, .linked = true, .physical = physical_vtimer};
        ideal_[vgic_pmu] = {.edge = false, .linked = true, .physical = physical_pmu};
        ideal_[guest_level] = {.edge = false, .linked = true, .physical = level_spi};
        ideal_[guest_edge] = {.linked = true, .physical = edge_spi};
        rig_.start();
        rig_.distributor_on();
        for (auto& [intid, irq] : ideal_) {
            if (irq.edge && !irq.linked && intid >= 16)
                rig_.config_edge(intid);
            rig_.set(isenabler, intid);
            set_priority(intid, irq);
        }
    }

    void run(unsigned moves) {
        for (unsigned n = 0; n < moves; n++) {
            move();
            rig_.settle();
            compare();
        }
    }

private:
    std::uint32_t roll(std::uint32_t count) { return static_cast<std::uint32_t>(random_() % count); }

    void set_priority(std::uint32_t intid, IdealIrq& irq) {
        irq.priority = static_cast<std::uint8_t>(roll(32) * 8);
        rig_.priority(intid, irq.priority);
    }

    void move() {
        auto it = ideal_.begin();
        std::advance(it, roll(static_cast<std::uint32_t>(ideal_.size())));
        const std::uint32_t intid = it->first;
        IdealIrq& irq = it->second;
        INFO("move on INTID " << intid);
        switch (roll(14)) {
        case 0: case 1: case 2: raise(intid, irq); break;
        case 3: lower(intid, irq); break;
        case 4: switch_enabled(intid, irq); break;
        case 5: pend_by_hand(intid, irq, true); break;
        case 6: pend_by_hand(intid, irq, false); break;
        case 7: if (!irq.active) set_priority(intid, irq); break;
        case 8: case 9: acknowledge(); break;
        case 10: activate_by_hand(intid, irq); break;
        case 11: deactivate(); break;
        default: end(); break;
        }
    }

    void switch_enabled(std::uint32_t intid, IdealIrq& irq) {
        rig_.set((irq.enabled = !irq.enabled) ? isenabler : icenabler, intid);
    }

    // What the guest runs is left to its own end. With few list registers it is not known which active one an EOI meant.
    void activate_by_hand(std::uint32_t intid, IdealIrq& irq) {
        if (rig_.sim.lr.size() < ideal_.size())
            return;
        if (irq.by_hand || !irq.active) {
            irq.active = irq.by_hand = !irq.active;
            rig_.set(irq.active ? isactiver : icactiver, intid);
        }
    }

    // A second edge of the hardware's, after the first was acknowledged physically, comes as a second interrupt: not raised.
    void raise(std::uint32_t intid, IdealIrq& irq) {
        if (irq.edge) {
            if (irq.linked && irq.latched)
                return;
            irq.latched = true;
            if (irq.linked)
                rig_.sim.irq[irq.physical].pending = true;
            else
                rig_.vgic.inject_edge(intid);
        } else {
            irq.line = true;
            if (irq.linked)
                rig_.sim.irq[irq.physical].line = true;
            else
                rig_.vgic.set_line(intid, true);
        }
    }

    // A linked level is acknowledged physically when it first rises, and so stays pending until the guest has seen it: it may
    // fall only while that makes no difference.
    void lower(std::uint32_t intid, IdealIrq& irq) {
        if (irq.edge || (irq.linked && irq.enabled && !irq.latched && !irq.active))
            return;
        irq.line = false;
        if (irq.linked)
            rig_.sim.irq[irq.physical].line = false;
        else
            rig_.vgic.set_line(intid, false);
    }

    void pend_by_hand(std::uint32_t intid, IdealIrq& irq, bool set) {
        if (intid < 16 && Hardware::version == 2)
            return;
        irq.latched = set;
        rig_.set(set ? ispendr : icpendr, intid);
    }

    const IdealIrq* best() const {
        const IdealIrq* found = nullptr;
        for (const auto& [intid, irq] : ideal_)
            if (irq.enabled && irq.pending() && !irq.active && (running_.empty() || irq.priority < running_.back().second) &&
                (found == nullptr || irq.priority < found->priority))
                found = &irq;
        return found;
    }

    void acknowledge() {
        const IdealIrq* expected = best();
        const std::uint32_t intid = rig_.sim.guest_acknowledge();
        if (expected == nullptr) {
            REQUIRE(intid == sim_spurious);
            return;
        }
        REQUIRE(ideal_.count(intid) == 1);
        IdealIrq& irq = ideal_[intid];
        REQUIRE((irq.enabled && irq.pending() && !irq.active));
        irq.active = true;
        irq.latched = false;
        running_.emplace_back(intid, irq.priority);
    }

    void end() {
        if (running_.empty())
            return;
        const std::uint32_t intid = running_.back().first;
        running_.pop_back();
        if (split_)
            dropped_.push_back(intid);
        else
            ideal_[intid].active = false;
        rig_.sim.guest_eoi(intid);
    }

    // In any order
    void deactivate() {
        if (dropped_.empty())
            return;
        std::swap(dropped_[roll(static_cast<std::uint32_t>(dropped_.size()))], dropped_.back());
        ideal_[dropped_.back()].active = false;
        rig_.sim.guest_deactivate(dropped_.back());
        dropped_.pop_back();
    }

    void compare() {
        const IdealIrq* expected = best();
        const std::uint32_t intid = rig_.sim.guest_highest();
        REQUIRE((intid == sim_spurious) == (expected == nullptr));
        if (expected != nullptr) {
            INFO("INTID " << intid);
            REQUIRE(ideal_.at(intid).priority == expected->priority);
        }
        for (auto& [other, irq] : ideal_) {
            INFO("INTID " << other);
            REQUIRE(rig_.get(ispendr, other) == irq.pending());
            REQUIRE(rig_.get(isactiver, other) == irq.active);
        }
    }

    Rig<Hardware> rig_;
    std::mt19937 random_;
    std::map<std::uint32_t, IdealIrq> ideal_;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> running_;
    std::vector<std::uint32_t> dropped_;
    bool split_;
};

// One hostile guest for each seed: register accesses of any offset, width and value, EOIs of anything, device interrupts between.
template <class Hardware>
void fuzz(std::uint32_t seed) {
    Rig<Hardware> rig(1 + seed % 4);
    rig.start();
    std::mt19937 random(seed);
    const auto roll = [&](std::uint32_t count) { return static_cast<std::uint32_t>(random() % count); };
    const auto value = [&]() -> std::uint64_t {
        const std::uint64_t any = random() | std::uint64_t{random()} << 32;
        switch (roll(4)) {
        case 0: return ~0ull;
        case 1: return 1ull << roll(64);
        case 2: return any & any >> 3 & any << 5;
        default: return any;
        }
    };
    for (int n = 0; n < 3000; n++) {
        const std::uint32_t width = 1u << roll(4);
        std::uint32_t offset = roll(8) == 0 ? static_cast<std::uint32_t>(random()) : roll(roll(2) == 0 ? 0x1100 : 0x20000);
        if (roll(4) != 0)
            offset &= ~3u;
        switch (roll(12)) {
        case 0: case 1: rig.vgic.gicd_write(offset, width, value()); break;
        case 2: rig.vgic.gicd_write(offset & ~3u, 4, value()); break;
        case 3: rig.vgic.gicr_write(0x10000 + offset, 4, value()); break;
        case 4: rig.vgic.gicr_write(offset, width, value()); break;
        case 5: rig.vgic.gicd_read(offset, width); rig.vgic.gicr_read(offset, width); break;
        case 6: rig.vgic.send_sgi(value()); rig.vgic.send_group0_sgi(value()); break;
        case 7: rig.vgic.inject_edge(roll(300)); rig.vgic.set_line(roll(300), roll(2) != 0); break;
        case 8: rig.sim.irq[physical_vtimer].line = roll(2) != 0; rig.sim.irq[edge_spi].pending = true; break;
        case 9: if (!rig.sim.guest_running.empty()) rig.sim.guest_eoi(roll(256)); break;
        case 10: rig.sim.guest_acknowledge(); rig.sim.guest_eoimode = roll(8) == 0; break;
        default: rig.sim.guest_deactivate(roll(256)); rig.vgic.gicd_write(0, 4, 3); break;
        }
        for (int limit = 0; rig.sim.interrupt_asserted() && limit < 8; limit++)
            rig.vgic.handle_irq();
    }
    for (const SimWrite& one : rig.sim.writes) { // only what is its own, in Linux's distributor
        if (one.address < sim_gicd || one.address >= sim_gicd + 0x10000 || (Hardware::version == 2 && one.address % 0x80 < 4 && one.address < sim_gicd + 0x400))
            continue;
        const std::uint32_t offset = static_cast<std::uint32_t>(one.address - sim_gicd);
        if (offset >= 0x400)
            continue; // start() alone writes these
        const std::uint32_t base = offset % 0x80 * 8;
        REQUIRE((one.value == 1ull << (level_spi - level_spi / 32 * 32) || one.value == 1ull << edge_spi % 32));
        REQUIRE((base == level_spi / 32 * 32 || base == edge_spi / 32 * 32));
    }
    rig.vgic.shutdown();
    CHECK(rig.lrs_in_use() == 0);
    for (const SimIrq& one : rig.sim.irq)
        REQUIRE_FALSE((one.active || one.enabled));
}

} // namespace

AMP_FOR_BOTH_GICS("few list registers behave as an ideal GIC", "[vgic]") {
    const unsigned lr_count = GENERATE(1u, 2u, 4u, 16u);
    const std::uint32_t seed = GENERATE(1u, 2u, 3u);
    INFO(lr_count << " list registers, seed " << seed);
    Duel<TestType>(lr_count, seed, false).run(1500);
}

// With fewer list registers than active interrupts the hardware does not tell which one a deactivation meant (docs/virtual-gic.md).
AMP_FOR_BOTH_GICS("EOImode 1 behaves as an ideal GIC", "[vgic]") {
    const std::uint32_t seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
    INFO("seed " << seed);
    Duel<TestType>(16, seed, true).run(1500);
}

AMP_FOR_BOTH_GICS("a hostile guest reaches nothing but its own", "[vgic]") {
    for (std::uint32_t seed = 0; seed < 24; seed++) {
        INFO("seed " << seed);
        fuzz<TestType>(seed);
    }
}

AMP_FOR_BOTH_GICS("every offset and width answers", "[vgic]") {
    Rig<TestType> rig;
    rig.start();
    rig.distributor_on();
    for (std::uint32_t offset = 0; offset < 0x1200; offset++)
        for (const std::uint32_t width : {1u, 2u, 4u, 8u})
            for (const std::uint64_t value : {0ull, ~0ull, 0x8000000000000001ull}) {
                const bool aligned = offset % width == 0;
                CHECK((rig.vgic.gicd_write(offset, width, value) ? aligned : true));
                CHECK((rig.vgic.gicr_write(0x10000 + offset, width, value) ? aligned : true));
                CHECK((rig.vgic.gicd_read(offset, width).ok ? aligned : true));
                CHECK((rig.vgic.gicr_read(0x10000 + offset, width).ok ? aligned : true));
                rig.settle();
            }
}
