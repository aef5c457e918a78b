// SPDX-License-Identifier: GPL-2.0-only
#include "core/mmio.hpp"

#include <catch2/catch.hpp>

#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE_METHOD(MonitorRig, "accesses reach the device whose window they hit, and are counted") {
    CHECK(emulate_write(monitor, gicd_gpa + 0x100, 4, 7));
    CHECK(monitor.gic.registers[0x100] == 7);
    monitor.gic.registers[4] = 0x1234;
    CHECK(emulate_read(monitor, gicd_gpa + 4, 4).value == 0x1234);
    CHECK(emulate_write(monitor, gicr_gpa + 0x10100, 4, 9));
    CHECK(monitor.gic.registers[Gic::redistributor + 0x10100] == 9);
    CHECK(emulate_read(monitor, gicr_gpa + 0x10100, 4).value == 9);
    CHECK(emulate_write(monitor, console_gpa, 1, 'c'));
    CHECK(console() == "c");
    CHECK(monitor.stats->exits[AMP_CAUSE_GICD] == 2);
    CHECK(monitor.stats->exits[AMP_CAUSE_GICR] == 2);
    CHECK(monitor.stats->exits[AMP_CAUSE_CONSOLE] == 1);
}

TEST_CASE_METHOD(MonitorRig, "windows end where they end") {
    CHECK(is_emulated(monitor, gicd_gpa));
    CHECK(is_emulated(monitor, gicd_gpa + 0xffff));
    CHECK_FALSE(is_emulated(monitor, gicd_gpa + 0x10000));
    CHECK_FALSE(is_emulated(monitor, gicd_gpa - 1));
    CHECK_FALSE(emulate_read(monitor, gicd_gpa - 4, 4).done);
    CHECK_FALSE(emulate_write(monitor, gicd_gpa + 0x10000, 4, 0));
    CHECK(is_emulated(monitor, gicr_gpa + 0x1ffff));
    CHECK_FALSE(emulate_read(monitor, gicr_gpa + 0x20000, 4).done);
    CHECK_FALSE(emulate_read(monitor, console_gpa + 0x1000, 4).done);
    CHECK_FALSE(emulate_read(monitor, 0, 4).done);
    CHECK_FALSE(emulate_write(monitor, ~0ull, 1, 0));
    monitor.platform.gicr_size = 0; // GICv2
    CHECK_FALSE(is_emulated(monitor, gicr_gpa));
    CHECK_FALSE(emulate_read(monitor, gicr_gpa, 4).done);
}

TEST_CASE_METHOD(MonitorRig, "what the interrupt controller has no access for is ignored and goes on") {
    for (const std::uint32_t width : {1u, 2u, 8u}) {
        CHECK(emulate_read(monitor, gicd_gpa + 4, width).done);
        CHECK(emulate_write(monitor, gicd_gpa, width, 3));
        CHECK(emulate_read(monitor, gicr_gpa + 4, width).done);
        CHECK(emulate_write(monitor, gicr_gpa + 0x10100, width, 9));
    }
}

TEST_CASE_METHOD(MonitorRig, "the console takes 8, 16 and 32 bits at a register's address") {
    for (const std::uint32_t width : {1u, 2u, 4u}) {
        CHECK(emulate_read(monitor, console_gpa + 0x30, width).done);
        CHECK(emulate_write(monitor, console_gpa + 0x24, width, 0));
    }
    CHECK(emulate_read(monitor, console_gpa + 0x30, 4).value == 0x300);
    CHECK(emulate_read(monitor, console_gpa + 0x30, 1).value == 0); // an answer fits its width
    for (const std::uint64_t offset : {1u, 2u, 0x19u}) {
        CHECK(emulate_read(monitor, console_gpa + offset, 1).done);
        CHECK(emulate_read(monitor, console_gpa + offset, 1).value == 0);
        CHECK(emulate_write(monitor, console_gpa + offset, 1, 'x'));
    }
    CHECK(emulate_read(monitor, console_gpa + 0x30, 8).done);
    CHECK(emulate_read(monitor, console_gpa + 0x30, 8).value == 0);
    CHECK(emulate_write(monitor, console_gpa, 8, 'x'));
    CHECK(console().empty());
}
