// SPDX-License-Identifier: GPL-2.0-only
// A virtual GIC on a simulated one, with the moves of a guest. Tests are written once and run for GICv3 and GICv2.
#ifndef AMP_TESTS_MONITOR_VGIC_RIG_HPP
#define AMP_TESTS_MONITOR_VGIC_RIG_HPP

#include "core/vgic.hpp"

#include <catch2/catch.hpp>

#include "amp/abi/status.h"
#include "drivers/gicv2/gicv2.hpp"
#include "drivers/gicv3/gicv3.hpp"
#include "sim_gic.hpp"

namespace amp::test {

using SimGicv3 = Gicv3<SimMmio, SimCpu>;
using SimGicv2 = Gicv2<SimMmio, SimCpu>;

constexpr std::uint32_t kick_sgi = 5, physical_vtimer = 28, physical_ptimer = 29, physical_pmu = 22; // not the guest's numbers, on purpose
constexpr std::uint32_t level_spi = 70, edge_spi = 300, guest_level = 120, guest_edge = 121;
constexpr std::uint32_t console = 33, doorbell = 96;

// Register blocks by their offset
enum : std::uint32_t {
    igroupr = 0x80,
    isenabler = 0x100,
    icenabler = 0x180,
    ispendr = 0x200,
    icpendr = 0x280,
    isactiver = 0x300,
    icactiver = 0x380,
};

template <class Hardware>
struct Rig {
    static constexpr unsigned version = Hardware::version;

    explicit Rig(unsigned lr_count = 4) : sim(version, lr_count) {
        blob.partition.magic = AMP_PARTITION_MAGIC;
        blob.partition.size = sizeof(blob);
        blob.partition.gic_version = version;
        blob.partition.doorbell_intid = 200;
        blob.partition.irq_offset = offsetof(Blob, irqs);
        blob.partition.irq_count = 2;
        blob.irqs[0] = {level_spi, guest_level, AMP_IRQ_LEVEL, 0};
        blob.irqs[1] = {edge_spi, guest_edge, 0, 0};
        sim.irq[edge_spi].edge = true;
        boot.gic_version = version;
        boot.mpidr = 0x0000'0001'8000'0203; // affinity 1.0.2.3 and the RES1 bit
        boot.gicd = {sim_gicd, 0x10000};
        boot.gicr = {sim_gicr, 0x20000};
        boot.gicc = {sim_gicc, 0x2000};
        boot.gich = {sim_gich, 0x1000};
        boot.gicv = {sim_gicv, 0x2000};
        boot.kick_sgi = kick_sgi;
        boot.maintenance_intid = sim_maintenance;
        boot.virtual_timer_intid = physical_vtimer;
        boot.physical_timer_intid = physical_ptimer;
    }

    Rig& start() {
        REQUIRE(vgic.init(boot, blob.partition, stats) == AMP_STATUS_OK);
        return *this;
    }
    // As a guest's first lines: both groups on, everything enabled that is given
    Rig& start_and_enable(std::initializer_list<std::uint32_t> intids) {
        start();
        distributor_on();
        for (const std::uint32_t intid : intids)
            set(isenabler, intid);
        return *this;
    }
    void distributor_on(std::uint32_t groups = 3) { REQUIRE(vgic.gicd_write(0, 4, groups)); }

    bool in_redistributor(std::uint32_t intid) const { return version == 3 && intid < 32; }
    bool write(std::uint32_t intid, std::uint32_t offset, std::uint32_t width, std::uint64_t value) {
        return in_redistributor(intid) ? vgic.gicr_write(0x10000 + offset, width, value) : vgic.gicd_write(offset, width, value);
    }
    std::uint64_t read(std::uint32_t intid, std::uint32_t offset, std::uint32_t width) {
        const VgicRead got = in_redistributor(intid) ? vgic.gicr_read(0x10000 + offset, width) : vgic.gicd_read(offset, width);
        REQUIRE(got.ok);
        return got.value;
    }
    void set(std::uint32_t block, std::uint32_t intid) { REQUIRE(write(intid, block + intid / 32 * 4, 4, 1u << (intid % 32))); }
    bool get(std::uint32_t block, std::uint32_t intid) {
        return (read(intid, block + intid / 32 * 4, 4) >> (intid % 32) & 1) != 0;
    }
    void priority(std::uint32_t intid, std::uint8_t value) { REQUIRE(write(intid, 0x400 + intid, 1, value)); }
    void config_edge(std::uint32_t intid) {
        const std::uint32_t offset = 0xc00 + intid / 16 * 4;
        REQUIRE(write(intid, offset, 4, read(intid, offset, 4) | 2u << (intid % 16 * 2)));
    }
    void self_sgi(std::uint32_t intid) {
        if (version == 3)
            vgic.send_sgi(std::uint64_t{intid} << 24 | 1);
        else
            REQUIRE(vgic.gicd_write(0xf00, 4, 2u << 24 | intid));
    }

    // The core takes physical interrupts until none is asserted; how many it took.
    unsigned settle() {
        unsigned taken = 0;
        while (sim.interrupt_asserted()) {
            kicked |= vgic.handle_irq();
            REQUIRE(++taken < 200);
        }
        return taken;
    }
    std::uint32_t ack() {
        const std::uint32_t intid = sim.guest_acknowledge();
        settle();
        return intid;
    }
    void eoi(std::uint32_t intid) {
        sim.guest_eoi(intid);
        settle();
    }
    // Takes whatever comes, one after the other
    std::vector<std::uint32_t> drain() {
        std::vector<std::uint32_t> order;
        for (std::uint32_t intid; (intid = ack()) != sim_spurious; eoi(intid)) {
            order.push_back(intid);
            REQUIRE(order.size() < 1000);
        }
        return order;
    }
    unsigned lrs_in_use() const {
        unsigned count = 0;
        for (const SimLr& one : sim.lr)
            count += one.state != 0;
        return count;
    }

    struct Blob {
        amp_partition partition;
        amp_irq irqs[2];
    };

    SimGic sim;
    Blob blob = {};
    amp_boot_info boot = {};
    amp_stats stats = {};
    Vgic<Hardware> vgic = {};
    bool kicked = false;
};

} // namespace amp::test

#define AMP_FOR_BOTH_GICS(name, tags) TEMPLATE_TEST_CASE(name, tags, amp::test::SimGicv3, amp::test::SimGicv2)

#endif
