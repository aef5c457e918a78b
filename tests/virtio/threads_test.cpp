// SPDX-License-Identifier: GPL-2.0-only
// Driver and device as two threads that really sleep; TSan watches in the host-tsan preset. A notification that is lost ends
// as a wait of 20 seconds, which fails the test.
#include <atomic>
#include <chrono>
#include <cstring>
#include <semaphore>
#include <thread>

#include <catch2/catch.hpp>

#include "support/rig.hpp"

using namespace amp::virtio;
using amp::test::Driver;
using amp::test::Random;

namespace {

constexpr std::uint16_t queue_size = 8;
constexpr unsigned requests = 60000;

class Line {
public:
    void raise() {
        raised_++;
        waiting_.release();
    }
    bool wait() { return waiting_.try_acquire_for(std::chrono::seconds(20)); }
    unsigned raised() const { return raised_; }

private:
    std::counting_semaphore<1 << 20> waiting_{0};
    std::atomic<unsigned> raised_{0};
};

class InterruptOwner final : public QueueOwner {
public:
    explicit InterruptOwner(Line& line) : line_(line) {}
    void used(unsigned) override { line_.raise(); }
    void broken(unsigned, QueueError) override { breaks++; }
    unsigned breaks = 0;

private:
    Line& line_;
};

struct DeviceThread {
    const GuestMemory& memory;
    QueueState& state;
    std::uint64_t features;
    Line& kicks;
    Line& interrupts;
    std::atomic<bool>& stop;
    bool good = true;

    void run() {
        InterruptOwner owner(interrupts);
        Queue queue(memory, state, 0, owner);
        good = queue.start(features);
        Random random(1);
        Chain chain;
        while (good && !stop) {
            queue.disable_notifications();
            while (queue.pop(chain)) {
                std::uint64_t number = 0;
                good = good && chain.read_value(0, number) && chain.write_value(0, number + 1) &&
                       queue.complete(chain.head(), 8);
                if (random.below(3) == 0) {
                    queue.flush();
                }
            }
            queue.flush();
            if (queue.enable_notifications()) {
                good = kicks.wait() && good;
            }
        }
        good = good && owner.breaks == 0;
    }
};

} // namespace

TEST_CASE("two threads, asleep whenever there is nothing to do") {
    const std::uint64_t features =
        GENERATE(values<std::uint64_t>({amp::test::all_features, feature::version_1 | feature::indirect_desc}));
    amp::test::Ram ram;
    auto state = std::make_unique<QueueState>();
    Driver driver(ram.data(), queue_size, (features & feature::event_idx) != 0);
    driver.describe(*state);
    Line kicks;
    Line interrupts;
    std::atomic<bool> stop{false};
    DeviceThread device{ram.memory(), *state, features, kicks, interrupts, stop};
    std::thread thread([&device] { device.run(); });

    const auto word = [&ram](std::uint16_t slot, unsigned which) -> std::uint64_t& {
        std::byte* place = ram.data() + Driver::buffers_offset + 16u * slot + 8u * which;
        return *static_cast<std::uint64_t*>(static_cast<void*>(place));
    };
    Random random(2);
    std::uint16_t slot_of[queue_size] = {};
    std::vector<std::uint16_t> slots;
    for (std::uint16_t slot = 0; slot < queue_size; slot++) {
        slots.push_back(slot);
    }
    unsigned offered = 0;
    unsigned reported = 0;
    bool right = true;
    bool woken = true;
    while (reported < requests && woken && right) {
        while (offered < requests && !slots.empty() && random.below(5) != 0) {
            const std::uint64_t gpa = Driver::gpa_of(Driver::buffers_offset + 16u * slots.back());
            const auto head = driver.add({{gpa, 8, false}, {gpa + 8, 8, true}}, true);
            if (!head) {
                break;
            }
            slot_of[*head] = slots.back();
            word(slots.back(), 0) = offered++;
            word(slots.back(), 1) = 0;
            slots.pop_back();
        }
        if (driver.show()) {
            kicks.raise();
        }
        bool any = false;
        while (const auto used = driver.collect()) {
            any = true;
            right = right && used->head != UINT16_MAX && used->written == 8 &&
                    word(slot_of[used->head], 1) == word(slot_of[used->head], 0) + 1;
            if (!right) {
                break;
            }
            slots.push_back(slot_of[used->head]);
            reported++;
        }
        if (!any && driver.outstanding() != 0 && driver.arm_interrupt()) {
            woken = interrupts.wait();
        }
    }
    stop = true;
    kicks.raise();
    thread.join();
    CHECK(device.good);
    CHECK(right);
    CHECK(woken);
    CHECK(reported == requests);
    CHECK(kicks.raised() <= requests + 1);
}
