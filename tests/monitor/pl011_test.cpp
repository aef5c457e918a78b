// SPDX-License-Identifier: GPL-2.0-only
#include "drivers/pl011/pl011.hpp"

#include <catch2/catch.hpp>

using amp::Pl011;

namespace {

enum : std::uint32_t {
    dr = 0, rsr = 4, fr = 0x18, ibrd = 0x24, lcr_h = 0x2c, cr = 0x30, ifls = 0x34, imsc = 0x38, ris = 0x3c, mis = 0x40, icr = 0x44
};
constexpr std::uint16_t rxfe = 1u << 4, txff = 1u << 5, rxff = 1u << 6, txfe = 1u << 7;

// As Linux leaves it: enabled, FIFOs on, receive trigger at half.
struct Enabled {
    Enabled() {
        uart.reset();
        uart.write(lcr_h, 0x70);
        uart.write(cr, 0x301);
    }
    void fill(unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            uart.receive(static_cast<std::uint8_t>(i));
        }
    }
    Pl011 uart;
};

} // namespace

TEST_CASE("PL011 after reset") {
    Pl011 uart;
    uart.reset();
    CHECK(uart.read(cr) == 0x300);
    CHECK(uart.read(ifls) == 0x12);
    CHECK(uart.read(imsc) == 0);
    CHECK((uart.read(fr) & (rxfe | txfe)) == (rxfe | txfe));
    CHECK((uart.read(fr) & (rxff | txff)) == 0);
    CHECK(uart.room() == 0); // not enabled
    const std::uint8_t id[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    for (unsigned i = 0; i < 8; ++i) {
        CHECK(uart.read(0xfe0 + 4 * i) == id[i]);
    }
}

TEST_CASE("an early console transmits without having set anything up") {
    Pl011 uart;
    uart.reset();
    const Pl011::Sent sent = uart.write(dr, 'x');
    CHECK(sent.any);
    CHECK(sent.byte == 'x');
    CHECK_FALSE(uart.write(ibrd, 1).any);
    CHECK((uart.read(fr) & txff) == 0); // however fast it writes
}

TEST_CASE_METHOD(Enabled, "PL011 receive FIFO") {
    CHECK(uart.room() == 16);
    fill(16);
    CHECK(uart.room() == 0);
    CHECK((uart.read(fr) & rxff) != 0);
    for (unsigned i = 0; i < 16; ++i) {
        CHECK(uart.read(dr) == i);
    }
    CHECK((uart.read(fr) & rxfe) != 0);
    CHECK(uart.read(dr) == 0);

    SECTION("without FIFO one byte is held") {
        uart.write(lcr_h, 0x60);
        CHECK(uart.room() == 1);
        uart.receive('a');
        CHECK(uart.room() == 0);
        CHECK((uart.read(ris) & Pl011::rx) != 0);
        uart.write(lcr_h, 0x70); // switching throws away what was there
        CHECK((uart.read(fr) & rxfe) != 0);
        CHECK(uart.room() == 16);
    }
    SECTION("a disabled receiver takes nothing") {
        uart.write(cr, 0x101);
        CHECK(uart.room() == 0);
    }
}

TEST_CASE_METHOD(Enabled, "PL011 receive interrupts") {
    uart.write(imsc, Pl011::rx | Pl011::rt);
    fill(7);
    CHECK_FALSE(uart.line()); // below the trigger level and no pause yet
    uart.input_paused();
    CHECK(uart.line());
    CHECK(uart.read(mis) == Pl011::rt);
    uart.receive(7);
    CHECK(uart.read(mis) == (Pl011::rx | Pl011::rt));
    for (unsigned i = 0; i < 8; ++i) {
        CHECK(uart.line());
        uart.read(dr);
    }
    CHECK_FALSE(uart.line()); // reading all ends both
    uart.input_paused();
    CHECK_FALSE(uart.line()); // nothing there to announce

    fill(8);
    CHECK(uart.line());
    uart.write(imsc, 0);
    CHECK_FALSE(uart.line());
    CHECK((uart.read(ris) & Pl011::rx) != 0);
    uart.write(ifls, 4u << 3); // 7/8
    CHECK((uart.read(ris) & Pl011::rx) == 0);
}

TEST_CASE_METHOD(Enabled, "PL011 transmit interrupt comes with each byte and goes with ICR") {
    uart.write(imsc, Pl011::tx);
    CHECK_FALSE(uart.line());
    uart.write(dr, 'a');
    CHECK(uart.line());
    uart.write(icr, Pl011::tx);
    CHECK_FALSE(uart.line());
    uart.write(dr, 'b');
    CHECK(uart.line());
}

TEST_CASE_METHOD(Enabled, "PL011 loopback stays inside") {
    uart.write(cr, 0x381);
    CHECK_FALSE(uart.write(dr, 'z').any);
    CHECK(uart.read(dr) == 'z');
    for (unsigned i = 0; i < 100; ++i) {
        uart.write(dr, 'z');
    }
    CHECK(uart.room() == 0);
}

TEST_CASE_METHOD(Enabled, "every PL011 offset can be read and written") {
    for (std::uint32_t offset = 0; offset < 0x1000; offset += 4) {
        uart.write(offset, 0xffff);
        uart.read(offset);
    }
    CHECK(uart.read(imsc) == 0x7ff);
    CHECK(uart.read(rsr) == 0);
}
