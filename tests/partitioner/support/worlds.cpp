// SPDX-License-Identifier: GPL-2.0-only
#include "support/worlds.hpp"

#include <catch2/catch.hpp>

#include "../rpmsg/table_builder.hpp"
#include "support/elf_builder.hpp"
#include "support/golden.hpp"

namespace amp::test {

namespace {

// With the first vring at da.
Bytes resource_table(std::uint32_t da) {
    rpmsg::TableBuilder builder;
    builder.vring(0).da = da;
    builder.vring(1).da = AMP_RSC_ANY;
    Bytes bytes;
    for (const std::byte byte : builder.bytes()) {
        bytes.push_back(static_cast<std::uint8_t>(byte));
    }
    return bytes;
}

} // namespace

Live qemu_live(unsigned gic_version) {
    const std::string path = std::string(AMP_SOURCE_DIR) + "/dts/qemu-virt-gicv" + std::to_string(gic_version) + ".dts";
    Loaded<Live> loaded = load_live_tree(RealDisk(), path);
    REQUIRE(text_of(loaded.diagnostics) == "");
    loaded.value.source = "machine";
    return loaded.value;
}

Board qemu_board() {
    FakeDisk disk;
    disk.write("boards/qemu-virt.yaml", source_bytes("boards/qemu-virt.yaml"));
    const Loaded<Board> loaded = load_board(disk, "boards/qemu-virt.yaml");
    REQUIRE(text_of(loaded.diagnostics) == "");
    return loaded.value;
}

World qemu_world(unsigned gic_version) {
    World world;
    world.board = qemu_board();
    world.live = qemu_live(gic_version);
    return world;
}

FakeDisk image_disk() {
    constexpr std::uint64_t ram = 0x40000000;
    constexpr std::uint64_t mib = 1u << 20;
    FakeDisk disk;
    disk.write("guest.elf", make_elf());
    disk.write("rpmsg.elf", make_elf({.resource_table = resource_table(AMP_RSC_ANY)}));
    disk.write("rpmsg-outside.elf", make_elf({.resource_table = resource_table(0x30000000)}));
    disk.write("guest32.elf", make_elf({.machine = 40, .elf_class = 1}));
    disk.write("guest.bin", Bytes(0x1000, 0x11));
    for (const auto name : {"hello", "control-loop", "ring-echo"}) {
        disk.write(std::string("/usr/lib/amp/guests/") + name + ".elf", make_elf());
    }
    Bytes truncated = make_elf();
    truncated.resize(truncated.size() - 1);
    disk.write("truncated.elf", truncated);
    disk.write("x86.elf", make_elf({.machine = 62}));
    disk.write("object.elf", make_elf({.type = 1}));
    disk.write("overlapping.elf", make_elf({.segments = {{}, {.address = ram + 0x800}}}));
    disk.write("low.elf", make_elf({.entry = 0x1000, .segments = {{.address = 0x1000}}}));
    disk.write("entry.elf", make_elf({.entry = ram + 0x2000}));
    disk.write("full.elf", make_elf({.segments = {{.memory_size = 16 * mib}}}));
    disk.write("guest.bin", Bytes(4096, 0x11));
    disk.write("empty.bin", Bytes());
    disk.write("kernel.xz", bytes_of("\xfd\x37zXZ and so on"));
    disk.write("own.dts", bytes_of("/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; chosen { }; };"));
    disk.write("wrong.dts", bytes_of("/dts-v1/; / { nonsense };"));
    disk.write("led.dtso", bytes_of("/dts-v1/; /plugin/; &{/} { leds { compatible = \"gpio-leds\"; }; };"
                                    "&gic { amp,seen; }; &{/chosen} { stdout-path = \"serial9\"; };"));
    disk.write("unknown-label.dtso", bytes_of("/dts-v1/; /plugin/; &nobody { amp,seen; };"));
    disk.write("disk.img", Bytes(512));
    disk.write("second.img", Bytes(512));
    disk.write("/dev/zero", FileKind::other);
    disk.write("/run/storage.sock", FileKind::socket);
    disk.write("link.img", Bytes(512));
    disk.link("link.img", "/here/disk.img");
    disk.write("/srv/images/root.img", Bytes(512));
    disk.write("big.bin", Bytes(17 * mib, 0x11));
    disk.write("Image", make_linux_image(2 * mib, 3 * mib));
    disk.write("initrd", Bytes(mib, 0x22));
    disk.write("big-initrd", Bytes(15 * mib + 1, 0x22));
    return disk;
}

std::string description(const std::string& more_properties) {
    return "/dts-v1/;\n/ { domains { #address-cells = <2>; #size-cells = <2>;\n"
           "motor {\ncompatible = \"amp,partition-v1\", \"openamp,domain-v1\";\nid = <1>;\namp,cores = <3>;\n"
           "memory = <0x0 0x40000000 0x0 0x01000000>;\namp,image = \"guest.elf\";\namp,console;\n" +
           more_properties + "\n};\n}; };\n";
}

std::vector<Plan> plans_for(const std::string& dts, const World& world, const Disk& disk) {
    const Loaded<Spec> spec = load_spec(bytes_of(dts), "test.dts");
    REQUIRE(text_of(spec.diagnostics) == "");
    REQUIRE(text_of(check({spec.value}, world, disk)) == "");
    Loaded<std::vector<Plan>> plans = plan({spec.value}, world, disk);
    REQUIRE(text_of(plans.diagnostics) == "");
    return std::move(plans.value);
}

} // namespace amp::test
