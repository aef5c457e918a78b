// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch.hpp>

#include "description_source.hpp"
#include "live_tree.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

void spread(const TreeNode& node, const std::string& directory, FakeDisk& disk) {
    disk.write(directory + "/name", node.name + std::string(1, '\0'));
    for (const auto& property : node.properties) {
        disk.write(directory + "/" + property.name, property.value);
    }
    for (const auto& child : node.children) {
        spread(child, directory + "/" + child.name, disk);
    }
}

// What Linux shows of QEMU's virt with core 3 offline. Linux's number of a core is not the tree's order: 1 and 2 are
// swapped.
FakeDisk running_machine() {
    FakeDisk disk;
    const auto tree = read_description(source_bytes("dts/qemu-virt-gicv3.dts"), "x.dts");
    spread(tree.value, "/proc/device-tree", disk);
    const char* nodes[] = {"cpu@0", "cpu@2", "cpu@1", "cpu@3"};
    for (int i = 0; i < 4; ++i) {
        disk.link("/sys/devices/system/cpu/cpu" + std::to_string(i) + "/of_node",
                  std::string("/sys/firmware/devicetree/base/cpus/") + nodes[i]);
    }
    disk.write("/sys/devices/system/cpu/online", std::string("0-2\n"));
    disk.write("/sys/devices/system/cpu/cpufreq/x", std::string("no core"));
    disk.write("/proc/interrupts", std::string("           CPU0       CPU1\n"
                                               " 11:       1234        567     GICv3  27 Level     arch_timer\n"
                                               " 13:         42          0     GICv3  33 Level     uart-pl011\n"
                                               " 40:          0          0     GICv3 224 Edge      amp motor\n"
                                               " 41:          9          0   ITS-MSI 16384 Edge      virtio0-config\n"
                                               " 42:          9          0     GICv3  34 Level\n"
                                               "IPI0:         5          6       Rescheduling interrupts\n"
                                               "Err:          0\n"));
    disk.write("/proc/meminfo",
               std::string("MemTotal:        1000000 kB\nMemFree: 1 kB\nMemAvailable:     524288 kB\n"));
    disk.write("/proc/cmdline", std::string("console=ttyAMA0  quiet\n"));
    return disk;
}

} // namespace

TEST_CASE("the running machine is read from its files") {
    const auto live = load_live(running_machine());
    REQUIRE(text_of(live.diagnostics) == "");
    CHECK(live.value.running_here);
    CHECK(live.value.compatible == std::vector<std::string>{"linux,dummy-virt"});
    REQUIRE(live.value.cpus.size() == 4);
    CHECK(live.value.cpus[1].cpu == CpuId(1));
    CHECK(live.value.cpus[1].mpidr == HwCpuId(2));
    CHECK(live.value.cpus[2].online);
    CHECK_FALSE(live.value.cpus[3].online);
    CHECK(live.value.cpus[3].compatible == "arm,cortex-a72");
    CHECK(live.value.gic.version == 3);
    CHECK(live.value.psci_method == "smc");
    CHECK(live.value.available_memory == 512u << 20);
    CHECK(live.value.bootargs == "console=ttyAMA0 quiet");
}

TEST_CASE("drivers' interrupts are the GIC's lines of /proc/interrupts") {
    const auto live = load_live(running_machine());
    std::vector<std::string> drivers;
    for (const auto& use : live.value.interrupts) {
        if (use.by_driver) {
            drivers.push_back(std::to_string(use.intid.number) + " " + use.user);
        }
    }
    CHECK(drivers == std::vector<std::string>{"27 arch_timer", "33 uart-pl011", "224 amp motor"});
    // a line without a user: the driver is unbound, the interrupt is no doorbell
    const auto& all = live.value.interrupts;
    CHECK(std::any_of(all.begin(), all.end(), [](const auto& use) {
        return use.intid == Irq(34) && use.user == "a driver that is unbound" && !use.by_driver;
    }));
}

TEST_CASE("the directory and the blob of the same tree tell the same") {
    const auto live = load_live(running_machine());
    const Live tree = qemu_live(3);
    CHECK(live.value.nodes.size() == tree.nodes.size());
    CHECK(live.value.gic.compatible == tree.gic.compatible);
    CHECK(tree.cpus.size() == 4);
    CHECK_FALSE(tree.running_here);
    CHECK_FALSE(tree.available_memory);
}

TEST_CASE("interrupts are found through every kind of property, and disabled nodes have none") {
    const auto tree = read_description(
        bytes_of("/dts-v1/; / { interrupt-parent = <&gic>; #address-cells = <1>; #size-cells = <1>;\n"
                 "gic: gic { interrupt-controller; #interrupt-cells = <3>; #address-cells = <0>; compatible = "
                 "\"arm,gic-400\"; };\n"
                 "gpio: gpio { interrupt-controller; #interrupt-cells = <2>; interrupts = <0 5 4>; };\n"
                 "a { interrupts = <0 1 4>, <1 9 4>, <0 2 1>; };\n"
                 "b { interrupts-extended = <&gpio 7 1>, <&gic 0 3 4>; };\n"
                 "c { interrupt-parent = <&gpio>; interrupts = <9 1>; };\n"
                 "d { status = \"disabled\"; interrupts = <0 8 4>; };\n"
                 "bus { interrupt-parent = <&gpio>; e { interrupt-parent = <&gic>; interrupts = <0 6 4>; }; f { "
                 "interrupts = <0 7>; }; };\n"
                 "};"),
        "x.dts");
    REQUIRE(text_of(tree.diagnostics) == "");
    std::vector<std::uint32_t> spis;
    for (const auto& use : tree_interrupts(tree.value, *find_gic(tree.value))) {
        spis.push_back(use.intid.number - 32);
    }
    CHECK(spis == std::vector<std::uint32_t>{5, 1, 2, 3, 6});
}

TEST_CASE("a GICv2 without its virtualization registers is told from one with them") {
    CHECK(qemu_live(2).gic.virtualization);
    const auto tree = read_description(bytes_of("/dts-v1/; / { gic { interrupt-controller; compatible = "
                                                "\"arm,gic-400\"; reg = <0x1000 0x1000 0x2000 0x2000>; }; };"),
                                       "x.dts");
    CHECK_FALSE(live_from_tree(tree.value, "x").gic.virtualization);
}
