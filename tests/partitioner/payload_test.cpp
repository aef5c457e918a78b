// SPDX-License-Identifier: GPL-2.0-only
// Files beside the image, and what becomes of the device tree: address, replacement, overlays.
#include "payload.hpp"

#include <catch2/catch.hpp>

#include "amp/partitioner/emit.hpp"
#include "fdt_tree.hpp"
#include "support/elf_builder.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

Plan plan_for(const std::string& more, const FakeDisk& disk = image_disk()) {
    return plans_for(description(more), qemu_world(), disk).at(0);
}

const Segment& segment(const Plan& plan, const std::string& what) {
    for (const auto& one : plan.segments) {
        if (one.what == what) {
            return one;
        }
    }
    throw std::runtime_error("no segment " + what);
}

TreeNode tree_of(const Plan& plan) {
    const auto tree = parse_dtb(segment(plan, "device tree").bytes);
    REQUIRE(tree);
    return *tree;
}

} // namespace

TEST_CASE("files go where the description says, and nothing else goes there") {
    const Plan plan = plan_for("amp,initrd = \"initrd\";"
                               "files { kernel { amp,file = \"Image\"; amp,address = <0x40d00000>; };"
                               " tail { amp,file = \"guest.bin\"; amp,address = <0x0 0x40fff000>; }; };");
    CHECK(segment(plan, "file kernel").gpa == GuestPhysAddr(0x40d00000));
    CHECK(segment(plan, "file kernel").bytes == *image_disk().read("Image")); // as it is, not unpacked
    CHECK(segment(plan, "file tail").gpa == GuestPhysAddr(0x40fff000));
    CHECK(plan.dtb < GuestPhysAddr(0x40fff000));
    CHECK(plan.dtb >= GuestPhysAddr(0x40f00000));
    CHECK(plan.initrd->end() <= GuestPhysAddr(0x40d00000));
}

TEST_CASE("the device tree goes to the address that the description says") {
    const Plan plan = plan_for("amp,dtb-address = <0x40800008>;");
    CHECK(plan.dtb == GuestPhysAddr(0x40800008));
    CHECK(segment(plan, "device tree").gpa == plan.dtb);
}

TEST_CASE("an image linked to 0, RAM elsewhere with the device tree at its start: as U-Boot wants it") {
    std::string dts = description("amp,dtb-address = <0x40000000>;");
    dts.insert(dts.find("amp,image"), "amp,unlisted-memory = <0 0 0 0x200000>; amp,initrd = \"initrd\";");
    dts.replace(dts.find("guest.elf"), 9, "guest.bin");
    const Plan plan = plans_for(dts, qemu_world(), image_disk()).at(0);
    CHECK(plan.entry == GuestPhysAddr(0));
    CHECK(plan.dtb == GuestPhysAddr(0x40000000));
    const TreeNode tree = tree_of(plan);
    CHECK(tree.child("memory@0") == nullptr);
    CHECK(tree.child("memory@40000000") != nullptr);
    CHECK(plan.initrd->start > GuestPhysAddr(0x40000000)); // never where the guest does not know of memory
    CHECK(plan.memory_bytes() == (18u << 20) + 0x1000);
}

TEST_CASE("memory at 0 is memory like any other") {
    std::string dts = description();
    const std::string memory = "memory = <0x0 0x40000000 0x0 0x01000000>";
    dts.replace(dts.find(memory), memory.size(), "memory = <0 0 0 0x200000>, <0x0 0x40000000 0x0 0x01000000>");
    dts.replace(dts.find("guest.elf"), 9, "Image");
    const Plan plan = plans_for(dts, qemu_world(), image_disk()).at(0);
    CHECK(plan.entry == GuestPhysAddr(0x40000000)); // the first region with room
    const TreeNode tree = tree_of(plan);
    CHECK(tree.child("memory@0")->property("reg")->value.size() == 16);
    CHECK(tree.child("memory@40000000") != nullptr);
}

TEST_CASE("amp,dtb replaces the generated tree, from source or blob") {
    const TreeNode from_source = tree_of(plan_for("amp,dtb = \"own.dts\";"));
    CHECK(from_source.child("psci") == nullptr);
    CHECK(from_source.child("chosen") != nullptr);
    FakeDisk disk = image_disk();
    const Bytes blob = *device_tree_blob(*disk.read("own.dts"), "own.dts");
    disk.write("own.dtb", blob);
    CHECK(segment(plan_for("amp,dtb = \"own.dtb\";", disk), "device tree").bytes == blob);
}

TEST_CASE("overlays are applied in their order to the generated tree, by path and by label") {
    FakeDisk disk = image_disk();
    disk.write("second.dtso", bytes_of("/dts-v1/; /plugin/; &{/leds} { status = \"disabled\"; };"
                                       "&{/} { dev@a000000 { compatible = \"x,y\"; reg = <0 0xa000000 0 0x1000>;"
                                       " interrupt-parent = <&gic>; interrupts = <0 16 4>; }; };"));
    const TreeNode tree = tree_of(plan_for("amp,dtb-overlay = \"led.dtso\", \"second.dtso\";", disk));
    REQUIRE(tree.child("leds") != nullptr);
    CHECK(tree.child("leds")->text("compatible") == "gpio-leds");
    CHECK(tree.child("leds")->text("status") == "disabled");
    CHECK(tree.child("chosen")->text("stdout-path") == "serial9");
    const TreeNode* gic = tree.child("intc@8000000");
    CHECK(gic->property("amp,seen") != nullptr);
    CHECK(tree.child("dev@a000000")->cell("interrupt-parent", 0) == gic->cell("phandle", 1));
}

TEST_CASE("every label that is promised is in the generated tree and resolves to a phandle") {
    std::string overlay = "/dts-v1/; /plugin/;";
    for (const auto& label : dtb_labels()) {
        overlay += "&" + label + " { amp,seen; };";
    }
    FakeDisk disk = image_disk();
    disk.write("all.dtso", bytes_of(overlay));
    const TreeNode tree = tree_of(plan_for("amp,dtb-overlay = \"all.dtso\";", disk));
    std::size_t seen = 0;
    for (const auto& node : tree.children) {
        seen += node.property("amp,seen") != nullptr ? 1u : 0u;
    }
    CHECK(seen == dtb_labels().size());
}

TEST_CASE("dtc finds nothing to warn of in a tree with symbols and overlays either") {
    CHECK(dts_of(segment(plan_for("amp,dtb-overlay = \"led.dtso\";"), "device tree").bytes).find("Warning") ==
          std::string::npos);
}

TEST_CASE("no altered overlay is applied beyond its end") {
    const Bytes base = emit_guest_dtb(plan_for(""), *qemu_world().live, Symbols::present);
    const Bytes good = *device_tree_blob(*image_disk().read("led.dtso"), "led.dtso");
    REQUIRE(apply_overlay(base, good));
    for (std::size_t i = 0; i < good.size(); ++i) {
        Bytes wrong = good;
        wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ 0xff);
        if (!dtb_error(wrong)) { // whoever calls has asked
            const auto merged = apply_overlay(base, wrong);
            CHECK((!merged || !dtb_error(*merged)));
        }
    }
}

TEST_CASE("a 32-bit guest's tree has the calling convention's 32-bit numbers") {
    std::string dts = description();
    dts.replace(dts.find("guest.elf"), 9, "guest32.elf");
    const TreeNode tree = tree_of(plans_for(dts, qemu_world(), image_disk()).at(0));
    CHECK(tree.child("psci")->cell("cpu_suspend", 0) == 0x84000001);
    CHECK(tree.child("psci")->cell("cpu_on", 0) == 0x84000003);
    CHECK(tree.child("psci")->text("method") == "hvc");
    CHECK(tree_of(plan_for("")).child("psci")->cell("cpu_on", 0) == 0xc4000003);
}
