// SPDX-License-Identifier: GPL-2.0-only
// A driver that does everything it must not: the queue breaks, with the reason, and nobody touches it again; the process
// stays whole, which ASan and UBSan watch.
#include "amp/virtio/queue.hpp"

#include <atomic>
#include <cstring>
#include <thread>

#include <catch2/catch.hpp>

#include "support/rig.hpp"

using namespace amp::virtio;
using amp::test::Rig;
namespace flag = descriptor_flag;

namespace {

// pop() fails for `why`, once and for good; the used ring stays as it is.
void check_broken(Rig& rig, QueueError why) {
    CHECK_FALSE(rig.queue->pop(rig.chain));
    CHECK(rig.owner.breaks == 1);
    CHECK(to_text(rig.owner.error) == std::string(to_text(why)));
    CHECK(rig.queue->is_broken());
    const std::vector<std::byte> before(rig.ram.bytes().begin(), rig.ram.bytes().end());
    CHECK_FALSE(rig.queue->pop(rig.chain));
    for (std::uint16_t head = 0; head < 8; head++) {
        CHECK_FALSE(rig.queue->complete(head, 1));
    }
    rig.queue->flush();
    rig.queue->disable_notifications();
    CHECK(rig.queue->enable_notifications()); // so that no loop turns for ever
    CHECK(std::equal(before.begin(), before.end(), rig.ram.bytes().begin()));
    CHECK_FALSE(rig.restart()); // nor does the next worker
    CHECK(rig.owner.breaks == 1);
}

} // namespace

TEST_CASE("the available index jumps") {
    const std::uint16_t by = GENERATE(as<std::uint16_t>(), 9, 10, 0x7fff, 0x8000, 0xffff);
    Rig rig;
    rig.driver.available_index() = by;
    check_broken(rig, QueueError::available_jumped);
}

TEST_CASE("the available index goes back") {
    Rig rig;
    rig.start_at(100);
    rig.driver.available_index() = 99;
    check_broken(rig, QueueError::available_jumped);
}

TEST_CASE("a head that does not exist") {
    const std::uint16_t head = GENERATE(as<std::uint16_t>(), 8, 9, 0xffff);
    Rig rig;
    rig.driver.offer(head);
    check_broken(rig, QueueError::head_out_of_range);
}

TEST_CASE("a head that is in flight already") {
    Rig rig;
    rig.driver.add({{rig.buffer(), 4, true}});
    rig.driver.show();
    REQUIRE(rig.queue->pop(rig.chain));
    SECTION("taken") {}
    SECTION("completed, not flushed") {
        REQUIRE(rig.queue->complete(0, 0));
    }
    SECTION("taken by a worker that died") {
        rig.restart();
        REQUIRE(rig.queue->pop(rig.chain));
    }
    rig.driver.offer(0);
    check_broken(rig, QueueError::head_in_flight);
}

TEST_CASE("loops") {
    Rig rig;
    SECTION("of one") {
        rig.driver.descriptor(0) = {rig.buffer(), 4, flag::next, 0};
    }
    SECTION("of all") {
        for (std::uint16_t i = 0; i < 8; i++) {
            rig.driver.descriptor(i) = {rig.buffer(), 4, flag::next, static_cast<std::uint16_t>((i + 1) % 8)};
        }
    }
    SECTION("behind a start, of empty buffers") {
        rig.driver.descriptor(0) = {0, 0, flag::next, 1};
        rig.driver.descriptor(1) = {0, 0, flag::next, 2};
        rig.driver.descriptor(2) = {0, 0, flag::next, 1};
    }
    SECTION("in a table") {
        rig.driver.descriptor(0) = {rig.driver.indirect_gpa(0), 32, flag::indirect, 0};
        rig.driver.indirect(0, 0) = {rig.buffer(), 4, flag::next, 1};
        rig.driver.indirect(0, 1) = {rig.buffer(), 4, flag::next, 0};
    }
    rig.driver.offer(0);
    check_broken(rig, QueueError::chain_loops);
}

TEST_CASE("next leads out of the table") {
    const std::uint16_t next = GENERATE(as<std::uint16_t>(), 8, 0xffff);
    Rig rig;
    SECTION("of the queue") {
        rig.driver.descriptor(0) = {rig.buffer(), 4, flag::next, next};
    }
    SECTION("of an indirect one") {
        rig.driver.descriptor(0) = {rig.driver.indirect_gpa(0), 8 * 16, flag::indirect, 0};
        rig.driver.indirect(0, 0) = {rig.buffer(), 4, flag::next, next};
    }
    rig.driver.offer(0);
    check_broken(rig, QueueError::head_out_of_range);
}

TEST_CASE("buffers that are not memory") {
    Rig rig;
    const std::uint64_t end = amp::test::ram_gpa + amp::test::ram_bytes;
    SECTION("before it") {
        rig.driver.descriptor(0) = {amp::test::ram_gpa - 1, 2, 0, 0};
    }
    SECTION("behind it") {
        rig.driver.descriptor(0) = {end, 1, flag::write, 0};
    }
    SECTION("across its end") {
        rig.driver.descriptor(0) = {end - 4, 5, flag::write, 0};
    }
    SECTION("from the end of all addresses to 0") {
        rig.driver.descriptor(0) = {UINT64_MAX - 3, 8, flag::write, 0};
    }
    SECTION("longest") {
        rig.driver.descriptor(0) = {rig.buffer(), UINT32_MAX, flag::write, 0};
    }
    SECTION("a table") {
        rig.driver.descriptor(0) = {end - 16, 32, flag::indirect, 0};
    }
    SECTION("a table at the end of all addresses") {
        rig.driver.descriptor(0) = {UINT64_MAX - 15, 32, flag::indirect, 0};
    }
    SECTION("a good one first") {
        rig.driver.descriptor(0) = {rig.buffer(), 4, flag::next, 1};
        rig.driver.descriptor(1) = {0, 4, 0, 0};
    }
    rig.driver.offer(0);
    check_broken(rig, QueueError::buffer_outside);
    CHECK(rig.chain.readable().empty());
    CHECK(rig.chain.writable().empty());
}

TEST_CASE("indirect descriptors where none may be") {
    std::uint64_t features = amp::test::all_features;
    Descriptor first{0, 32, flag::indirect, 0};
    bool nested = false;
    SECTION("not agreed on") {
        features = feature::version_1 | feature::event_idx;
    }
    SECTION("with NEXT") {
        first.flags |= flag::next;
        first.next = 1;
    }
    SECTION("in a table") {
        nested = true;
    }
    SECTION("of no length") {
        first.length = 0;
    }
    SECTION("of half a descriptor") {
        first.length = 24;
    }
    Rig rig(8, features);
    first.address = rig.driver.indirect_gpa(0);
    rig.driver.descriptor(0) = first;
    rig.driver.indirect(0, 0) = {rig.buffer(), 4, flag::next, 1};
    rig.driver.indirect(0, 1) = {rig.driver.indirect_gpa(1), 16, nested ? flag::indirect : flag::write, 0};
    rig.driver.indirect(1, 0) = {rig.buffer(), 4, 0, 0};
    rig.driver.offer(0);
    check_broken(rig, QueueError::indirect_refused);
}

TEST_CASE("readable behind writable") {
    Rig rig;
    SECTION("in the queue") {
        rig.driver.add({{rig.buffer(), 4, true}, {rig.buffer(), 4, false}});
    }
    SECTION("in a table") {
        rig.driver.add({{rig.buffer(), 4, true}, {rig.buffer(), 4, false}}, true);
    }
    SECTION("from the queue into a table") {
        rig.driver.descriptor(0) = {rig.buffer(), 4, flag::write | flag::next, 1};
        rig.driver.descriptor(1) = {rig.driver.indirect_gpa(0), 16, flag::indirect, 0};
        rig.driver.indirect(0, 0) = {rig.buffer(), 4, 0, 0};
        rig.driver.offer(0);
    }
    rig.driver.show();
    check_broken(rig, QueueError::readable_after_writable);
}

TEST_CASE("chains that are too long or too big") {
    Rig rig(8);
    SECTION("more entries than any table may have") {
        rig.driver.descriptor(0) = {rig.buffer(), (chain_max + 1) * 16, flag::indirect, 0};
        rig.driver.offer(0);
        check_broken(rig, QueueError::chain_too_long);
    }
    SECTION("direct and indirect ones together") {
        rig.driver.descriptor(0) = {rig.buffer(), 4, flag::next, 1};
        rig.driver.descriptor(1) = {rig.buffer(), chain_max * 16, flag::indirect, 0};
        for (unsigned i = 0; i < chain_max; i++) {
            const Descriptor entry{rig.buffer(), 1, i + 1 < chain_max ? flag::next : std::uint16_t{0},
                                   static_cast<std::uint16_t>(i + 1)};
            std::memcpy(rig.buffer_bytes(std::uint64_t{16} * i), &entry, sizeof(entry));
        }
        rig.driver.offer(0);
        check_broken(rig, QueueError::chain_too_long);
    }
}

TEST_CASE("more than 2^32 bytes in one chain") {
    // The same 1 MiB over and over: 4096 of them are 2^32, which is allowed, but a table has 1024; so 16 MiB each.
    amp::test::Ram ram(amp::test::Ram::Kind::shared, 0x1100000);
    amp::test::Driver driver(ram.data(), 8, true);
    auto state = std::make_unique<QueueState>();
    driver.describe(*state);
    amp::test::Owner owner;
    Queue queue(ram.memory(), *state, 0, owner);
    REQUIRE(queue.start(amp::test::all_features));
    const unsigned entries = GENERATE(256u, 257u);
    const std::uint64_t table = 0x8000;
    for (unsigned i = 0; i < entries; i++) {
        const Descriptor entry{amp::test::ram_gpa + 0x100000, 0x1000000, i + 1 < entries ? flag::next : std::uint16_t{0},
                               static_cast<std::uint16_t>(i + 1)};
        std::memcpy(ram.data() + table + std::uint64_t{16} * i, &entry, sizeof(entry));
    }
    driver.descriptor(0) = {amp::test::ram_gpa + table, entries * 16, flag::indirect, 0};
    driver.offer(0);
    Chain chain;
    CHECK(queue.pop(chain) == (entries == 256));
    CHECK(owner.error == (entries == 256 ? QueueError::none : QueueError::chain_too_big));
}

TEST_CASE("rings that are none") {
    const auto refused = [](auto change) {
        Rig rig;
        change(*rig.state);
        const bool started = rig.restart();
        return started ? QueueError::none : rig.owner.error;
    };
    const std::uint64_t end = amp::test::ram_gpa + amp::test::ram_bytes;
    for (const std::uint32_t size : {0u, 3u, 9u, 2048u, 32768u, 65536u, 0x80000000u, UINT32_MAX}) {
        CHECK(refused([size](QueueState& state) { state.size = size; }) == QueueError::bad_size);
    }
    CHECK(refused([](QueueState& state) { state.desc += 8; }) == QueueError::bad_address);
    CHECK(refused([](QueueState& state) { state.driver += 1; }) == QueueError::bad_address);
    CHECK(refused([](QueueState& state) { state.device += 2; }) == QueueError::bad_address);
    CHECK(refused([](QueueState& state) { state.desc = 0; }) == QueueError::bad_address);
    CHECK(refused([=](QueueState& state) { state.desc = end - 112; }) == QueueError::bad_address);
    CHECK(refused([=](QueueState& state) { state.desc = end - 128; }) == QueueError::none);
    CHECK(refused([=](QueueState& state) { state.driver = end - 20; }) == QueueError::bad_address);
    CHECK(refused([=](QueueState& state) { state.driver = end - 22; }) == QueueError::none);
    CHECK(refused([=](QueueState& state) { state.device = end - 68; }) == QueueError::bad_address);
    CHECK(refused([=](QueueState& state) { state.device = end - 72; }) == QueueError::none);
    CHECK(refused([](QueueState& state) { state.device = UINT64_MAX - 3; }) == QueueError::bad_address);
    CHECK(refused([](QueueState& state) { state.desc = UINT64_MAX - 15; }) == QueueError::bad_address);
}

TEST_CASE("rings that lie in each other and in their buffers") {
    Rig rig;
    rig.state->driver = rig.state->device = rig.state->desc;
    REQUIRE(rig.restart());
    amp::test::Random random(5);
    for (unsigned i = 0; i < 20000 && !rig.queue->is_broken(); i++) {
        rig.ram.data()[random.below(256)] = std::byte(random.below(256));
        if (rig.queue->pop(rig.chain)) {
            rig.chain.write(0, std::as_bytes(std::span("0123456789abcdef")));
            rig.queue->complete(rig.chain.head(), random.below(9));
            rig.queue->flush();
        }
    }
    CHECK(rig.queue->in_flight() <= 8);
}

TEST_CASE("state that a worker of the guest's left") {
    amp::test::Random random(7);
    unsigned started = 0;
    for (unsigned round = 0; round < 3000; round++) {
        Rig rig;
        auto* words = static_cast<std::uint32_t*>(static_cast<void*>(&rig.state->progress));
        const std::size_t count = (sizeof(QueueState) - offsetof(QueueState, progress)) / 4;
        for (unsigned i = 0; i < 1 + random.below(40); i++) {
            // The beginnings of the fields, mostly: the far ends of the tables don't matter with a queue of 8.
            const std::size_t place[] = {0, 1 + random.below(16), count - 2 * queue_size_limit + random.below(16),
                                         random.below(static_cast<std::uint32_t>(count))};
            const auto any = static_cast<std::uint32_t>(random.next());
            words[place[random.below(4)]] = random.below(2) != 0 ? random.below(20) : any;
        }
        if (rig.restart()) {
            started++;
            CHECK(rig.queue->in_flight() <= 8);
            for (unsigned i = 0; i < 100 && rig.queue->pop(rig.chain); i++) {
                rig.queue->complete(rig.chain.head(), 1);
            }
            rig.queue->flush();
        } else {
            CHECK(rig.owner.error == QueueError::state_corrupt);
        }
    }
    CHECK(started > 100);
    CHECK(started < 2900);
}

#ifndef __SANITIZE_THREAD__
// Another VCPU changes everything while we look: what was checked has to be what is used.
TEST_CASE("rings and descriptors change all the time") {
    Rig rig;
    std::atomic<bool> stop{false};
    std::thread scribbler([&] {
        amp::test::Random random(1);
        while (!stop) {
            auto& descriptor = rig.driver.descriptor(random.below(8)); // one word at a time, good and bad in turn
            __atomic_store_n(&descriptor.address, random.below(2) != 0 ? rig.buffer() : random.next(), __ATOMIC_RELAXED);
            __atomic_store_n(&descriptor.length, random.below(2) != 0 ? 64u : 0xffffffffu, __ATOMIC_RELAXED);
            __atomic_store_n(&descriptor.flags, static_cast<std::uint16_t>(random.below(8)), __ATOMIC_RELAXED);
            __atomic_store_n(&descriptor.next, static_cast<std::uint16_t>(random.below(10)), __ATOMIC_RELAXED);
        }
    });
    unsigned good = 0;
    std::byte sink[64];
    for (unsigned i = 0; i < 100000; i++) {
        rig.driver.offer(static_cast<std::uint16_t>(i % 8));
        if (rig.queue->pop(rig.chain)) {
            good++;
            rig.chain.read(0, sink);
            rig.chain.write(0, sink);
            rig.queue->complete(rig.chain.head(), 1);
            rig.queue->flush();
        } else {
            rig.state->broken = 0;
            rig.state->progress = 0;
            std::memset(rig.state->in_flight, 0, 64);
            rig.driver.start_at(0);
            rig.restart();
        }
    }
    stop = true;
    scribbler.join();
    CHECK(good > 0);
}
#endif
