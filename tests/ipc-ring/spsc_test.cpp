// SPDX-License-Identifier: GPL-2.0-only
// Sending and receiving on one thread: lengths, wrapping, full and empty, in-place use, indices across 2^32.
#include "amp/ring/spsc.h"

#include <deque>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::Random;
using amp::test::receive;
using amp::test::send;

TEST_CASE("messages arrive in order, both ways") {
    Channel channel;
    CHECK(send(channel.tx(0), "one") == AMP_RING_OK);
    CHECK(send(channel.tx(0), "two") == AMP_RING_OK);
    CHECK(send(channel.tx(1), "back") == AMP_RING_OK);
    CHECK(receive(channel.rx(1)) == "one");
    CHECK(receive(channel.rx(1)) == "two");
    CHECK(receive(channel.rx(1)) == "<1>");
    CHECK(receive(channel.rx(0)) == "back");
    CHECK(channel.tx(0).sent_count == 2);
    CHECK(channel.rx(1).received_count == 2);
}

TEST_CASE("lengths from nothing to the maximum") {
    Channel channel;
    const std::uint32_t max = AMP_RING_MESSAGE_MAX(channel.tx().size);
    CHECK(max == 0x1000 / 2 - 8);
    for (std::uint32_t length : {0u, 1u, 7u, 8u, 9u, max - 1, max}) {
        const std::string text(length, 'x');
        CHECK(send(channel.tx(), text) == AMP_RING_OK);
        CHECK(receive(channel.rx()) == text);
    }
    CHECK(send(channel.tx(), std::string(max + 1, 'x')) == AMP_RING_TOO_LONG);
    const volatile std::uint32_t huge = UINT32_MAX;  // hidden from the compiler, which would rightly warn
    CHECK(amp_tx_try_send(&channel.tx(), "", huge) == AMP_RING_TOO_LONG);
}

TEST_CASE("the longest message fits into an empty ring wherever that begins") {
    for (std::uint32_t start = 0; start < 0x1000; start += 8) {
        Channel channel(0x3000, start);
        const std::string text(AMP_RING_MESSAGE_MAX(channel.tx().size), 'm');
        REQUIRE(send(channel.tx(), text) == AMP_RING_OK);
        REQUIRE(receive(channel.rx()) == text);
    }
}

TEST_CASE("a full ring refuses until space is released, and loses nothing") {
    Channel channel;
    std::uint32_t count = 0;
    while (send(channel.tx(), std::string(100, static_cast<char>('a' + count % 26))) == AMP_RING_OK) {
        count++;
    }
    CHECK(count == 0x1000 / 112);
    CHECK(channel.tx().full_count == 1);
    CHECK(receive(channel.rx()) == std::string(100, 'a'));
    CHECK(send(channel.tx(), std::string(100, '!')) == AMP_RING_OK);
    for (std::uint32_t i = 1; i < count; i++) {
        CHECK(receive(channel.rx()) == std::string(100, static_cast<char>('a' + i % 26)));
    }
    CHECK(receive(channel.rx()) == std::string(100, '!'));
}

TEST_CASE("a ring can be filled to the last byte") {
    Channel channel;
    for (int i = 0; i < 0x1000 / 8; i++) {
        REQUIRE(send(channel.tx(), "") == AMP_RING_OK);
    }
    CHECK(send(channel.tx(), "") == AMP_RING_FULL);
    for (int i = 0; i < 0x1000 / 8; i++) {
        REQUIRE(receive(channel.rx()).empty());
    }
    CHECK(receive(channel.rx()) == "<1>");
}

TEST_CASE("a buffer too small keeps the message and tells its length") {
    Channel channel;
    REQUIRE(send(channel.tx(), "0123456789") == AMP_RING_OK);
    char buffer[4];
    std::uint32_t length = 0;
    CHECK(amp_rx_try_receive(&channel.rx(), buffer, sizeof(buffer), &length) == AMP_RING_TOO_SMALL);
    CHECK(length == 10);
    CHECK(receive(channel.rx()) == "0123456789");
}

TEST_CASE("a reservation is invisible until its commit, and may shrink") {
    Channel channel;
    void* space = nullptr;
    REQUIRE(amp_tx_reserve(&channel.tx(), 1000, &space) == AMP_RING_OK);
    std::memset(space, 'z', 1000);
    CHECK(receive(channel.rx()) == "<1>");
    CHECK(amp_tx_commit(&channel.tx(), 1001) == AMP_RING_NOT_RESERVED);
    CHECK(amp_tx_commit(&channel.tx(), 3) == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "zzz");
    CHECK(channel.tx().produced == 16);
    CHECK(amp_tx_commit(&channel.tx(), 0) == AMP_RING_NOT_RESERVED);
}

TEST_CASE("a reservation across the ring's end is contiguous") {
    Channel channel(0x3000, 0x1000 - 64);
    void* space = nullptr;
    REQUIRE(amp_tx_reserve(&channel.tx(), 200, &space) == AMP_RING_OK);
    CHECK(space == static_cast<std::uint8_t*>(channel.memory()) + AMP_CHANNEL_HEADER_SIZE + 8);
    std::memset(space, 'c', 200);
    REQUIRE(amp_tx_commit(&channel.tx(), 200) == AMP_RING_OK);
    CHECK(receive(channel.rx()) == std::string(200, 'c'));
}

TEST_CASE("peek shows the message in place until release") {
    Channel channel;
    REQUIRE(send(channel.tx(), "look") == AMP_RING_OK);
    const void* message = nullptr;
    std::uint32_t length = 0;
    amp_rx_release(&channel.rx());  // nothing peeked: nothing happens
    for (int i = 0; i < 2; i++) {
        REQUIRE(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_OK);
        CHECK(std::string(static_cast<const char*>(message), length) == "look");
    }
    amp_rx_release(&channel.rx());
    amp_rx_release(&channel.rx());
    CHECK(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_EMPTY);
    CHECK(channel.header().side[1].consumed == 16);
}

TEST_CASE("random traffic equals a queue, across 2^32") {
    for (std::uint64_t seed = 1; seed <= 20; seed++) {
        Random random(seed);
        Channel channel(0x3000, static_cast<std::uint32_t>(0 - 8 * (1 + random.below(2000))));
        std::deque<std::string> model;
        for (int step = 0; step < 3000; step++) {
            if (random.below(2) == 0) {
                const std::uint32_t limit = random.below(8) == 0 ? AMP_RING_MESSAGE_MAX(channel.tx().size) + 1 : 100;
                std::string text(random.below(limit), static_cast<char>('A' + random.below(50)));
                const int status = send(channel.tx(), text);
                REQUIRE((status == AMP_RING_OK || status == AMP_RING_FULL));
                if (status == AMP_RING_OK) {
                    model.push_back(std::move(text));
                }
            } else if (model.empty()) {
                REQUIRE(receive(channel.rx()) == "<1>");
            } else {
                REQUIRE(receive(channel.rx()) == model.front());
                model.pop_front();
            }
        }
        CHECK(channel.rx().corrupt_count + channel.tx().corrupt_count == 0);
    }
}
