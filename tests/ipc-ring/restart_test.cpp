// SPDX-License-Identifier: GPL-2.0-only
// Real deaths: one side is a process killed at random points, the other sees every committed message, once, in order. Each
// message carries its own index, so that a hole or a torn message shows.
#include "amp/ring/channel.h"

#include <csignal>
#include <ctime>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Random;

namespace {

constexpr std::uint64_t channel_size = 0x3000;
constexpr int lives = 500;  // of each side: 1,000 kills
constexpr std::uint32_t batch_max = 4;

// The channel and what the child tells beside it, shared between parent and child.
struct Shared {
    alignas(4096) std::uint8_t channel[channel_size];
    std::uint32_t next;       // receiver child: sequence number that it expects
    std::uint32_t violations; // receiver child: messages that were not what they had to be
    std::uint32_t attached;   // children that got going
};

class SharedMemory {
public:
    SharedMemory()
        : shared_(static_cast<Shared*>(
              mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {
        REQUIRE(shared_ != MAP_FAILED);
        REQUIRE(amp_channel_init(shared_->channel, channel_size) == AMP_RING_OK);
    }
    ~SharedMemory() { munmap(shared_, sizeof(Shared)); }
    Shared* operator->() { return shared_; }
    Shared& operator*() { return *shared_; }

private:
    Shared* shared_;
};

template <typename Function>
pid_t in_child(Function function) {
    const pid_t child = fork();
    if (child == 0) {
        function();
        _exit(1);
    }
    return child;
}

std::int64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

// Works while the child lives, kills it after up to a millisecond from when it got going.
template <typename Work>
void live_and_die(pid_t child, Shared& shared, std::uint32_t life, Random& random, Work work) {
    while (__atomic_load_n(&shared.attached, __ATOMIC_ACQUIRE) < life) {
        work();
    }
    const std::int64_t end = now_ns() + random.below(1000000);
    while (now_ns() < end) {
        work();
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
}

// The whole message consists of its record's index.
[[noreturn]] void send_for_ever(Shared& shared, std::uint64_t seed) {
    Random random(seed);
    amp_channel_end end;
    if (amp_channel_attach(&end, shared.channel, channel_size, 0) != AMP_RING_OK) {
        _exit(2);
    }
    __atomic_fetch_add(&shared.attached, 1, __ATOMIC_RELEASE);
    for (;;) {
        for (std::uint32_t left = 1 + random.below(batch_max); left > 0; left--) {
            const std::uint32_t words = 1 + random.below(100);
            void* space = nullptr;
            if (amp_tx_reserve(&end.tx, 4 * words, &space) != AMP_RING_OK) {
                break;
            }
            const std::uint32_t index = end.tx.produced + end.tx.padding;
            for (std::uint32_t i = 0; i < words; i++) {
                static_cast<std::uint32_t*>(space)[i] = index;
            }
            (void)amp_tx_stage(&end.tx, 4 * words);
        }
        amp_tx_publish(&end.tx);
    }
}

[[noreturn]] void receive_for_ever(Shared& shared) {
    amp_channel_end end;
    if (amp_channel_attach(&end, shared.channel, channel_size, 1) != AMP_RING_OK) {
        _exit(2);
    }
    __atomic_fetch_add(&shared.attached, 1, __ATOMIC_RELEASE);
    for (bool first = true;;) {
        for (std::uint32_t taken = 0; taken < batch_max; taken++) {
            const void* message = nullptr;
            std::uint32_t length = 0;
            if (amp_rx_peek(&end.rx, &message, &length) != AMP_RING_OK) {
                break;
            }
            const std::uint32_t sequence = *static_cast<const std::uint32_t*>(message);
            // Died between noting messages and giving them back: a life may begin with up to a batch again, never with a hole.
            const std::uint32_t again = shared.next - sequence;
            if (first ? again > batch_max : again != 0) {
                shared.violations++;
            }
            first = false;
            __atomic_store_n(&shared.next, sequence + 1, __ATOMIC_RELEASE);
            amp_rx_take(&end.rx);
        }
        amp_rx_publish(&end.rx);
    }
}

// Everything there is now, checked.
std::uint64_t drain(amp_rx& rx, std::uint64_t& bad) {
    const void* message = nullptr;
    std::uint32_t length = 0, count = 0;
    int status;
    while ((status = amp_rx_peek(&rx, &message, &length)) == AMP_RING_OK) {
        for (std::uint32_t i = 0; i < length / 4; i++) {
            bad += static_cast<const std::uint32_t*>(message)[i] != rx.consumed;
        }
        count++;
        amp_rx_release(&rx);
    }
    bad += status != AMP_RING_EMPTY;
    return count;
}

}  // namespace

TEST_CASE("a sender killed at random points leaves neither hole nor torn message") {
    SharedMemory shared;
    Random random(1);
    amp_channel_end end;
    REQUIRE(amp_channel_attach(&end, shared->channel, channel_size, 1) == AMP_RING_OK);
    std::uint64_t count = 0, bad = 0;
    for (std::uint32_t life = 1; life <= lives; life++) {
        const pid_t child = in_child([&] { send_for_ever(*shared, life); });
        REQUIRE(child > 0);
        live_and_die(child, *shared, life, random, [&] { count += drain(end.rx, bad); });
        REQUIRE(amp_channel_peer_generation(&end) == life);
    }
    count += drain(end.rx, bad);
    CHECK(bad == 0);
    CHECK(count > lives);
    CHECK(end.rx.corrupt_count + end.rx.resync_count == 0);
}

TEST_CASE("a receiver killed at random points loses nothing, and sees at most the batch in its hands again") {
    SharedMemory shared;
    Random random(2);
    amp_channel_end end;
    REQUIRE(amp_channel_attach(&end, shared->channel, channel_size, 0) == AMP_RING_OK);
    std::uint32_t sequence = 0;
    std::uint8_t message[400] = {};
    const auto send = [&] {
        std::memcpy(message, &sequence, 4);
        sequence += amp_tx_try_send(&end.tx, message, 4 + sequence % 396) == AMP_RING_OK;
    };
    for (std::uint32_t life = 1; life <= lives; life++) {
        const pid_t child = in_child([&] { receive_for_ever(*shared); });
        REQUIRE(child > 0);
        live_and_die(child, *shared, life, random, send);
        REQUIRE(amp_channel_peer_generation(&end) == life);
    }
    CHECK(shared->violations == 0);
    CHECK(shared->next > lives);
    CHECK(end.tx.corrupt_count == 0);
    CHECK(sequence - shared->next <= 0x1000 / 16);
}
