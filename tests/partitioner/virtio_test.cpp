// SPDX-License-Identifier: GPL-2.0-only
// virtio devices from the description to the bytes: plan, descriptor, device tree, amp-virtio's configuration.
#include <catch2/catch.hpp>

#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "amp/partitioner/emit.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"
#include "virtio_devices.hpp"

using namespace amp;
using namespace amp::test;

namespace {

const std::string all_kinds =
    "virtio {\n"
    "net0 { compatible = \"virtio,net\"; amp,backend = \"vhost-net:amp0\"; local-mac-address = [52 54 00 12 34 56]; amp,mtu = <1500>; };\n"
    "net1 { compatible = \"virtio,net\"; amp,backend = \"tap:amp1\"; };\n"
    "disk0 { compatible = \"virtio,blk\"; amp,backend = \"file:disk.img\"; };\n"
    "disk1 { compatible = \"virtio,blk\"; amp,backend = \"file:/srv/images/root.img\"; read-only; };\n"
    "con0 { compatible = \"virtio,console\"; };\n"
    "con1 { compatible = \"virtio,console\"; amp,backend = \"unix:/run/con1\"; };\n"
    "rng0 { compatible = \"virtio,rng\"; };\n"
    "vsock0 { compatible = \"virtio,vsock\"; amp,cid = <3>; };\n};\n";

Plan plan_of(const std::string& more, const World& world = qemu_world()) {
    return plans_for(description(more), world, image_disk()).at(0);
}

std::string reported(const std::string& more) {
    const auto spec = load_spec(bytes_of(description(more)), "test.dts");
    Diagnostics all = spec.diagnostics;
    all.append(check({spec.value}, qemu_world(), image_disk()));
    return text_of(all);
}

} // namespace

TEST_CASE("virtio devices of every kind in the plan and in the guest's device tree") {
    const World world = qemu_world();
    const Plan plan = plan_of(all_kinds, world);
    check_golden("tests/partitioner/golden/virtio.plan", plan_text(plan));
    check_golden("tests/partitioner/golden/virtio.dts", dts_of(emit_guest_dtb(plan, *world.live)));
    check_golden("tests/partitioner/golden/virtio.json", emit_virtio_config(plan));
}

TEST_CASE("the configuration is what docs/decisions/0004-virtio.md says") {
    const auto json = nlohmann::json::parse(emit_virtio_config(plan_of(all_kinds)));
    CHECK(json.at("partition") == "motor");
    REQUIRE(json.at("memory").size() == 1); // not the info page, which no back end may write
    CHECK(json.at("memory")[0].at("gpa") == 0x40000000);
    CHECK(json.at("memory")[0].at("size") == 0x01000000);
    const auto& devices = json.at("devices");
    REQUIRE(devices.size() == 8);
    for (std::size_t i = 0; i < devices.size(); ++i) {
        CHECK(devices[i].at("index") == i);
        CHECK(devices[i].contains("mac") == (devices[i].at("type") == "net"));
        CHECK(devices[i].contains("cid") == (devices[i].at("type") == "vsock"));
        CHECK(devices[i].contains("read-only") == (devices[i].at("type") == "blk"));
    }
    CHECK(devices[1].at("backend") == "tap:amp1");
    CHECK_FALSE(devices[1].contains("mtu"));
    CHECK(devices[2].at("backend") == "file:/here/disk.img");
}

TEST_CASE("the descriptor names the window and its devices") {
    const Bytes blob = emit_descriptor(plan_of(all_kinds));
    amp_partition head;
    std::memcpy(&head, blob.data(), sizeof head);
    CHECK(head.virtio_gpa == 0x0a000000);
    REQUIRE(head.virtio_count == 8);
    CHECK(head.virtio_offset % 8 == 0);
    REQUIRE(head.virtio_offset + 8 * sizeof(amp_virtio) == blob.size());
    constexpr std::uint32_t ids[] = {1, 1, 2, 2, 3, 3, 4, 19};
    constexpr std::uint32_t queues[] = {2, 2, 1, 1, 2, 2, 1, 3};
    for (std::uint32_t i = 0; i < 8; ++i) {
        amp_virtio device;
        std::memcpy(&device, blob.data() + head.virtio_offset + i * sizeof device, sizeof device);
        CHECK(device.device_id == ids[i]);
        CHECK(device.queue_count == queues[i]);
        CHECK(device.intid == 48 + i);
        CHECK(device.pad == 0);
    }
}

TEST_CASE("the window is there without devices, unless something lies in it") {
    CHECK(plan_of("").platform.virtio == GuestPhysAddr(0x0a000000));
    CHECK(plan_of("channels { c { amp,peer = \"dom0\"; amp,size = <0x4000>; amp,address = <0x0a003000>; }; };").platform.virtio ==
          std::nullopt);
    const Plan memory = plan_of("amp,unlisted-memory = <0x0 0x0a000000 0x0 0x00200000>;");
    CHECK(memory.platform.virtio == std::nullopt);
    amp_partition head;
    std::memcpy(&head, emit_descriptor(memory).data(), sizeof head);
    CHECK(head.virtio_gpa == 0);
    CHECK(head.virtio_count == 0);
}

TEST_CASE("with devices, what lies in the window is an error") {
    const std::string rng = "virtio { rng0 { compatible = \"virtio,rng\"; }; };";
    CHECK(reported("amp,unlisted-memory = <0x0 0x0a000000 0x0 0x00200000>;" + rng).find("[memory.device-overlap]") !=
          std::string::npos);
    CHECK(reported("channels { c { amp,peer = \"dom0\"; amp,size = <0x4000>; amp,address = <0x0a003000>; }; };" + rng)
              .find("overlaps the virtio devices at 0xa000000 [channels.overlap]") != std::string::npos);
    // QEMU's own transports, at the very place
    std::string eight;
    for (int i = 0; i < 8; ++i) {
        char path[40];
        std::snprintf(path, sizeof path, "\"/virtio_mmio@a000%x00\"", 2 * i);
        eight += (eight.empty() ? "" : ", ") + std::string(path);
    }
    CHECK(reported("amp,devices = " + eight + ";" + rng).find("[devices.overlap]") != std::string::npos);
}

TEST_CASE("an assigned device whose interrupt a virtio device has gets another number") {
    // INTID 34 is the PL031's; 48 + n are the virtio devices'
    std::string world_text = source_text("dts/qemu-virt-gicv3.dts");
    const auto node = world_text.find("pl031@9010000");
    const auto at = world_text.find("interrupts = <0x00 0x02 0x04>", node);
    REQUIRE(at != std::string::npos);
    world_text.replace(at, 29, "interrupts = <0x00 0x11 0x04>");
    FakeDisk disk;
    disk.write("machine.dts", world_text);
    World world = qemu_world();
    world.live = load_live_tree(disk, "machine.dts").value;
    // the machine's transport has SPI 17 as well
    std::erase_if(world.live->interrupts, [](const auto& use) { return use.user.starts_with("/virtio_mmio"); });
    const std::string rtc = "amp,devices = \"/pl031@9010000\";";
    const auto one = plan_of(rtc + "virtio { rng0 { compatible = \"virtio,rng\"; }; };", world);
    REQUIRE(one.irqs.size() == 1);
    CHECK(one.irqs[0].intid == Irq(49));
    CHECK(one.irqs[0].guest_intid == Irq(49));
    const auto two = plan_of(
        rtc + "virtio { rng0 { compatible = \"virtio,rng\"; }; rng1 { compatible = \"virtio,rng\"; }; };", world);
    CHECK(two.irqs.at(0).guest_intid == Irq(128));
}

TEST_CASE("made addresses are local, of one device, and different for every device of every partition") {
    std::set<std::string> seen;
    for (const std::uint32_t id : {1u, 2u, 255u, 256u, 0x01000000u, 0xffffffffu}) {
        PartitionSpec partition;
        partition.id = Located<std::uint32_t>{id, {}};
        for (std::size_t i = 0; i < AMP_VIRTIO_MAX; ++i) {
            VirtioSpec device;
            device.compatible = Located<std::string>{"virtio,net", {}};
            device.name.value = "net0";
            partition.virtio.push_back(device);
            const auto mac = virtio_mac(partition, i);
            REQUIRE(mac);
            CHECK(((*mac)[0] & 3) == 2);
            CHECK(seen.insert(mac_text(*mac)).second);
            CHECK(mac == virtio_mac(partition, i));
        }
    }
    PartitionSpec without_id;
    without_id.virtio.push_back({});
    CHECK_FALSE(virtio_mac(without_id, 0));
}

TEST_CASE("a vhost-user back end's socket is beside the description, and one device's") {
    const std::string disk = "d0 { compatible = \"virtio,blk\"; amp,backend = \"vhost-user:disk.sock\"; };";
    const auto json = nlohmann::json::parse(emit_virtio_config(plan_of("virtio { " + disk + " };")));
    CHECK(json.at("devices")[0].at("backend") == "vhost-user:/here/disk.sock");
    const std::string other = "d1 { compatible = \"virtio,blk\"; amp,backend = \"vhost-user:/here/disk.sock\"; };";
    CHECK(reported("virtio { " + disk + other + " };").find("[virtio.socket-shared]") != std::string::npos);
    const std::string net = "n0 { compatible = \"virtio,net\"; amp,backend = \"vhost-user:net.sock\"; };";
    const auto networks = nlohmann::json::parse(emit_virtio_config(plan_of("virtio { " + disk + net + " };")));
    CHECK(networks.at("devices")[1].at("backend") == "vhost-user:/here/net.sock");
    CHECK(networks.at("devices")[1].contains("mac"));
    const std::string same = "n0 { compatible = \"virtio,net\"; amp,backend = \"vhost-user:disk.sock\"; };";
    CHECK(reported("virtio { " + disk + same + " };").find("[virtio.socket-shared]") != std::string::npos);
}

TEST_CASE("a path that JSON can't hold is refused") {
    CHECK(is_json_text("/srv/gr\xc3\xbc\xc3\x9f" "e.img"));
    CHECK_FALSE(is_json_text("/srv/\xff.img"));
    const std::string text = reported("virtio { d { compatible = \"virtio,console\"; amp,backend = \"unix:/run/\xff\"; }; };");
    CHECK(text.find("[virtio.path]") != std::string::npos);
}

TEST_CASE("properties of another kind of device are refused") {
    CHECK(reported("virtio { d { compatible = \"virtio,blk\"; amp,backend = \"file:disk.img\"; amp,mtu = <1500>; }; };")
              .find("[spec.unknown-property]") != std::string::npos);
    CHECK(reported("virtio { r { compatible = \"virtio,rng\"; local-mac-address = [02 00 00 00 00 01]; }; };")
              .find("[spec.ignored-property]") != std::string::npos);
    CHECK(reported("virtio { n { compatible = \"virtio,net\"; amp,backend = \"tap:amp0\"; local-mac-address = [02 00]; }; };")
              .find("local-mac-address is not 6 bytes: it is [02 00] [spec.property-type]") != std::string::npos);
    CHECK(reported("virtio { n { compatible = \"virtio,net\"; amp,backend = <1>; }; };").find("[virtio.backend-missing]") ==
          std::string::npos);
}

TEST_CASE("the most devices that a description can have fit into the room for their tree") {
    std::string text = "chosen { bootargs = \"" + std::string(2047, 'x') + "\"; }; virtio {";
    for (int i = 0; i < AMP_VIRTIO_MAX; ++i) {
        text += " net" + std::to_string(i) + " { compatible = \"virtio,net\"; amp,backend = \"tap:amp" + std::to_string(i) + "\"; };";
    }
    CHECK(plan_of(text + " };").virtio.size() == AMP_VIRTIO_MAX);
}
