// SPDX-License-Identifier: GPL-2.0-only
#include "core/console.hpp"

#include <catch2/catch.hpp>

#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

namespace {

enum : std::uint32_t { dr = 0, fr = 0x18, lcr_h = 0x2c, cr = 0x30, imsc = 0x38 };

struct Console : MonitorRig {
    void enable() {
        console_write(monitor, lcr_h, 0x70);
        console_write(monitor, cr, 0x301);
    }
    void print(const std::string& text) {
        for (const char c : text) {
            console_write(monitor, dr, static_cast<std::uint8_t>(c));
        }
    }
    std::string read_all() {
        std::string result;
        while ((console_read(monitor, fr) & 0x10) == 0) {
            result += static_cast<char>(console_read(monitor, dr));
        }
        return result;
    }
};

} // namespace

TEST_CASE_METHOD(Console, "output reaches the stream and is counted") {
    print("hello");
    CHECK(console() == "hello");
    CHECK(monitor.stats->console_out == 5);
    CHECK(arch::host.events.empty()); // nobody asked to be told
}

TEST_CASE_METHOD(Console, "a flood overwrites, calls dom0 once, and never waits") {
    mailbox().console_notify = 1;
    for (unsigned i = 0; i < 10000; ++i) {
        console_write(monitor, dr, 'f');
    }
    print("last words");
    CHECK(console().size() == stream_bytes);
    CHECK(console().substr(stream_bytes - 10) == "last words");
    CHECK(count("spi 72") == 1);
    CHECK(mailbox().outbox == AMP_OUTBOX_CONSOLE);
    CHECK(mailbox().console_notify == 0);
}

TEST_CASE_METHOD(Console, "a reader that goes to sleep while a byte is written is woken or sees it") {
    // The reader: saw everything, stores console_notify, barrier, looks at `written` again. Its store is put at each of the
    // two places around the writer's barrier.
    const amp_stream& out = stream(monitor.boot.console_out);
    std::uint64_t seen = 0;
    SECTION("before the writer's barrier") {
        arch::host.on_barrier = [&] {
            mailbox().console_notify = 1;
            seen = out.written;
        };
        print("x");
        CHECK(seen == 1);
        CHECK(happened("spi 72")); // called as well, which does no harm
    }
    SECTION("after the writer has looked") {
        print("x");
        mailbox().console_notify = 1;
        seen = out.written;
        CHECK(seen == 1);
    }
}

TEST_CASE_METHOD(Console, "input waits for an enabled receiver and is taken as the guest reads") {
    type("abc");
    console_input(monitor);
    CHECK(mailbox().console_in_taken == 0);
    enable(); // looks for input by itself
    CHECK(mailbox().console_in_taken == 3);
    CHECK(read_all() == "abc");

    const std::string more = "0123456789abcdefghijklmnopqrstuvwxyz";
    type(more);
    console_input(monitor);
    CHECK(mailbox().console_in_taken == 3 + 16);
    CHECK(read_all() == more); // every byte read makes room for the next, without another kick
    CHECK(mailbox().console_in_taken == 3 + more.size());
    CHECK(monitor.stats->console_in == 3 + more.size());
}

TEST_CASE_METHOD(Console, "the interrupt line follows the input") {
    enable();
    console_write(monitor, imsc, 0x50);
    CHECK_FALSE(monitor.gic.lines[console_intid]);
    type("a");
    console_input(monitor);
    CHECK(monitor.gic.lines[console_intid]);
    read_all();
    CHECK_FALSE(monitor.gic.lines[console_intid]);
}

TEST_CASE_METHOD(Console, "a partition without a console ignores input") {
    monitor.platform.console_size = 0;
    type("a");
    console_input(monitor);
    CHECK(mailbox().console_in_taken == 0);
    CHECK(monitor.gic.lines.empty());
}
