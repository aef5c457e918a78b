// SPDX-License-Identifier: GPL-2.0-only
// Several messages by one store each way: what the peer sees when, what a death loses, how often a doorbell is asked for.
#include "amp/ring/channel.h"

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::receive;
using amp::test::send;

namespace {

int stage(amp_tx& tx, const std::string& text) {
    return amp_tx_try_stage(&tx, text.data(), static_cast<std::uint32_t>(text.size()));
}

std::string take(amp_rx& rx) {
    std::string text(64, '\0');
    std::uint32_t length = 0;
    const int status = amp_rx_try_take(&rx, text.data(), 64, &length);
    text.resize(status == AMP_RING_OK ? length : 0);
    return status == AMP_RING_OK ? text : "<" + std::to_string(status) + ">";
}

}  // namespace

TEST_CASE("staged messages appear together, when they are published") {
    Channel channel;
    REQUIRE(stage(channel.tx(), "one") == AMP_RING_OK);
    REQUIRE(stage(channel.tx(), "two") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "<1>");
    amp_tx_publish(&channel.tx());
    CHECK(receive(channel.rx()) == "one");
    CHECK(receive(channel.rx()) == "two");
    CHECK(receive(channel.rx()) == "<1>");
    CHECK(channel.tx().sent_count == 2);
}

TEST_CASE("an ordinary send publishes what was staged before it") {
    Channel channel;
    REQUIRE(stage(channel.tx(), "one") == AMP_RING_OK);
    REQUIRE(send(channel.tx(), "two") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "one");
    CHECK(receive(channel.rx()) == "two");
}

TEST_CASE("publishing nothing stores nothing") {
    Channel channel;
    REQUIRE(send(channel.tx(), "one") == AMP_RING_OK);
    channel.header().side[0].produced = 0xabc0;  // would be overwritten
    amp_tx_publish(&channel.tx());
    CHECK(channel.header().side[0].produced == 0xabc0);
}

TEST_CASE("a sender that dies loses what it staged, and only that") {
    Channel channel;
    REQUIRE(send(channel.tx(), "committed") == AMP_RING_OK);
    REQUIRE(stage(channel.tx(), "staged") == AMP_RING_OK);
    channel.attach(0);
    REQUIRE(send(channel.tx(), "anew") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "committed");
    CHECK(receive(channel.rx()) == "anew");
    CHECK(receive(channel.rx()) == "<1>");
}

TEST_CASE("a receiver that dies gets what it took and did not give back again") {
    Channel channel;
    for (const char* text : {"one", "two", "three"}) {
        REQUIRE(send(channel.tx(), text) == AMP_RING_OK);
    }
    CHECK(take(channel.rx()) == "one");
    amp_rx_publish(&channel.rx());
    CHECK(take(channel.rx()) == "two");
    CHECK(take(channel.rx()) == "three");
    CHECK(take(channel.rx()) == "<1>");
    channel.attach(1);
    CHECK(take(channel.rx()) == "two");
}

TEST_CASE("space comes back when it is given back, not when a message is taken") {
    Channel channel(0x2000);
    const std::string half(AMP_RING_MESSAGE_MAX(0x800), 'h');
    REQUIRE(stage(channel.tx(), half) == AMP_RING_OK);
    REQUIRE(stage(channel.tx(), half) == AMP_RING_OK);
    REQUIRE(stage(channel.tx(), half) == AMP_RING_FULL);
    amp_tx_publish(&channel.tx());
    const void* message = nullptr;
    std::uint32_t length = 0;
    REQUIRE(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_OK);
    amp_rx_take(&channel.rx());
    amp_rx_take(&channel.rx());  // nothing is peeked any more
    CHECK(send(channel.tx(), half) == AMP_RING_FULL);
    amp_rx_publish(&channel.rx());
    CHECK(send(channel.tx(), half) == AMP_RING_OK);
    CHECK(channel.rx().received_count == 1);
}

TEST_CASE("a batch of messages costs one doorbell, asked for after it is published") {
    Channel channel;
    (void)amp_tx_need_doorbell(&channel.tx());
    REQUIRE(amp_rx_arm(&channel.rx()) == AMP_RING_EMPTY);
    REQUIRE(stage(channel.tx(), "one") == AMP_RING_OK);
    REQUIRE(stage(channel.tx(), "two") == AMP_RING_OK);
    CHECK_FALSE(amp_tx_need_doorbell(&channel.tx()));  // too early: there is nothing to see yet, and nothing is forgotten
    amp_tx_publish(&channel.tx());
    CHECK(amp_tx_need_doorbell(&channel.tx()));
    CHECK_FALSE(amp_tx_need_doorbell(&channel.tx()));
    CHECK(channel.tx().doorbell_count == 1);
}

TEST_CASE("a sender that waits is rung once the space is given back, also behind padding that was only stepped over") {
    Channel channel(0x2000);
    const std::string first(0x400 - 8, 'f'), second(0x300 - 8, 's'), third(0x200 - 8, 't');
    REQUIRE(send(channel.tx(), first) == AMP_RING_OK);
    REQUIRE(send(channel.tx(), second) == AMP_RING_OK);
    REQUIRE(receive(channel.rx()) == first);
    REQUIRE(send(channel.tx(), third) == AMP_RING_OK);  // padding of 0x100, then the message at the ring's start
    REQUIRE(receive(channel.rx()) == second);
    (void)amp_rx_need_doorbell(&channel.rx());
    channel.header().side[0].space_event = 0x700 | AMP_EVENT_ARMED;  // the sender waits for the padding's own bytes
    std::uint8_t small[8];
    std::uint32_t length = 0;
    REQUIRE(amp_rx_try_receive(&channel.rx(), small, sizeof(small), &length) == AMP_RING_TOO_SMALL);
    CHECK_FALSE(amp_rx_need_doorbell(&channel.rx()));  // the padding is stepped over in private only
    REQUIRE(receive(channel.rx()) == third);
    CHECK(amp_rx_need_doorbell(&channel.rx()));
}

TEST_CASE("every short length arrives whole and writes no byte too many") {
    Channel channel;
    for (std::uint32_t length = 0; length <= 40; length++) {
        std::string text(length, '\0');
        for (std::uint32_t i = 0; i < length; i++) {
            text[i] = static_cast<char>('a' + (i + length) % 26);
        }
        REQUIRE(send(channel.tx(), text) == AMP_RING_OK);
        std::string buffer(64, '#');
        std::uint32_t got = 0;
        REQUIRE(amp_rx_try_receive(&channel.rx(), buffer.data(), 63, &got) == AMP_RING_OK);
        REQUIRE(got == length);
        REQUIRE(buffer == text + std::string(64 - length, '#'));
    }
}
