// SPDX-License-Identifier: GPL-2.0-only
// Assigned devices from the description to the bytes: plan, descriptor, the guest's copy of the nodes.
#include <catch2/catch.hpp>

#include <cstring>

#include "amp/partitioner/emit.hpp"
#include "description_source.hpp"
#include "device_plan.hpp"
#include "live_tree.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

World world_of(const std::string& dts) {
    World world = qemu_world();
    const auto tree = read_description(bytes_of(dts), "machine.dts");
    REQUIRE(text_of(tree.diagnostics) == "");
    world.live = live_from_tree(tree.value, "machine");
    world.board = generic_board();
    return world;
}

// A small SoC: its bus has another address space, its GPIO controller is an interrupt controller, a clock is divided.
const std::string soc =
    "/dts-v1/; / { compatible = \"test,soc\"; #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;\n"
    "psci { compatible = \"arm,psci-1.0\"; method = \"smc\"; };\n"
    "cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { device_type = \"cpu\"; reg = <0>; }; cpu@3 { device_type = \"cpu\"; reg = <3>; }; };\n"
    "memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x40000000>; };\n"
    "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; guest@90000000 { reg = <0 0x90000000 0 0x1000000>; no-map; }; };\n"
    "osc: osc { compatible = \"fixed-clock\"; #clock-cells = <0>; clock-frequency = <48000000>; };\n"
    "half: half { compatible = \"fixed-factor-clock\"; #clock-cells = <0>; clocks = <&osc>; clock-div = <2>; clock-mult = <1>; };\n"
    "gic: intc@30000000 { compatible = \"arm,gic-v3\"; interrupt-controller; #interrupt-cells = <3>; reg = <0 0x30000000 0 0x10000 0 0x30080000 0 0x100000>; interrupts = <1 9 4>; };\n"
    "soc { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>; ranges = <0x0 0x0 0x20000000 0x100000>;\n"
    "  ccu: ccu@0 { reg = <0x0 0x1000>; #clock-cells = <1>; };\n"
    "  gpio: gpio@1000 { compatible = \"arm,pl061\"; reg = <0x1000 0x1000>; interrupts = <0 300 4>; clocks = <&half>, <&ccu 5>; interrupt-controller; #interrupt-cells = <2>; gpio-controller; #gpio-cells = <2>; };\n"
    "  uart@2000 { compatible = \"arm,pl011\"; reg = <0x2000 0x1000>; interrupts-extended = <&gic 0 1 1>, <&gpio 3 4>; cts-gpios = <&gpio 2 0>; status = \"reserved\"; leds { led-gpios = <&gpio 7 1>; }; };\n"
    "  dma@3000 { compatible = \"test,dma\"; reg = <0x3000 0x1000>; interrupts = <0 64 4>; };\n"
    "  lone@4000 { compatible = \"test,lone\"; reg = <0x4000 0x10>; };\n"
    "}; };";

const PlannedRegion& region_at(const Plan& plan, std::uint64_t gpa) {
    for (const auto& region : plan.regions) {
        if (region.range.start.number == gpa) {
            return region;
        }
    }
    FAIL("no region at " << gpa);
    return plan.regions.front();
}

} // namespace

TEST_CASE("devices of QEMU's virt in a guest's tree") {
    for (const unsigned gic : {2u, 3u}) {
        const World world = qemu_world(gic);
        const auto plan = plans_for(description("amp,devices = \"/pl031@9010000\";"), world, image_disk()).at(0);
        check_golden("tests/partitioner/golden/device-gicv" + std::to_string(gic) + ".dts",
                     dts_of(emit_guest_dtb(plan, *world.live)));
        CHECK(region_at(plan, 0x09010000).pa == PhysAddr(0x09010000));
        REQUIRE(plan.irqs.size() == 1);
        CHECK(plan.irqs[0].intid == Irq(34));
        CHECK(plan.irqs[0].guest_intid == Irq(34));
        CHECK(plan.irqs[0].level);
    }
}

TEST_CASE("a device moves, its bus is flattened, its clocks are fixed, devices refer to each other") {
    World world = world_of(soc);
    world.board.clock_rates.push_back({"/soc/ccu@0", {5}, 100000000});
    const auto plan = plans_for(description("amp,devices = \"/soc/uart@2000\", \"/soc/gpio@1000\";\n"
                                            "amp,device-addresses = <0x0 0x0b002000 0x0 0x20001000>;"),
                                world, image_disk())
                          .at(0);
    check_golden("tests/partitioner/golden/devices-soc.dts", dts_of(emit_guest_dtb(plan, *world.live)));
    CHECK(region_at(plan, 0x0b002000).pa == PhysAddr(0x20002000));
    CHECK(region_at(plan, 0x20001000).pa == PhysAddr(0x20001000));
    REQUIRE(plan.irqs.size() == 2);
    // 33 is the console's, 332 is beyond the guest's distributor
    CHECK(plan.irqs[0].intid == Irq(33));
    CHECK(plan.irqs[0].guest_intid == Irq(128));
    CHECK_FALSE(plan.irqs[0].level);
    CHECK(plan.irqs[1].intid == Irq(332));
    CHECK(plan.irqs[1].guest_intid == Irq(129));
}

TEST_CASE("the descriptor has the devices' pages and interrupts") {
    const auto plan = plans_for(description("amp,devices = \"/pl031@9010000\";"), qemu_world(), image_disk()).at(0);
    const Bytes blob = emit_descriptor(plan);
    amp_partition head;
    std::memcpy(&head, blob.data(), sizeof head);
    REQUIRE(head.irq_count == 1);
    amp_irq irq;
    std::memcpy(&irq, blob.data() + head.irq_offset, sizeof irq);
    CHECK(irq.intid == 34);
    CHECK(irq.flags == AMP_IRQ_LEVEL);
    std::size_t devices = 0;
    for (std::uint32_t i = 0; i < head.region_count; ++i) {
        amp_region region;
        std::memcpy(&region, blob.data() + head.region_offset + i * sizeof region, sizeof region);
        if (region.kind == AMP_REGION_DEVICE) {
            CHECK(region.gpa == 0x09010000);
            CHECK(region.pa == 0x09010000);
            CHECK(region.size == 0x1000);
            CHECK(region.access == (AMP_ACCESS_READ | AMP_ACCESS_WRITE));
            ++devices;
        }
    }
    CHECK(devices == 1);
}

TEST_CASE("a device that may do DMA is given with allowance and memory one to one, which is not taken from Linux") {
    World world = world_of(soc);
    std::string dts = description("amp,devices = \"/soc/dma@3000\"; amp,allow-dma; "
                                  "amp,reserved-memory = \"/reserved-memory/guest@90000000\";");
    dts.replace(dts.find("0x40000000"), 10, "0x90000000");
    dts.replace(dts.find("guest.elf"), 9, "guest.bin");
    const auto plan = plans_for(dts, world, image_disk()).at(0);
    const auto& ram = region_at(plan, 0x90000000);
    CHECK(ram.kind == RegionKind::fixed);
    CHECK(ram.pa == PhysAddr(0x90000000));
    CHECK(plan.memory_bytes() == 0x1000);
    CHECK(dts_of(emit_guest_dtb(plan, *world.live)).find("memory@90000000") != std::string::npos);

    world.board.without_dma = {"test,lone"};
    CHECK(plans_for(description("amp,devices = \"/soc/lone@4000\";"), world, image_disk()).size() == 1);
}

TEST_CASE("a page of eight devices is one region, given whole or not at all") {
    std::string paths;
    for (int i = 0; i < 8; ++i) {
        paths += std::string(i == 0 ? "" : ", ") + "\"/virtio_mmio@a002" + "02468ace"[i] + "00\"";
    }
    World world = qemu_world();
    world.live->reserved_memory = {{"guest", "/reserved-memory/guest@60000000", {PhysAddr(0x60000000), 0x1000000}, true}};
    std::string dts = description("amp,devices = " + paths +
                                  "; amp,allow-dma; amp,reserved-memory = \"/reserved-memory/guest@60000000\";");
    dts.replace(dts.find("0x40000000"), 10, "0x60000000");
    dts.replace(dts.find("guest.elf"), 9, "guest.bin");
    const auto plan = plans_for(dts, world, image_disk()).at(0);
    const auto& region = region_at(plan, 0x0a002000);
    CHECK(region.range.size == 0x1000);
    CHECK(plan.irqs.size() == 8);
    CHECK(plan.devices.size() == 8);
}

TEST_CASE("by phandle in a full system tree") {
    const std::string text = "/dts-v1/; / { rtc: pl031@9010000 { };\n"
                             "domains { #address-cells = <2>; #size-cells = <2>;\n"
                             "motor { compatible = \"amp,partition-v1\"; access = <&rtc 0>; };\n"
                             "pump { compatible = \"amp,partition-v1\"; #access-flags-cells = <0>; access = <&rtc>; }; }; };";
    const auto spec = load_spec(bytes_of(text), "system.dts");
    REQUIRE(text_of(spec.diagnostics) == "");
    for (const auto& partition : spec.value.partitions) {
        REQUIRE(partition.devices.size() == 1);
        CHECK(partition.devices[0].path == "/pl031@9010000");
    }
}

TEST_CASE("the driver that holds a device is found through sysfs") {
    FakeDisk disk;
    disk.link("/sys/bus/amba/devices/9010000.pl031/of_node", "/sys/firmware/devicetree/base/pl031@9010000");
    disk.link("/sys/bus/amba/devices/9010000.pl031/driver", "/sys/bus/amba/drivers/rtc-pl031");
    disk.link("/sys/bus/amba/devices/9030000.pl061/of_node", "/sys/firmware/devicetree/base/pl061@9030000");
    disk.link("/sys/bus/platform/devices/alarmtimer/driver", "/sys/bus/platform/drivers/alarmtimer");
    const auto drivers = bound_drivers(disk, "/sys/bus");
    REQUIRE(drivers.size() == 1);
    CHECK(drivers[0].node == "/pl031@9010000");
    CHECK(drivers[0].bus == "amba");
    CHECK(drivers[0].device == "9010000.pl031");
    CHECK(drivers[0].driver == "rtc-pl031");
}

TEST_CASE("addresses go through the buses, and what no processor reaches has none") {
    const auto tree = read_description(
        bytes_of("/dts-v1/; / { #address-cells = <2>; #size-cells = <2>;\n"
                 "bus@1 { #address-cells = <1>; #size-cells = <1>; ranges = <0x100 0x1 0x0 0x100>, <0x800 0x2 0x0 0x800>;\n"
                 "  a@100 { reg = <0x100 0x10>; }; b@900 { reg = <0x900 0x700>; }; c@900 { reg = <0x900 0x701>; };\n"
                 "  same { #address-cells = <1>; #size-cells = <1>; ranges; d@810 { reg = <0x810 0x4>, <0x820 0x4>; }; };\n"
                 "  i2c@110 { #address-cells = <1>; #size-cells = <0>; reg = <0x110 0x10>; e@50 { reg = <0x50>; }; }; };\n"
                 "pci@3 { device_type = \"pci\"; #address-cells = <3>; #size-cells = <2>; ranges; f@0 { reg = <0 0 0 0 0>; }; }; };"),
        "x.dts");
    REQUIRE(text_of(tree.diagnostics) == "");
    const MachineTree machine(tree.value);
    const auto start = [&](const char* path) {
        const auto ranges = machine.registers(*machine.root().find(path));
        return ranges.empty() ? 0 : ranges.back().start.number;
    };
    CHECK(start("/bus@1/a@100") == 0x1'0000'0000);
    CHECK(start("/bus@1/b@900") == 0x2'0000'0100);
    CHECK(start("/bus@1/c@900") == 0);
    CHECK(start("/bus@1/same/d@810") == 0x2'0000'0020);
    CHECK(start("/bus@1/i2c@110/e@50") == 0);
    CHECK(start("/pci@3/f@0") == 0);
}
