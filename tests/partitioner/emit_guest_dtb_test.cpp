// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/emit.hpp"

#include <catch2/catch.hpp>

#include "fdt_tree.hpp"
#include "layout.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

std::string dts_for(const std::string& description_text, unsigned gic_version) {
    const World world = qemu_world(gic_version);
    return dts_of(emit_guest_dtb(plans_for(description_text, world, image_disk()).at(0), *world.live));
}

} // namespace

// dts_of() appends dtc's warnings, so these files also say that there are none.
TEST_CASE("guest device trees") {
    check_golden("tests/partitioner/golden/guest-to-guest-gicv3.dts",
                 dts_for(source_text("dts/examples/guest-to-guest.dts"), 3));
    check_golden("tests/partitioner/golden/guest-to-guest-gicv2.dts",
                 dts_for(source_text("dts/examples/guest-to-guest.dts"), 2));
    std::string linux_guest = description("amp,initrd = \"initrd\"; chosen { bootargs = \"console=ttyAMA0\"; };");
    linux_guest.replace(linux_guest.find("guest.elf"), 9, "Image");
    linux_guest.replace(linux_guest.find("amp,console;"), 12, "");
    check_golden("tests/partitioner/golden/linux-no-console.dts", dts_for(linux_guest, 3));
}

TEST_CASE("the segment in the plan is the emitted tree") {
    const World world = qemu_world();
    const Plan plan = plans_for(description(), world, image_disk()).at(0);
    std::size_t found = 0;
    for (const auto& segment : plan.segments) {
        if (segment.what == "device tree") {
            CHECK(segment.gpa == plan.dtb);
            CHECK(segment.bytes == emit_guest_dtb(plan, *world.live));
            ++found;
        }
    }
    CHECK(found == 1);
}

TEST_CASE("the fullest possible description stays within the room for its tree") {
    std::string text = "chosen { bootargs = \"" + std::string(2047, 'x') + "\"; }; channels {";
    for (int i = 0; i < 32; ++i) {
        text += " channel-with-a-long-name-xxxxx" + std::to_string(i % 10) + std::to_string(i / 10);
        text.erase(text.size() - 3, 1);
        text += " { amp,peer = \"dom0\"; amp,size = <0x3000>; };";
    }
    const auto plan = plans_for(description(text + " };"), qemu_world(), image_disk()).at(0);
    CHECK(plan.channels.size() == 32);
}
