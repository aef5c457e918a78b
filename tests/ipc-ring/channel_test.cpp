// SPDX-License-Identifier: GPL-2.0-only
// Sizes, initialisation, attach, detach, generations, and what survives a restart.
#include "amp/ring/channel.h"

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::receive;
using amp::test::send;

TEST_CASE("ring size is the largest power of two of which two fit") {
    CHECK(amp_channel_ring_size(0x1000) == 0);
    CHECK(amp_channel_ring_size(0x2000) == 0x800);
    CHECK(amp_channel_ring_size(0x3000) == 0x1000);
    CHECK(amp_channel_ring_size(0x10000) == 0x4000);
    CHECK(amp_channel_ring_size(0x11000) == 0x8000);
    CHECK(amp_channel_ring_size(0x100000) == 0x40000);
    CHECK(amp_channel_ring_size(0x40000000) == 0x10000000);
    CHECK(amp_channel_ring_size(0x40001000) == 0);
    CHECK(amp_channel_ring_size(0x3800) == 0);
    for (std::uint64_t size = AMP_CHANNEL_SIZE_MIN; size < 0x200000; size += AMP_PAGE_SIZE) {
        const std::uint64_t ring = amp_channel_ring_size(size);
        REQUIRE((ring & (ring - 1)) == 0);
        REQUIRE(AMP_CHANNEL_HEADER_SIZE + 2 * ring <= size);
        REQUIRE(AMP_CHANNEL_HEADER_SIZE + 4 * ring > size);
    }
}

TEST_CASE("attach refuses what is no channel") {
    Channel channel;
    amp_channel_end end;
    CHECK(amp_channel_attach(&end, channel.memory(), channel.size, 2) == AMP_RING_BAD_MEMORY);
    CHECK(amp_channel_attach(&end, channel.memory(), 0x1000, 0) == AMP_RING_BAD_MEMORY);
    CHECK(amp_channel_attach(&end, static_cast<char*>(channel.memory()) + 8, 0x2000, 0) == AMP_RING_BAD_MEMORY);
    CHECK(amp_channel_attach(&end, channel.memory(), 0x2000, 0) == AMP_RING_BAD_HEADER);
    channel.header().constants.abi_major++;
    CHECK(amp_channel_attach(&end, channel.memory(), channel.size, 0) == AMP_RING_BAD_HEADER);
    CHECK(amp_channel_stamp(channel.memory(), channel.size) == AMP_RING_OK);
    CHECK(amp_channel_attach(&end, channel.memory(), channel.size, 0) == AMP_RING_OK);
    channel.header().constants.magic = 0;
    CHECK(amp_channel_attach(&end, channel.memory(), channel.size, 0) == AMP_RING_BAD_HEADER);
}

TEST_CASE("each attach is a new generation that the peer sees") {
    Channel channel;
    CHECK(channel.end[0].generation == 1);
    CHECK(amp_channel_peer_generation(&channel.end[1]) == 1);
    CHECK(amp_channel_peer_attached(&channel.end[1]));
    amp_channel_detach(&channel.end[0]);
    CHECK_FALSE(amp_channel_peer_attached(&channel.end[1]));
    channel.attach(0);
    CHECK(amp_channel_peer_generation(&channel.end[1]) == 2);
    channel.header().side[0].generation = UINT32_MAX;
    channel.attach(0);
    CHECK(amp_channel_peer_generation(&channel.end[1]) == 1);
}

TEST_CASE("what was committed survives the sender, what was not does not") {
    Channel channel;
    REQUIRE(send(channel.tx(), "kept") == AMP_RING_OK);
    void* space = nullptr;
    REQUIRE(amp_tx_reserve(&channel.tx(), 50, &space) == AMP_RING_OK);
    std::memset(space, 'l', 50);
    channel.attach(0);
    REQUIRE(send(channel.tx(), "next") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "kept");
    CHECK(receive(channel.rx()) == "next");
    CHECK(receive(channel.rx()) == "<1>");
}

TEST_CASE("a receiver that died before its release gets the message again") {
    Channel channel;
    REQUIRE(send(channel.tx(), "once") == AMP_RING_OK);
    REQUIRE(send(channel.tx(), "more") == AMP_RING_OK);
    const void* message = nullptr;
    std::uint32_t length = 0;
    REQUIRE(amp_rx_peek(&channel.rx(), &message, &length) == AMP_RING_OK);
    channel.attach(1);
    CHECK(receive(channel.rx()) == "once");
    channel.attach(1);
    CHECK(receive(channel.rx()) == "more");
}

TEST_CASE("a receiver gives way when the indices contradict each other") {
    Channel channel;
    REQUIRE(send(channel.tx(), "gone") == AMP_RING_OK);
    channel.header().side[1].consumed = 0x12340;
    CHECK(amp_tx_ready(&channel.tx(), 0x7f8) == AMP_RING_OK);  // fits by the private copy: the peer's index is not needed
    channel.attach(1);
    CHECK(channel.rx().resync_count == 1);
    CHECK(receive(channel.rx()) == "<1>");
    REQUIRE(send(channel.tx(), "new") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "new");
}

TEST_CASE("a sender whose index was damaged goes on after the receiver has followed") {
    Channel channel;
    REQUIRE(send(channel.tx(), "gone") == AMP_RING_OK);
    channel.header().side[0].produced = 0x777777;  // by its former life
    CHECK(receive(channel.rx()) == "<5>");
    channel.attach(0);
    CHECK(channel.tx().produced == 0x777770);
    CHECK(send(channel.tx(), "early") == AMP_RING_PEER_CORRUPT);
    CHECK(receive(channel.rx()) == "<1>");  // followed to where the new generation starts
    CHECK(channel.rx().resync_count == 1);
    REQUIRE(send(channel.tx(), "new") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "new");
}

TEST_CASE("nonsense of an old generation costs the new one nothing") {
    Channel channel;
    REQUIRE(send(channel.tx(), "nonsense") == AMP_RING_OK);
    auto* ring = static_cast<std::uint8_t*>(channel.memory()) + AMP_CHANNEL_HEADER_SIZE;
    std::memset(ring, 0xff, 8);
    CHECK(receive(channel.rx()) == "<5>");
    channel.attach(0);
    REQUIRE(send(channel.tx(), "first") == AMP_RING_OK);
    REQUIRE(send(channel.tx(), "second") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "first");
    CHECK(receive(channel.rx()) == "second");
    CHECK(receive(channel.rx()) == "<1>");
}

TEST_CASE("nonsense of this generation stays an error until the caller resyncs") {
    Channel channel;
    REQUIRE(send(channel.tx(), "good") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "good");
    REQUIRE(send(channel.tx(), "bad") == AMP_RING_OK);
    std::memset(static_cast<std::uint8_t*>(channel.memory()) + AMP_CHANNEL_HEADER_SIZE + 16, 0xff, 8);
    for (int i = 0; i < 3; i++) {
        CHECK(receive(channel.rx()) == "<5>");
    }
    CHECK(channel.rx().corrupt_count == 3);
    amp_rx_resync(&channel.rx());
    CHECK(receive(channel.rx()) == "<1>");
    REQUIRE(send(channel.tx(), "again") == AMP_RING_OK);
    CHECK(receive(channel.rx()) == "again");
}
