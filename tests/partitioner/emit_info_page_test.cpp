// SPDX-License-Identifier: GPL-2.0-only
#include "amp/abi/info_page.h"

#include <catch2/catch.hpp>
#include <cstring>

#include "amp/partitioner/emit.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

amp_info_page page_for(const std::string& dts) {
    const Bytes bytes = emit_info_page(plans_for(dts, qemu_world(), image_disk()).at(0));
    REQUIRE(bytes.size() == AMP_PAGE_SIZE);
    amp_info_page page;
    std::memcpy(&page, bytes.data(), sizeof page);
    return page;
}

} // namespace

TEST_CASE("the info page tells a guest all about itself") {
    const auto page = page_for(description(
        "chosen { bootargs = \"period=1000\"; }; channels { ctrl { amp,peer = \"dom0\"; amp,size = <0x10000>; }; };"));
    CHECK(page.magic == AMP_INFO_MAGIC);
    CHECK(page.size == sizeof page);
    CHECK(page.id == 1);
    CHECK(std::string(page.name) == "motor");
    CHECK(page.ram_gpa == 0x40000000);
    CHECK(page.ram_size == 0x01000000);
    CHECK(page.dtb_gpa > 0x40000000);
    CHECK(page.gic_version == 3);
    CHECK(page.console_intid == 33);
    CHECK(std::string(page.bootargs) == "period=1000");
    REQUIRE(page.channel_count == 1);
    CHECK(std::string(page.channels[0].name) == "ctrl");
    CHECK(std::string(page.channels[0].peer) == "dom0");
    CHECK(page.channels[0].gpa == AMP_CHANNEL_GPA);
    CHECK(page.channels[0].size == 0x10000);
    CHECK(page.channels[0].intid == AMP_CHANNEL_INTID);
}

TEST_CASE("a command line that does not fit is only in the device tree") {
    CHECK(std::string(page_for(description("chosen { bootargs = \"" + std::string(511, 'x') + "\"; };")).bootargs)
              .size() == 511);
    CHECK(std::string(page_for(description("chosen { bootargs = \"" + std::string(512, 'x') + "\"; };")).bootargs)
              .empty());
}
