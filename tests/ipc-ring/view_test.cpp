// SPDX-License-Identifier: GPL-2.0-only
// The C++ view: same behaviour as the C calls below it, with spans and types.
#include "amp/ring/spsc.hpp"

#include <cstring>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::ring::ChannelEnd;
using amp::ring::Status;

namespace {
struct Sample {
    std::uint32_t number;
    float value;
};
}  // namespace

TEST_CASE("typed messages go through") {
    amp::test::Channel channel;
    ChannelEnd left, right;
    REQUIRE(left.attach(channel.memory(), channel.size, 0) == Status::OK);
    REQUIRE(right.attach(channel.memory(), channel.size, 1) == Status::OK);
    REQUIRE(left.sender().try_send_value(Sample{7, 1.5f}) == Status::OK);

    Sample sample{};
    auto bytes = std::as_writable_bytes(std::span(&sample, 1));
    REQUIRE(right.receiver().try_receive(bytes) == Status::OK);
    CHECK(bytes.size() == sizeof(Sample));
    CHECK(sample.number == 7);
    CHECK(sample.value == 1.5f);
    CHECK(right.receiver().try_receive(bytes) == Status::EMPTY);
}

TEST_CASE("reserve and peek give spans of the shared memory") {
    amp::test::Channel channel;
    ChannelEnd left, right;
    REQUIRE(left.attach(channel.memory(), channel.size, 0) == Status::OK);
    REQUIRE(right.attach(channel.memory(), channel.size, 1) == Status::OK);
    std::span<std::byte> space;
    REQUIRE(left.sender().reserve(16, space) == Status::OK);
    CHECK(space.size() == 16);
    std::memset(space.data(), 'q', 5);
    REQUIRE(left.sender().commit(5) == Status::OK);

    std::span<const std::byte> message;
    REQUIRE(right.receiver().peek(message) == Status::OK);
    CHECK(message.size() == 5);
    CHECK(message.data() == space.data());
    right.receiver().release();
    CHECK(right.receiver().arm() == Status::EMPTY);
    REQUIRE(left.sender().try_send(std::as_bytes(std::span("hi", 2))) == Status::OK);
    CHECK(left.sender().need_doorbell());
    CHECK_FALSE(left.sender().need_doorbell());
}

TEST_CASE("a message of more than 4 GiB is too long, not its low half") {
    amp::test::Channel channel;
    ChannelEnd left;
    REQUIRE(left.attach(channel.memory(), channel.size, 0) == Status::OK);
    const std::byte byte{};
    CHECK(left.sender().try_send(std::span(&byte, (std::size_t{1} << 32) + 1)) == Status::TOO_LONG);
}

TEST_CASE("the end of an end is an orderly detach") {
    amp::test::Channel channel;
    ChannelEnd right;
    REQUIRE(right.attach(channel.memory(), channel.size, 1) == Status::OK);
    {
        ChannelEnd left;
        REQUIRE(left.attach(channel.memory(), channel.size, 0) == Status::OK);
        CHECK(right.peer_attached());
    }
    CHECK_FALSE(right.peer_attached());
    ChannelEnd never;
    CHECK(never.attach(channel.memory(), 17, 0) == Status::BAD_MEMORY);
}

TEST_CASE("every status has its own text") {
#define AMP_CHECK_TEXT(name, number, text) CHECK(std::string(to_text(Status::name)) == text);
    AMP_RING_STATUS_LIST(AMP_CHECK_TEXT)
#undef AMP_CHECK_TEXT
    CHECK(std::string(to_text(Status{99})) == "unknown ring status");
}

TEST_CASE("a batch through the typed view") {
    amp::test::Channel channel;
    amp::ring::Sender sender(channel.tx());
    amp::ring::Receiver receiver(channel.rx());
    const std::uint32_t values[] = {1, 2};
    std::span<const std::byte> message;
    REQUIRE(sender.try_stage(std::as_bytes(std::span(values, 1))) == amp::ring::Status::OK);
    std::span<std::byte> space;
    REQUIRE(sender.reserve(4, space) == amp::ring::Status::OK);
    std::memcpy(space.data(), &values[1], 4);
    REQUIRE(sender.stage(4) == amp::ring::Status::OK);
    CHECK(receiver.peek(message) == amp::ring::Status::EMPTY);
    sender.publish();
    for (const std::uint32_t value : values) {
        REQUIRE(receiver.peek(message) == amp::ring::Status::OK);
        CHECK(std::memcmp(message.data(), &value, 4) == 0);
        receiver.take();
    }
    receiver.publish();
    CHECK(channel.header().side[1].consumed == 32);
}
