// SPDX-License-Identifier: GPL-2.0-only
// What a split queue does with a driver that obeys: the rules of virtio 1.2, 2.7.
#include "amp/virtio/queue.hpp"

#include <cstring>

#include <catch2/catch.hpp>

#include "support/rig.hpp"

using namespace amp::virtio;
using amp::test::Buffer;
using amp::test::Rig;

TEST_CASE("a chain is read, written, reported") {
    const bool indirect = GENERATE(false, true);
    Rig rig;
    std::memcpy(rig.buffer_bytes(), "hello", 5);
    const Buffer buffers[] = {{rig.buffer(), 2, false}, {rig.buffer(2), 3, false}, {rig.buffer(64), 16, true}};
    const auto head = rig.driver.add(buffers, indirect);
    REQUIRE_FALSE(rig.queue->pop(rig.chain)); // not shown yet
    rig.driver.show();
    REQUIRE(rig.queue->pop(rig.chain));
    CHECK(rig.chain.head() == head);
    CHECK_FALSE(rig.chain.replayed());
    CHECK(rig.chain.readable().size() == 2);
    CHECK(rig.chain.writable().size() == 1);
    CHECK(rig.chain.readable_bytes() == 5);
    CHECK(rig.chain.writable_bytes() == 16);
    char text[8] = {};
    CHECK(rig.chain.read(0, std::as_writable_bytes(std::span(text))) == 5);
    CHECK(std::string(text) == "hello");
    CHECK(rig.chain.write_value(0, std::uint32_t{0x01020304}));
    CHECK_FALSE(rig.chain.write_value(13, std::uint32_t{0}));
    REQUIRE(rig.queue->complete(rig.chain.head(), 4));
    CHECK_FALSE(rig.driver.collect()); // not flushed yet
    rig.queue->flush();
    const auto used = rig.driver.collect();
    REQUIRE(used);
    CHECK(used->head == head);
    CHECK(used->written == 4);
    CHECK(rig.buffer_bytes(64)[0] == std::byte{4});
    CHECK(rig.queue->in_flight() == 0);
    CHECK_FALSE(rig.queue->pop(rig.chain));
}

TEST_CASE("indices wrap at 2^16, with chains completed in any order") {
    const std::uint64_t features =
        GENERATE(values<std::uint64_t>({amp::test::all_features, feature::version_1 | feature::indirect_desc}));
    for (const std::uint16_t size : {std::uint16_t{1}, std::uint16_t{4}, std::uint16_t{16}}) {
        Rig rig(size, features);
        amp::test::Random random(size);
        std::vector<std::uint16_t> taken;
        unsigned shown = 0;
        unsigned reported = 0;
        while (reported < 70000) {
            while (shown < 70000 && random.below(4) != 0 &&
                   rig.driver.add({{rig.buffer(), 8, true}}, random.below(2) != 0)) {
                shown++;
            }
            rig.driver.show();
            while (random.below(8) != 0 && rig.queue->pop(rig.chain)) {
                taken.push_back(rig.chain.head());
            }
            while (!taken.empty() && random.below(8) != 0) {
                const std::uint32_t which = random.below(static_cast<std::uint32_t>(taken.size()));
                if (!rig.queue->complete(taken[which], which)) {
                    FAIL("a taken chain was not accepted back");
                }
                taken.erase(taken.begin() + which);
            }
            rig.queue->flush();
            while (const auto used = rig.driver.collect()) {
                if (used->head == UINT16_MAX) {
                    FAIL("something was reported that was not asked for");
                }
                reported++;
            }
        }
        CHECK(shown == 70000);
        CHECK(rig.driver.outstanding() == 0);
        CHECK(rig.queue->in_flight() == 0);
        CHECK_FALSE(rig.queue->is_broken());
    }
}

TEST_CASE("a full queue across the wrap, one batch") {
    Rig rig(8);
    rig.start_at(65533);
    for (unsigned i = 0; i < 8; i++) {
        REQUIRE(rig.driver.add({{rig.buffer(), 8, true}}));
    }
    rig.driver.show();
    std::vector<std::uint16_t> order;
    while (rig.queue->pop(rig.chain)) {
        order.push_back(rig.chain.head());
        REQUIRE(rig.queue->complete(rig.chain.head(), rig.chain.head()));
    }
    CHECK(order.size() == 8);
    CHECK(rig.driver.used_index() == 65533);
    rig.queue->flush();
    CHECK(rig.driver.used_index() == 5);
    for (const std::uint16_t head : order) {
        const auto used = rig.driver.collect();
        REQUIRE(used);
        CHECK(used->head == head);
        CHECK(used->written == head);
    }
}

TEST_CASE("an event is passed by moving over it, also across the wrap (2.7.10)") {
    CHECK(passes_event(0, 0, 1));
    CHECK_FALSE(passes_event(1, 0, 1));
    CHECK(passes_event(1, 0, 2));
    CHECK_FALSE(passes_event(0, 1, 2));
    CHECK(passes_event(65535, 65535, 0));
    CHECK(passes_event(65535, 65530, 3));
    CHECK(passes_event(2, 65530, 3));
    CHECK_FALSE(passes_event(3, 65530, 3));
    CHECK_FALSE(passes_event(65529, 65530, 3));
    CHECK_FALSE(passes_event(5, 5, 5));
}

namespace {

void one_request(Rig& rig) {
    REQUIRE(rig.driver.add({{rig.buffer(), 8, true}}));
    rig.driver.show();
    REQUIRE(rig.queue->pop(rig.chain));
    REQUIRE(rig.queue->complete(rig.chain.head(), 0));
    rig.queue->flush();
}

} // namespace

TEST_CASE("interrupts come when the driver's event is passed, and the first always") {
    const std::uint16_t first = GENERATE(as<std::uint16_t>(), 0, 65534);
    Rig rig;
    rig.start_at(first);
    rig.driver.used_event() = static_cast<std::uint16_t>(first + 3);
    one_request(rig);
    CHECK(rig.owner.interrupts == 1); // a worker's first: nobody knows what the one before has told
    one_request(rig);
    one_request(rig);
    CHECK(rig.owner.interrupts == 1);
    one_request(rig); // the fourth is number first + 3
    CHECK(rig.owner.interrupts == 2);
    one_request(rig);
    CHECK(rig.owner.interrupts == 2);
    rig.driver.used_event() = static_cast<std::uint16_t>(first + 5);
    one_request(rig);
    CHECK(rig.owner.interrupts == 3);
}

TEST_CASE("without the event index the driver's flag decides") {
    Rig rig(8, feature::version_1);
    one_request(rig);
    CHECK(rig.owner.interrupts == 1);
    rig.driver.available_flags() = avail_no_interrupt;
    one_request(rig);
    CHECK(rig.owner.interrupts == 1);
    rig.driver.available_flags() = 0;
    one_request(rig);
    CHECK(rig.owner.interrupts == 2);
}

TEST_CASE("a batch is one interrupt, an empty one is none") {
    Rig rig;
    rig.queue->flush();
    CHECK(rig.owner.interrupts == 0);
    for (unsigned i = 0; i < 5; i++) {
        rig.driver.add({{rig.buffer(), 8, true}});
    }
    rig.driver.show();
    while (rig.queue->pop(rig.chain)) {
        rig.queue->complete(rig.chain.head(), 0);
    }
    rig.queue->flush();
    rig.queue->flush();
    CHECK(rig.owner.interrupts == 1);
}

TEST_CASE("a device that sleeps is kicked, one that works is not") {
    const std::uint64_t features = GENERATE(values<std::uint64_t>({amp::test::all_features, feature::version_1}));
    Rig rig(8, features);
    const auto offer = [&rig] {
        REQUIRE(rig.driver.add({{rig.buffer(), 8, true}}));
        return rig.driver.show();
    };
    REQUIRE(rig.queue->enable_notifications());
    CHECK(offer());
    rig.queue->disable_notifications();
    REQUIRE(rig.queue->pop(rig.chain));
    CHECK_FALSE(offer());
    CHECK_FALSE(rig.queue->enable_notifications()); // look again
    rig.queue->disable_notifications();
    REQUIRE(rig.queue->pop(rig.chain));
    REQUIRE_FALSE(rig.queue->pop(rig.chain));
    REQUIRE(rig.queue->enable_notifications());
    CHECK(offer());
}

TEST_CASE("an indirect table may be longer than the queue, and follow other buffers") {
    Rig rig(4);
    for (std::uint32_t i = 0; i < 16; i++) {
        const auto flags = static_cast<std::uint16_t>(descriptor_flag::write | (i < 15 ? descriptor_flag::next : 0));
        rig.driver.indirect(1, i) = {rig.buffer(i * 8), 8, flags, static_cast<std::uint16_t>(i + 1)};
    }
    rig.driver.descriptor(0) = {rig.buffer(512), 4, descriptor_flag::next, 1};
    // WRITE means nothing beside INDIRECT (2.7.5.3.2).
    rig.driver.descriptor(1) = {rig.driver.indirect_gpa(1), 256, descriptor_flag::indirect | descriptor_flag::write, 0};
    rig.driver.offer(0);
    REQUIRE(rig.queue->pop(rig.chain));
    CHECK(rig.chain.readable_bytes() == 4);
    CHECK(rig.chain.writable().size() == 16);
}

TEST_CASE("an indirect table need not be aligned") {
    Rig rig(4);
    const Descriptor table[2] = {{rig.buffer(), 8, descriptor_flag::next, 1}, {rig.buffer(8), 9, descriptor_flag::write, 0}};
    for (unsigned shift = 0; shift < 16; shift++) {
        std::memcpy(rig.buffer_bytes(0x100 + shift), table, sizeof(table));
        rig.driver.descriptor(0) = {rig.buffer(0x100 + shift), 32, descriptor_flag::indirect, 0};
        rig.driver.offer(0);
        REQUIRE(rig.queue->pop(rig.chain));
        CHECK(rig.chain.readable_bytes() == 8);
        CHECK(rig.chain.writable_bytes() == 9);
        rig.queue->complete(0, 0);
        rig.queue->flush();
    }
}

TEST_CASE("a buffer of length 0 is nowhere, but keeps its place") {
    Rig rig;
    rig.driver.add({{0xdead00000000, 0, false}, {rig.buffer(), 4, true}, {0, 0, true}});
    rig.driver.show();
    REQUIRE(rig.queue->pop(rig.chain));
    CHECK(rig.chain.readable().empty());
    CHECK(rig.chain.writable().size() == 1);
    rig.driver.add({{0, 0, true}, {rig.buffer(), 4, false}});
    rig.driver.show();
    CHECK_FALSE(rig.queue->pop(rig.chain));
    CHECK(rig.owner.error == QueueError::readable_after_writable);
}

TEST_CASE("only what was taken is taken back, and once") {
    Rig rig;
    rig.driver.add({{rig.buffer(), 4, true}});
    rig.driver.show();
    CHECK_FALSE(rig.queue->complete(0, 0));
    REQUIRE(rig.queue->pop(rig.chain));
    CHECK_FALSE(rig.queue->complete(1, 0));
    CHECK_FALSE(rig.queue->complete(8, 0));
    CHECK_FALSE(rig.queue->complete(UINT16_MAX, 0));
    CHECK(rig.queue->complete(0, 0));
    CHECK_FALSE(rig.queue->complete(0, 0));
    rig.queue->flush();
    CHECK_FALSE(rig.queue->complete(0, 0));
    rig.queue->flush();
    CHECK(rig.driver.used_index() == 1);
}

TEST_CASE("a back end with rings of its own gets their places and where to go on") {
    Rig rig;
    rig.driver.used_index() = 77;
    const RawQueue raw = rig.queue->raw();
    CHECK(raw.size == 8);
    CHECK(raw.desc == rig.driver.desc_gpa());
    CHECK(raw.driver == rig.driver.driver_gpa());
    CHECK(raw.device == rig.driver.device_gpa());
    CHECK(raw.desc_here == rig.ram.data());
    CHECK(raw.device_here - raw.desc_here == static_cast<std::ptrdiff_t>(raw.device - raw.desc));
    CHECK(raw.next_available == 77);
}
