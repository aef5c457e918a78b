// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/plan.hpp"

#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

std::string plans_text(const std::string& dts, unsigned gic_version) {
    std::string text;
    for (const auto& plan : plans_for(dts, qemu_world(gic_version), image_disk())) {
        text += plan_text(plan) + "\n";
    }
    return text;
}

} // namespace

TEST_CASE("plans of the examples") {
    for (const unsigned gic : {2u, 3u}) {
        const std::string suffix = "-gicv" + std::to_string(gic) + ".plan";
        check_golden("tests/partitioner/golden/two-partitions" + suffix,
                     plans_text(source_text("dts/examples/two-partitions.dts"), gic));
    }
    check_golden("tests/partitioner/golden/guest-to-guest.plan",
                 plans_text(source_text("dts/examples/guest-to-guest.dts"), 3));
    check_golden("tests/partitioner/golden/minimal.plan", plans_text(source_text("dts/examples/minimal.dts"), 3));
}

TEST_CASE("plan of a Linux guest with initrd and command line") {
    std::string dts =
        description("amp,initrd = \"initrd\"; os,type = \"linux\"; chosen { bootargs = \"console=ttyAMA0\"; };");
    dts.replace(dts.find("guest.elf"), 9, "Image");
    check_golden("tests/partitioner/golden/linux.plan", plans_text(dts, 3));
}

TEST_CASE("planning twice gives the same plan") {
    const std::string dts = source_text("dts/examples/two-partitions.dts");
    CHECK(plans_text(dts, 3) == plans_text(dts, 3));
}

TEST_CASE("nothing that is loaded overlaps, and all of it lies in memory regions") {
    std::string dts = description("amp,initrd = \"initrd\";");
    dts.replace(dts.find("guest.elf"), 9, "Image");
    const Plan plan = plans_for(dts, qemu_world(), image_disk()).at(0);
    for (std::size_t i = 0; i < plan.segments.size(); ++i) {
        const Range<GuestPhysAddr> own{plan.segments[i].gpa, plan.segments[i].memory_size};
        CHECK(plan.segments[i].bytes.size() <= own.size);
        std::size_t regions = 0;
        for (const auto& region : plan.regions) {
            regions += region.kind == RegionKind::memory && region.range.contains(own) ? 1u : 0u;
        }
        CHECK(regions == 1);
        for (std::size_t j = 0; j < i; ++j) {
            CHECK_FALSE(own.overlaps({plan.segments[j].gpa, plan.segments[j].memory_size}));
        }
    }
}

TEST_CASE("totals") {
    const Plan plan = plans_for(source_text("dts/examples/two-partitions.dts"), qemu_world(), image_disk()).at(0);
    CHECK(plan.memory_bytes() == (16u << 20) + 0x1000);
    CHECK(plan.channel_bytes() == 0x10000);
}

TEST_CASE("what vanished between check and plan is an error, not a crash") {
    const auto spec = load_spec(bytes_of(description()), "m.dts");
    const auto no_image = plan({spec.value}, qemu_world(), FakeDisk());
    CHECK(no_image.value.empty());
    CHECK(text_of(no_image.diagnostics).find("[plan.changed]") != std::string::npos);
    World world = qemu_world();
    world.live->cpus.clear();
    CHECK_FALSE(plan({spec.value}, world, image_disk()).ok());
    world.live.reset();
    CHECK_FALSE(plan({spec.value}, world, image_disk()).ok());
    CHECK_FALSE(plan({Spec{"x", {PartitionSpec()}}}, qemu_world(), image_disk()).ok());
}
