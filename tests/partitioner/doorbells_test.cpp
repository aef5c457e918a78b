// SPDX-License-Identifier: GPL-2.0-only
#include "doorbell_plan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("the board's list comes first, without those in use") {
    World world = qemu_world();
    world.board.doorbell_spis = {Irq(240), Irq(241), Irq(242), Irq(243)};
    world.live->interrupts.push_back({Irq(240), "eth0", true});
    world.existing.push_back({"x", 1, CpuId(1), Irq(242)});
    CHECK(doorbells_for(world, 8) == std::vector<Irq>{Irq(241), Irq(243)});
    CHECK(doorbells_for(world, 1) == std::vector<Irq>{Irq(241)});
}

TEST_CASE("without a list only interrupts that certainly exist and nobody mentions are taken") {
    const Live live = qemu_live(3);
    const auto free = doorbell_candidates(live, generic_board());
    REQUIRE_FALSE(free.empty());
    CHECK(free[0] == Irq(95)); // virtio-mmio's last is 79: the block of 32 up to 95 exists
    for (const Irq intid : free) {
        CHECK(intid.number >= 32);
        CHECK(std::none_of(live.interrupts.begin(), live.interrupts.end(),
                           [&](const auto& use) { return use.intid == intid; }));
    }
}

TEST_CASE("the dumped trees' interrupts are found, those of the PCI bridge's map included") {
    for (const unsigned gic : {2u, 3u}) {
        const Live live = qemu_live(gic);
        for (const std::uint32_t intid : {33u, 34u, 35u, 36u, 38u, 39u, 48u, 79u}) {
            INFO(intid);
            CHECK(std::any_of(live.interrupts.begin(), live.interrupts.end(),
                              [&](const auto& use) { return use.intid == Irq(intid); }));
        }
        // PPIs are nobody's shared interrupts
        CHECK(std::none_of(live.interrupts.begin(), live.interrupts.end(),
                           [](const auto& use) { return use.intid < Irq(32); }));
    }
}
