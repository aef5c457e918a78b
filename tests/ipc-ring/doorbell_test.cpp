// SPDX-License-Identifier: GPL-2.0-only
// Which moves of an index ring, one thread at a time; interleave_test.cpp has both sides at once.
#include "amp/ring/doorbell.h"

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::receive;
using amp::test::send;

TEST_CASE("an event is passed by a move from at or before it to beyond it") {
    CHECK(amp_event_passed(16 | AMP_EVENT_ARMED, 16, 24));
    CHECK(amp_event_passed(16 | AMP_EVENT_ARMED, 0, 24));
    CHECK_FALSE(amp_event_passed(16 | AMP_EVENT_ARMED, 0, 16));
    CHECK_FALSE(amp_event_passed(16 | AMP_EVENT_ARMED, 24, 64));
    CHECK_FALSE(amp_event_passed(16, 0, 24));
    CHECK_FALSE(amp_event_passed(16 | AMP_EVENT_ARMED, 16, 16));
    CHECK(amp_event_passed(0xfffffff8u | AMP_EVENT_ARMED, 0xfffffff0u, 8));
    CHECK(amp_event_passed(0 | AMP_EVENT_ARMED, 0xfffffff0u, 8));
    CHECK_FALSE(amp_event_passed(8 | AMP_EVENT_ARMED, 0xfffffff0u, 8));
}

TEST_CASE("a receiver that never armed is never rung") {
    Channel channel;
    for (int i = 0; i < 20; i++) {
        REQUIRE(send(channel.tx(), "x") == AMP_RING_OK);
        CHECK_FALSE(amp_tx_need_doorbell(&channel.tx()));
    }
}

TEST_CASE("one doorbell per arming") {
    Channel channel;
    CHECK(amp_rx_arm(&channel.rx()) == AMP_RING_EMPTY);
    for (int i = 0; i < 5; i++) {
        REQUIRE(send(channel.tx(), "x") == AMP_RING_OK);
        CHECK(amp_tx_need_doorbell(&channel.tx()) == (i == 0));
    }
    CHECK(channel.tx().doorbell_count == 1);
    CHECK(amp_rx_arm(&channel.rx()) == AMP_RING_OK);
    while (receive(channel.rx()) == "x") {
    }
    CHECK(amp_rx_arm(&channel.rx()) == AMP_RING_EMPTY);
    amp_rx_disarm(&channel.rx());
    REQUIRE(send(channel.tx(), "x") == AMP_RING_OK);
    CHECK_FALSE(amp_tx_need_doorbell(&channel.tx()));
}

TEST_CASE("a batch needs one question") {
    Channel channel;
    CHECK(amp_rx_arm(&channel.rx()) == AMP_RING_EMPTY);
    for (int i = 0; i < 5; i++) {
        REQUIRE(send(channel.tx(), "x") == AMP_RING_OK);
    }
    CHECK(amp_tx_need_doorbell(&channel.tx()));
    CHECK_FALSE(amp_tx_need_doorbell(&channel.tx()));
}

TEST_CASE("a sender is rung for space when there is enough, not before") {
    Channel channel;
    while (send(channel.tx(), std::string(120, 'x')) == AMP_RING_OK) {
    }
    CHECK(amp_tx_arm(&channel.tx(), 1000) == AMP_RING_FULL);
    for (int freed = 128; freed < 1008; freed += 128) {
        CHECK_FALSE(receive(channel.rx()).empty());
        CHECK_FALSE(amp_rx_need_doorbell(&channel.rx()));
        CHECK(amp_tx_ready(&channel.tx(), 1000) == AMP_RING_FULL);
    }
    CHECK_FALSE(receive(channel.rx()).empty());
    CHECK(amp_rx_need_doorbell(&channel.rx()));
    CHECK(amp_tx_arm(&channel.tx(), 1000) == AMP_RING_OK);
    CHECK(amp_tx_arm(&channel.tx(), 0x800) == AMP_RING_TOO_LONG);
}

TEST_CASE("space for a message that will need padding is counted with it") {
    Channel channel(0x3000, 0x1000 - 256);
    for (int i = 0; i < 15; i++) {  // up to 512 bytes before the end
        REQUIRE(send(channel.tx(), std::string(240, 'x')) == AMP_RING_OK);
    }
    CHECK(amp_tx_arm(&channel.tx(), 1000) == AMP_RING_FULL);
    int released = 0;
    do {
        REQUIRE_FALSE(receive(channel.rx()).empty());
        released++;
    } while (!amp_rx_need_doorbell(&channel.rx()));
    CHECK(amp_tx_ready(&channel.tx(), 1000) == AMP_RING_OK);
    CHECK(released < 15);
}

TEST_CASE("a sender that died between commit and doorbell rings in its next life") {
    Channel channel;
    CHECK(amp_rx_arm(&channel.rx()) == AMP_RING_EMPTY);
    REQUIRE(send(channel.tx(), "x") == AMP_RING_OK);
    channel.attach(0);
    CHECK(amp_tx_need_doorbell(&channel.tx()));
}

TEST_CASE("a receiver that died between release and doorbell rings in its next life") {
    Channel channel;
    while (send(channel.tx(), std::string(120, 'x')) == AMP_RING_OK) {
    }
    CHECK(amp_tx_arm(&channel.tx(), 8) == AMP_RING_FULL);
    CHECK_FALSE(receive(channel.rx()).empty());
    channel.attach(1);
    CHECK(amp_rx_need_doorbell(&channel.rx()));
}
