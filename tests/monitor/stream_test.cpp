// SPDX-License-Identifier: GPL-2.0-only
#include "core/stream.hpp"

#include <catch2/catch.hpp>

#include "core/log.hpp"
#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("a stream's capacity is believed only if it is a power of two that fits") {
    MonitorRig rig;
    const amp_area area = rig.monitor.boot.log;
    const auto capacity = [&](std::uint32_t value) {
        rig.stream(area).capacity = value;
        return stream_capacity(area);
    };
    CHECK(capacity(1024) == 1024);
    CHECK(capacity(1) == 1);
    CHECK(capacity(0) == 0);
    CHECK(capacity(1000) == 0);
    CHECK(capacity(4096) == 0); // the header takes its part of the page
    CHECK(capacity(0x80000000) == 0);
    rig.stream(area).capacity = 1024;
    CHECK(stream_capacity({area.pa, sizeof(amp_stream) + 1023}) == 0);
    CHECK(stream_capacity({area.pa, 10}) == 0);
}

TEST_CASE("the writer overwrites the oldest bytes and goes on where the last one stood") {
    MonitorRig rig;
    StreamWriter writer;
    const amp_area area = rig.monitor.boot.console_out;
    rig.stream(area).written = 60;
    REQUIRE(writer.init(area));
    for (unsigned i = 0; i < 70; ++i) {
        writer.put(static_cast<std::uint8_t>('A' + i % 26));
    }
    CHECK(rig.stream(area).written == 60);
    writer.publish();
    CHECK(rig.stream(area).written == 130);
    CHECK(rig.text(area).size() == stream_bytes);
    CHECK(rig.text(area).back() == 'A' + 69 % 26);
}

TEST_CASE("the reader starts where the last one stood and never believes in more than the capacity") {
    MonitorRig rig;
    const amp_area area = rig.monitor.boot.console_in;
    StreamReader reader;
    rig.type("hello");
    REQUIRE(reader.init(area, 2));
    CHECK(reader.available() == 3);
    CHECK(reader.take() == 'l');
    CHECK(reader.position() == 3);
    rig.stream(area).written = 3 + stream_bytes + 1;
    CHECK(reader.available() == 0);
    rig.stream(area).written = 1; // backwards
    CHECK(reader.available() == 0);

    rig.stream(area).written = 0x1'0000'0002;
    REQUIRE(reader.init(area, 0xfffffffe));
    CHECK(reader.available() == 4);
    REQUIRE(reader.init(area, 5)); // a position from somewhere else: nothing is waiting
    CHECK(reader.available() == 0);
}

TEST_CASE("log lines") {
    MonitorRig rig;
    rig.monitor.log.line("a ", Hex{0}, " ", Hex{0xdeadbeef12345678}, " ", std::uint32_t{0}, " ", ~std::uint64_t{0});
    rig.monitor.log.line("b");
    CHECK(rig.text(rig.monitor.boot.log) == "a 0x0 0xdeadbeef12345678 0 18446744073709551615\nb\n");
    Log unattached;
    unattached.line("goes nowhere");
}
