// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/spec.hpp"

#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("every property arrives with its place") {
    const auto spec =
        load_spec(bytes_of(description(
                      "os,type = \"linux\";\namp,load-address = <0x1 0x2>;\namp,entry = <0x3>;\namp,initrd = \"i\";\n"
                      "chosen { bootargs = \"quiet\"; };\n"
                      "channels { ctrl { amp,peer = \"dom0\"; amp,size = <0x3000>; amp,address = <0x0c020000>; }; };")),
                  "m.dts");
    REQUIRE(text_of(spec.diagnostics) == "");
    REQUIRE(spec.value.partitions.size() == 1);
    const auto& motor = spec.value.partitions[0];
    CHECK(motor.name.value == "motor");
    CHECK(motor.name.place.line == 3);
    CHECK(motor.id->value == 1);
    CHECK(motor.os_type->value == "linux");
    REQUIRE(motor.cores.size() == 1);
    CHECK(motor.cores[0].value == 3);
    REQUIRE(motor.memory.size() == 1);
    CHECK(motor.memory[0].value.start == GuestPhysAddr(0x40000000));
    CHECK(motor.memory[0].value.size == 0x01000000);
    CHECK(motor.memory[0].place.line == 7);
    CHECK(motor.image->value == "guest.elf");
    CHECK(motor.load_address->value == 0x100000002);
    CHECK(motor.entry->value == 3);
    CHECK(motor.initrd->value == "i");
    CHECK(motor.bootargs->value == "quiet");
    CHECK(motor.console);
    REQUIRE(motor.channels.size() == 1);
    CHECK(motor.channels[0].name.value == "ctrl");
    CHECK(motor.channels[0].peer->value == "dom0");
    CHECK(motor.channels[0].size->value == 0x3000);
    CHECK(motor.channels[0].address->value == 0x0c020000);
}

TEST_CASE("cell counts of domains are respected") {
    const std::string dts =
        "/dts-v1/; / { domains { #address-cells = <1>; #size-cells = <1>; a { compatible = \"amp,partition-v1\"; "
        "memory = <0x40000000 0x1000 0x50000000 0x2000>; }; }; };";
    const auto spec = load_spec(bytes_of(dts), "m.dts");
    REQUIRE(text_of(spec.diagnostics) == "");
    const auto& memory = spec.value.partitions.at(0).memory;
    REQUIRE(memory.size() == 2);
    CHECK(memory[1].value.start == GuestPhysAddr(0x50000000));
    CHECK(memory[1].value.size == 0x2000);
}

TEST_CASE("a malformed property is not also called missing") {
    const auto spec = load_spec(
        bytes_of(
            "/dts-v1/; / { domains { #address-cells = <2>; #size-cells = <2>; a { compatible = \"amp,partition-v1\"; "
            "id = \"x\"; amp,cores = [01]; memory = <1>; amp,image = <1>; "
            "channels { c { amp,peer = <1>; amp,size = \"x\"; }; }; }; }; };"),
        "m.dts");
    CHECK(spec.diagnostics.error_count() == 6);
    CHECK(text_of(check({spec.value}, qemu_world(), image_disk())) == "");
}

TEST_CASE("domains that are not ours are left alone in a full system tree") {
    const auto spec =
        load_spec(bytes_of("/dts-v1/; / { soc { x = <1>; }; domains { #address-cells = <2>; #size-cells = <2>; "
                           "apu { compatible = \"openamp,domain-v1\"; whatever = <1>; }; "
                           "a { compatible = \"amp,partition-v1\", \"openamp,domain-v1\"; }; }; };"),
                  "m.dts");
    CHECK(text_of(spec.diagnostics) == "");
    CHECK(spec.value.partitions.size() == 1);
}

TEST_CASE("names may carry labels and phandles") {
    const auto spec = load_spec(
        bytes_of(description() + "/ { domains { motor { x: channels { }; }; }; other { y = <&x>; }; };"), "m.dts");
    CHECK(text_of(spec.diagnostics) == "");
}
