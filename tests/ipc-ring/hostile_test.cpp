// SPDX-License-Identifier: GPL-2.0-only
// A peer that writes anything anywhere in the channel: every call returns, no byte outside the channel is touched (address
// sanitizer), and no message is longer than the maximum.
#include "amp/ring/channel.h"

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::Random;
using amp::test::receive;
using amp::test::send;

namespace {

amp_record& record_at(Channel& channel, std::uint32_t offset) {
    return *reinterpret_cast<amp_record*>(static_cast<std::uint8_t*>(channel.memory()) + AMP_CHANNEL_HEADER_SIZE + offset);
}

// Values near where checks could be off by one.
std::uint32_t nasty(Random& random, std::uint32_t near) {
    static const std::uint32_t list[] = {0, 1, 7, 8, 0x7f8, 0x7f9, 0x800, 0xff8, 0x1000, 0x1008, 0x7fffffff, 0x80000000, UINT32_MAX,
                                         UINT32_MAX - 7, AMP_RECORD_MESSAGE, AMP_RECORD_PADDING};
    switch (random.below(4)) {
    case 0: return list[random.below(sizeof(list) / sizeof(list[0]))];
    case 1: return near + 8 * random.below(1024) - 8 * random.below(1024);
    case 2: return near + random.below(64) - random.below(64);
    default: return static_cast<std::uint32_t>(random());
    }
}

void scribble(Channel& channel, Random& random) {
    amp_channel_side& peer = channel.header().side[0];
    switch (random.below(8)) {
    case 0: peer.produced = nasty(random, channel.rx().consumed); break;
    case 1: peer.consumed = nasty(random, channel.tx(1).produced); break;
    case 2: peer.generation++; break;
    case 3: peer.start = nasty(random, channel.rx().consumed); break;
    case 4: peer.data_event = nasty(random, channel.tx(1).produced); break;
    case 5: peer.space_event = nasty(random, channel.rx().consumed); break;
    case 6: {
        amp_record& record = record_at(channel, 8 * random.below(0x1000 / 8));
        record.length = nasty(random, 0x1000);
        record.kind = random.below(4) == 0 ? nasty(random, 0) : random.below(2) == 0 ? AMP_RECORD_MESSAGE : AMP_RECORD_PADDING;
        break;
    }
    default: static_cast<std::uint32_t*>(channel.memory())[random.below(0x3000 / 4)] = nasty(random, 0);
    }
}

// One call of the honest side, whichever.
void honest_call(Channel& channel, Random& random, std::string& buffer) {
    const void* message = nullptr;
    void* space = nullptr;
    std::uint32_t length = 0;
    switch (random.below(8)) {
    case 0:
    case 1:
        if (amp_rx_try_receive(&channel.rx(), buffer.data(), static_cast<std::uint32_t>(buffer.size()), &length) == AMP_RING_OK) {
            REQUIRE(length <= AMP_RING_MESSAGE_MAX(channel.rx().size));
        }
        break;
    case 2:
        if (amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_OK) {
            REQUIRE(length <= AMP_RING_MESSAGE_MAX(channel.rx().size));
            std::memcpy(buffer.data(), message, length);  // reads what it was told it may
        }
        break;
    case 3: amp_rx_release(&channel.rx()); break;
    case 4:
        length = random.below(0x900);
        if (amp_tx_reserve(&channel.tx(1), length, &space) == AMP_RING_OK) {
            std::memset(space, 0x5a, length);
            REQUIRE(amp_tx_commit(&channel.tx(1), random.below(length + 1)) == AMP_RING_OK);
        }
        break;
    case 5:
        (void)amp_tx_need_doorbell(&channel.tx(1));
        (void)amp_rx_need_doorbell(&channel.rx());
        break;
    case 6:
        (void)amp_rx_arm(&channel.rx());
        (void)amp_tx_arm(&channel.tx(1), random.below(0x900));
        break;
    default:
        if (random.below(50) == 0) {
            amp_rx_resync(&channel.rx());
        } else if (random.below(50) == 0) {
            (void)amp_channel_attach(&channel.end[1], channel.memory(), channel.size, 1);
        }
    }
}

}  // namespace

TEST_CASE("a peer's index further ahead than the ring is corruption") {
    Channel channel;
    for (std::uint32_t produced : {0x1008u, 0x80000000u, 0xfffffff8u, 4u, 1u}) {
        channel.header().side[0].produced = produced;
        CHECK(receive(channel.rx()) == "<5>");
    }
    CHECK(channel.rx().corrupt_count == 5);
    channel.header().side[0].produced = 0;
    CHECK(receive(channel.rx()) == "<1>");
    CHECK(channel.header().side[1].consumed == 0);
}

TEST_CASE("a peer that has consumed what was not sent is corruption") {
    Channel channel;
    for (std::uint32_t consumed : {8u, 0x1000u, 0x7ffffff8u, 0xffffeff8u, 3u}) {
        channel.header().side[1].consumed = consumed;
        while (send(channel.tx(), "x") == AMP_RING_OK) {
        }
        CHECK(send(channel.tx(), "x") == AMP_RING_PEER_CORRUPT);
        channel.attach(0);
        channel.header().side[1].consumed = channel.tx().produced;
    }
}

TEST_CASE("records that can't be are refused") {
    struct Case {
        std::uint32_t kind, length, produced, start;
    };
    const Case cases[] = {
        {0, 8, 64, 0},                              // no kind
        {AMP_RECORD_MESSAGE, 64, 64, 0},            // header included, longer than what was committed
        {AMP_RECORD_MESSAGE, 0x7f9, 0x1000, 0},     // longer than the maximum
        {AMP_RECORD_MESSAGE, UINT32_MAX, 0x1000, 0},  // wraps when rounded up
        {AMP_RECORD_MESSAGE, UINT32_MAX - 7, 0x1000, 0},
        {AMP_RECORD_MESSAGE, 128, 0x1000, 0xf80},   // beyond the ring's end
        {AMP_RECORD_PADDING, 0xff8, 0x1000, 0},     // a whole ring of padding
        {AMP_RECORD_PADDING, 0x70, 0x1000, 0xf80},  // not up to the end
        {AMP_RECORD_PADDING, 0x78, 0x80, 0xf80},    // nothing behind it
        {AMP_RECORD_PADDING, 0x78, 0x100, 0xf80},   // more padding (or anything but a message) behind it
    };
    for (const Case& test : cases) {
        Channel channel(0x3000, test.start);
        record_at(channel, 0) = {0x78, AMP_RECORD_PADDING};
        record_at(channel, test.start) = {test.length, test.kind};
        channel.header().side[0].produced = test.start + test.produced;
        CHECK(receive(channel.rx()) == "<5>");
        CHECK(channel.header().side[1].consumed == test.start);
    }
}

TEST_CASE("a record that changes between peek and release can't move us past the peer's index") {
    Channel channel(0x3000, 0x1000 - 64);
    REQUIRE(send(channel.tx(), "12345678") == AMP_RING_OK);
    REQUIRE(send(channel.tx(), std::string(200, 'x')) == AMP_RING_OK);
    const void* message = nullptr;
    std::uint32_t length = 0;
    REQUIRE(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_OK);
    record_at(channel, 0x1000 - 64) = {56, AMP_RECORD_PADDING};
    record_at(channel, 0) = {1, 0};
    CHECK(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_PEER_CORRUPT);
    amp_rx_release(&channel.rx());
    CHECK(channel.header().side[1].consumed == 0x1000 - 64);
}

TEST_CASE("generations that change all the time don't keep a call from returning") {
    Channel channel;
    channel.header().side[0].produced = 0x100;
    for (std::uint32_t i = 0; i < 1000; i++) {
        channel.header().side[0].generation = i;
        channel.header().side[0].start = 8 * (i % 32);
        CHECK(receive(channel.rx()) == "<5>");
    }
}

TEST_CASE("a hundred thousand hostile moves per seed") {
    std::string buffer(0x1000, '\0');
    std::uint64_t corruptions = 0, messages = 0;
    for (std::uint64_t seed = 1; seed <= 12; seed++) {
        Random random(seed);
        Channel channel(0x3000, static_cast<std::uint32_t>(seed % 2 == 0 ? 0 : 0 - 0x800));
        for (int step = 0; step < 100000; step++) {
            switch (random.below(3)) {
            case 0: scribble(channel, random); break;
            case 1: honest_call(channel, random, buffer); break;
            default: (void)amp_tx_try_send(&channel.tx(0), buffer.data(), random.below(300));
            }
            if (random.below(200) == 0) {  // back to something sane, so that deeper states are reached too
                (void)amp_channel_stamp(channel.memory(), channel.size);
                channel.header().side[0].consumed = channel.tx(1).produced;
                (void)amp_channel_attach(&channel.end[0], channel.memory(), channel.size, 0);
                amp_rx_resync(&channel.rx());
            }
        }
        corruptions += channel.rx().corrupt_count + channel.tx(1).corrupt_count;
        messages += channel.rx().received_count;
    }
    CHECK(corruptions > 1000);  // the attacks were real
    CHECK(messages > 1000);     // and did not just break everything
}

// The short way of receiving takes a length for checked that was checked before: all else about the record is not.
TEST_CASE("a record of the usual length is no better than its kind, its place and the buffer") {
    Channel channel;
    char buffer[16];
    std::uint32_t length = 0;
    for (int i = 0; i < 2; i++) {
        REQUIRE(send(channel.tx(), "12345678") == AMP_RING_OK);
        REQUIRE(amp_rx_try_receive(&channel.rx(), buffer, sizeof(buffer), &length) == AMP_RING_OK);
    }
    const std::uint32_t next = channel.rx().consumed;

    SECTION("kind") {
        REQUIRE(send(channel.tx(), "12345678") == AMP_RING_OK);
        record_at(channel, next).kind = 0;
        CHECK(amp_rx_try_receive(&channel.rx(), buffer, sizeof(buffer), &length) == AMP_RING_PEER_CORRUPT);
    }
    SECTION("shown in part") {
        REQUIRE(send(channel.tx(), "12345678") == AMP_RING_OK);
        channel.header().side[0].produced = next + 8;
        CHECK(amp_rx_try_receive(&channel.rx(), buffer, sizeof(buffer), &length) == AMP_RING_PEER_CORRUPT);
    }
    SECTION("not shown at all") {
        record_at(channel, next) = {8, AMP_RECORD_MESSAGE};
        CHECK(amp_rx_try_receive(&channel.rx(), buffer, sizeof(buffer), &length) == AMP_RING_EMPTY);
    }
    SECTION("a smaller buffer") {
        REQUIRE(send(channel.tx(), "abcdefgh") == AMP_RING_OK);
        CHECK(amp_rx_try_receive(&channel.rx(), buffer, 7, &length) == AMP_RING_TOO_SMALL);
        CHECK(length == 8);
        REQUIRE(amp_rx_try_receive(&channel.rx(), buffer, 8, &length) == AMP_RING_OK);
        CHECK(std::memcmp(buffer, "abcdefgh", 8) == 0);
    }
    CHECK(channel.rx().consumed - next <= 16);
}

TEST_CASE("a receiver that has just attached believes no record that was not shown, not even an empty one") {
    Channel channel;
    record_at(channel, 0) = {0, AMP_RECORD_MESSAGE};
    CHECK(receive(channel.rx()) == "<" + std::to_string(AMP_RING_EMPTY) + ">");
    CHECK(channel.rx().received_count == 0);
}
