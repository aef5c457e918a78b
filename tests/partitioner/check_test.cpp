// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/check.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "checks/rule.hpp"
#include "child_process.hpp"
#include "rule_table.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("rule names are unique, and prerequisites come first") {
    std::set<std::string_view> seen;
    for (const Rule* rule : rule_table()) {
        INFO(rule->name);
        for (const auto need : rule->needs) {
            CHECK((need.empty() || seen.contains(need)));
        }
        CHECK(seen.insert(rule->name).second);
    }
    CHECK(all_rules().size() > 70);
}

TEST_CASE("a good description is reported by nobody") {
    for (const unsigned gic : {2u, 3u}) {
        CHECK(plans_for(description(), qemu_world(gic), image_disk()).size() == 1);
    }
}

TEST_CASE("without a machine only what needs none is checked") {
    World world;
    world.board = generic_board();
    const auto good = load_spec(bytes_of(description()), "m.dts");
    CHECK(text_of(check({good.value}, world, image_disk())) == "");
    const auto bad =
        load_spec(bytes_of(description("channels { c { amp,peer = \"nobody\"; amp,size = <0x3000>; }; };")), "m.dts");
    CHECK(check({bad.value}, world, image_disk()).error_count() == 1);
}

TEST_CASE("partitions of several files are checked against each other") {
    const auto one = load_spec(bytes_of(description()), "one.dts");
    const auto two = load_spec(bytes_of(description()), "two.dts");
    const std::string text = text_of(check({one.value, two.value}, qemu_world(), image_disk()));
    CHECK(text.find("two.dts:3: error: another partition is called 'motor' (one.dts:3) [name.duplicate]") !=
          std::string::npos);
    CHECK(text.find("[id.duplicate]") != std::string::npos);
    CHECK(text.find("[cpus.shared]") != std::string::npos);
}

TEST_CASE("all errors of all partitions are reported in one run") {
    const auto spec =
        load_spec(bytes_of("/dts-v1/; / { domains { #address-cells = <2>; #size-cells = <2>;\n"
                           "a { compatible = \"amp,partition-v1\"; };\n"
                           "b { compatible = \"amp,partition-v1\"; id = <0>; os,type = \"x\"; amp,cores = <0>; "
                           "memory = <0 1 0 1>; amp,image = \"none\"; };\n}; };"),
                  "m.dts");
    const std::string text = text_of(check({spec.value}, qemu_world(), image_disk()));
    for (const auto rule : {"id.missing", "cpus.missing", "memory.missing", "image.missing", "id.zero", "os.type",
                            "cpus.boot-core-taken", "memory.unaligned", "image.unreadable"}) {
        INFO(rule);
        CHECK(text.find(std::string("[") + rule + "]") != std::string::npos);
    }
}

TEST_CASE("a channel may lead to a partition that exists already") {
    World world = qemu_world();
    world.existing.push_back({"pump", 7, CpuId(2), Irq(224)});
    const auto plans = plans_for(description("channels { link { amp,peer = \"pump\"; amp,size = <0x3000>; }; };"),
                                 world, image_disk());
    CHECK(plans.at(0).channels.at(0).side == 0);
    CHECK_FALSE(plans.at(0).channels.at(0).peer_is_dom0);
    CHECK(plans.at(0).doorbell == Irq(225));
}

TEST_CASE("a blob with any byte changed is read, checked and perhaps planned, never worse") {
    const std::string dts = description(
        "amp,initrd = \"initrd\"; chosen { bootargs = \"a\"; }; channels { c { amp,peer = \"dom0\"; "
        "amp,size = <0x3000>; amp,address = <0xc020000>; }; d { amp,peer = \"dom0\"; amp,size = <0x3000>; }; };");
    const Bytes good = run_child({"dtc", "-q", "-I", "dts", "-O", "dtb", "-"}, bytes_of(dts)).output;
    REQUIRE(good.size() > 500);
    const World world = qemu_world();
    const FakeDisk disk = image_disk();
    std::size_t planned = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int flip : {0x01, 0x10, 0x80, 0xff}) {
            Bytes changed = good;
            changed[i] = static_cast<std::uint8_t>(changed[i] ^ flip);
            const auto spec = load_spec(changed, "x.dtb");
            const bool good_spec = spec.ok() && !check({spec.value}, world, disk).has_errors();
            planned += good_spec && plan({spec.value}, world, disk).ok() ? 1u : 0u;
        }
    }
    CHECK(planned > 100);
    CHECK(planned < good.size() * 4);
}
