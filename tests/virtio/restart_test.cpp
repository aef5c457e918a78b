// SPDX-License-Identifier: GPL-2.0-only
// Real deaths: the worker is a process that is killed at random points, again and again, while the driver carries on. Every
// request is done at least once and reported exactly once; none is lost. AMP_VIRTIO_LIVES: how many workers.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/rig.hpp"

using namespace amp::virtio;
using amp::test::Buffer;
using amp::test::Driver;
using amp::test::Random;

namespace {

constexpr std::uint16_t queue_size = 16;
constexpr std::uint32_t counters = 1u << 16;

struct Request {
    std::uint64_t number;
    std::uint64_t answer;
};

struct Shared {
    std::uint32_t attached;
    std::uint32_t broken;
    std::uint32_t replayed; // chains that a worker got because another had died with them
    std::uint32_t done[counters]; // by request number, modulo: how many times
};

std::uint64_t answer_to(std::uint64_t number) {
    return number * 0x9e3779b97f4a7c15ull + 1;
}

std::int64_t now_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ll + time.tv_nsec;
}

unsigned lives() {
    const char* wanted = std::getenv("AMP_VIRTIO_LIVES");
    return wanted != nullptr ? static_cast<unsigned>(std::strtoul(wanted, nullptr, 10)) : 300;
}

// A device that keeps some chains for a while and completes them in any order.
class Worker {
public:
    Worker(const GuestMemory& memory, QueueState& state, Shared& shared, std::uint64_t features, std::uint64_t seed)
        : queue_(memory, state, 0, owner_), shared_(shared), random_(seed) {
        good_ = queue_.start(features);
    }

    bool is_good() const { return good_ && !queue_.is_broken(); }

    void work() {
        while (random_.below(8) != 0 && queue_.pop(chain_)) {
            execute();
        }
        // Like a disk it has some in its hands at most times, and which comes back first is anybody's guess.
        while (held_.size() > 4) {
            complete_one(random_.below(static_cast<std::uint32_t>(held_.size())));
        }
        queue_.flush();
    }

    void finish() {
        while (queue_.pop(chain_)) {
            execute();
        }
        while (!held_.empty()) {
            complete_one(0);
        }
        queue_.flush();
    }

private:
    void execute() {
        std::uint64_t number = 0;
        if (!chain_.read_value(0, number) || !chain_.write_value(0, answer_to(number))) {
            queue_.give_up();
            return;
        }
        shared_.done[number % counters]++;
        shared_.replayed += chain_.replayed() ? 1u : 0u;
        held_.push_back(chain_.head());
    }

    void complete_one(std::uint32_t which) {
        if (!queue_.complete(held_[which], 8)) {
            queue_.give_up();
        }
        held_.erase(held_.begin() + which);
    }

    amp::test::Owner owner_;
    Queue queue_;
    Shared& shared_;
    Random random_;
    Chain chain_;
    std::vector<std::uint16_t> held_;
    bool good_;
};

// The driver that lives through all of it.
class Client {
public:
    Client(std::byte* memory, Shared& shared, bool event_idx)
        : driver(memory, queue_size, event_idx),
          requests_(static_cast<Request*>(static_cast<void*>(memory + Driver::buffers_offset))), shared_(shared) {
        for (std::uint16_t slot = 0; slot < queue_size; slot++) {
            free_slots_.push_back(slot);
        }
    }

    void work(Random& random) {
        while (random.below(4) != 0 && offer(random.below(2) != 0)) {
        }
        driver.show();
        collect();
    }

    void collect() {
        while (const auto used = driver.collect()) {
            if (used->head == UINT16_MAX) {
                FAIL("a chain was reported that is not the device's");
            }
            const std::uint16_t slot = slot_of_[used->head];
            const Request& request = requests_[slot];
            wrong += request.answer != answer_to(request.number) || used->written != 8 ? 1u : 0u;
            not_done += shared_.done[request.number % counters] == 0 ? 1u : 0u;
            free_slots_.push_back(slot);
            reported++;
        }
    }

    Driver driver;
    std::uint64_t offered = 0;
    std::uint64_t reported = 0;
    unsigned wrong = 0;
    unsigned not_done = 0;

private:
    bool offer(bool indirect) {
        if (free_slots_.empty()) {
            return false;
        }
        const std::uint16_t slot = free_slots_.back();
        const std::uint64_t gpa = Driver::gpa_of(Driver::buffers_offset + slot * sizeof(Request));
        const auto head = driver.add({{gpa, 8, false}, {gpa + 8, 8, true}}, indirect);
        if (!head) {
            return false;
        }
        free_slots_.pop_back();
        slot_of_[*head] = slot;
        shared_.done[offered % counters] = 0;
        requests_[slot] = {offered++, 0};
        return true;
    }

    Request* requests_;
    Shared& shared_;
    std::vector<std::uint16_t> free_slots_;
    std::uint16_t slot_of_[queue_size] = {};
};

[[noreturn]] void live(const GuestMemory& memory, QueueState& state, Shared& shared, std::uint64_t features, unsigned life) {
    Worker worker(memory, state, shared, features, life);
    __atomic_store_n(&shared.attached, life, __ATOMIC_RELEASE);
    while (worker.is_good()) {
        worker.work();
    }
    __atomic_store_n(&shared.broken, 1, __ATOMIC_RELEASE);
    _exit(1);
}

} // namespace

TEST_CASE("workers are killed at any time; every request is reported once") {
    const std::uint64_t features =
        GENERATE(values<std::uint64_t>({amp::test::all_features, feature::version_1 | feature::indirect_desc}));
    amp::test::Ram ram(amp::test::Ram::Kind::shared);
    amp::test::SharedObject<QueueState> state;
    amp::test::SharedObject<Shared> shared;
    Client client(ram.data(), *shared, (features & feature::event_idx) != 0);
    client.driver.describe(*state);
    Random random(features);

    for (unsigned life = 1; life <= lives(); life++) {
        const pid_t worker = fork();
        if (worker == 0) {
            live(ram.memory(), *state, *shared, features, life);
        }
        while (__atomic_load_n(&shared->attached, __ATOMIC_ACQUIRE) < life &&
               __atomic_load_n(&shared->broken, __ATOMIC_ACQUIRE) == 0) {
            client.work(random);
        }
        const std::int64_t end = now_ns() + random.below(1000000);
        while (now_ns() < end) {
            client.work(random);
        }
        kill(worker, SIGKILL);
        waitpid(worker, nullptr, 0);
        REQUIRE(shared->broken == 0);
        REQUIRE(client.wrong == 0);
        REQUIRE(client.not_done == 0);
    }
    Worker last(ram.memory(), *state, *shared, features, 0);
    REQUIRE(last.is_good());
    last.finish();
    client.collect();
    CHECK(client.offered == client.reported);
    CHECK(client.driver.outstanding() == 0);
    CHECK(client.wrong == 0);
    CHECK(client.not_done == 0);
    CHECK(client.reported > lives());
    CHECK(shared->replayed > lives()); // they did die at work
    WARN(lives() << " workers, " << client.reported << " requests, " << shared->replayed << " replayed");
}
