// SPDX-License-Identifier: GPL-2.0-only
// A death at every instruction, not only at random ones: a worker is stepped through its work; whatever memory looks like
// between two instructions, the next worker must make the same of it as if nothing had happened.
#include <algorithm>
#include <cstring>

#include <catch2/catch.hpp>

#include "support/machine.hpp"
#include "support/rig.hpp"
#include "support/single_step.hpp"

using namespace amp::virtio;
using amp::test::Access;
using amp::test::Buffer;
using amp::test::Driver;
using amp::test::Machine;

namespace {

// Answers each chain with the number in it, plus one.
void serve(Queue& queue, bool two_batches) {
    Chain chain;
    unsigned done = 0;
    while (queue.pop(chain)) {
        std::uint64_t number = 0;
        if (chain.read_value(0, number) && chain.write_value(0, number + 1)) {
            queue.complete(chain.head(), 8);
        }
        if (two_batches && ++done == 2) {
            queue.flush();
        }
    }
    queue.flush();
}

// Like serve(), but the last chain is reported first.
void serve_backwards(Queue& queue) {
    Chain chain;
    std::vector<std::uint16_t> heads;
    while (queue.pop(chain)) {
        std::uint64_t number = 0;
        if (chain.read_value(0, number) && chain.write_value(0, number + 1)) {
            heads.push_back(chain.head());
        }
    }
    std::for_each(heads.rbegin(), heads.rend(), [&queue](std::uint16_t head) { queue.complete(head, 8); });
    queue.flush();
}

constexpr unsigned requests = 4;

// What a worker of these tests changes; looking at all of it would take its time, once per instruction.
std::vector<std::span<std::byte>> watched_of(amp::test::Ram& ram, QueueState& state) {
    const auto bytes = std::as_writable_bytes(std::span(&state, 1));
    return {ram.bytes().first(512), ram.bytes().subspan(Driver::buffers_offset, 128), bytes.first(128),
            bytes.subspan(offsetof(QueueState, log), 128)};
}

std::uint64_t& word(std::byte* ram, unsigned slot, bool answer) {
    return *static_cast<std::uint64_t*>(static_cast<void*>(ram + Driver::buffers_offset + 16 * slot + (answer ? 8 : 0)));
}

void offer(Driver& driver, std::byte* ram, unsigned slot) {
    const std::uint64_t gpa = Driver::gpa_of(Driver::buffers_offset + 16 * slot);
    word(ram, slot, false) = 100 + slot;
    word(ram, slot, true) = 0;
    REQUIRE(driver.add({{gpa, 8, false}, {gpa + 8, 8, true}}, slot % 2 == 0));
}

// What the next worker and the driver make of an image of rings and state. The driver's own memory is that of the moment
// when it had offered everything; hence a copy.
struct Aftermath {
    Aftermath(const Driver& before, std::span<std::byte> ram_image, const QueueState& state_image)
        : driver(before), state(std::make_unique<QueueState>(state_image)) {
        std::copy(ram_image.begin(), ram_image.end(), ram.bytes().begin());
        driver.move_to(ram.data());
    }

    unsigned collect() {
        unsigned count = 0;
        while (const auto used = driver.collect()) {
            REQUIRE(used->head != UINT16_MAX); // twice, or never asked for
            REQUIRE(used->written == 8);
            count++;
        }
        return count;
    }

    amp::test::Ram ram;
    Driver driver;
    std::unique_ptr<QueueState> state;
    amp::test::Owner owner;
};

// eager: the driver takes what it sees in the image and uses the descriptors again before the next worker comes.
void check_aftermath(const Driver& before, amp::test::Ram& ram, const QueueState& state, std::uint64_t features,
                     bool eager) {
    Aftermath after(before, ram.bytes(), state);
    unsigned offered = requests;
    unsigned reported = 0;
    if (eager) {
        reported = after.collect();
        for (unsigned i = 0; i < reported; i++) {
            offer(after.driver, after.ram.data(), offered++);
        }
        after.driver.show();
    }
    Queue queue(after.ram.memory(), *after.state, 0, after.owner);
    REQUIRE(queue.start(features));
    serve(queue, false);
    reported += after.collect();
    REQUIRE(reported == offered);
    REQUIRE(after.driver.outstanding() == 0);
    REQUIRE(queue.in_flight() == 0);
    REQUIRE(after.owner.breaks == 0);
    for (unsigned slot = 0; slot < offered; slot++) {
        REQUIRE(word(after.ram.data(), slot, true) == 101 + slot);
    }
}

} // namespace

TEST_CASE("a death at any instruction of taking, completing, showing") {
    const std::uint64_t features = GENERATE(values<std::uint64_t>({amp::test::all_features, 0x110000000}));
    const std::uint16_t first = GENERATE(as<std::uint16_t>(), 0, 65534);
    const int way = GENERATE(0, 1, 2);
    amp::test::Ram ram(amp::test::Ram::Kind::shared);
    amp::test::SharedObject<QueueState> state;
    Driver driver(ram.data(), 8, (features & feature::event_idx) != 0);
    driver.describe(*state);
    driver.start_at(first);
    state->progress = first;
    for (unsigned slot = 0; slot < requests; slot++) {
        offer(driver, ram.data(), slot);
    }
    driver.show();

    const auto watched = watched_of(ram, *state);
    const auto steps = amp::test::step_through(
        watched,
        [&] {
            amp::test::Owner owner;
            Queue queue(ram.memory(), *state, 0, owner);
            if (queue.start(features)) {
                way == 2 ? serve_backwards(queue) : serve(queue, way == 1);
            }
        },
        [&] {
            check_aftermath(driver, ram, *state, features, false);
            check_aftermath(driver, ram, *state, features, true);
        });
    INFO(steps.instructions << " instructions, " << steps.images << " images");
    REQUIRE(steps.finished);
    CHECK(steps.images > 20);
    CHECK(driver.collect()); // the child did its work
}

TEST_CASE("a death at any instruction of a recovery") {
    amp::test::Ram ram(amp::test::Ram::Kind::shared);
    amp::test::SharedObject<QueueState> state;
    Driver driver(ram.data(), 8, true);
    driver.describe(*state);
    for (unsigned slot = 0; slot < requests; slot++) {
        offer(driver, ram.data(), slot);
    }
    driver.show();
    // The first worker died when it had taken three and decided on two.
    {
        amp::test::Owner owner;
        Queue queue(ram.memory(), *state, 0, owner);
        REQUIRE(queue.start(amp::test::all_features));
        Chain chain;
        for (unsigned i = 0; i < 3; i++) {
            REQUIRE(queue.pop(chain));
            word(ram.data(), i, true) = 101 + i;
            if (i < 2) {
                REQUIRE(queue.complete(chain.head(), 8));
            }
        }
        state->progress = progress_of(0, 2);
    }
    const auto watched = watched_of(ram, *state);
    const auto steps = amp::test::step_through(
        watched,
        [&] {
            amp::test::Owner owner;
            Queue queue(ram.memory(), *state, 0, owner);
            if (queue.start(amp::test::all_features)) {
                serve(queue, false);
            }
        },
        [&] {
            check_aftermath(driver, ram, *state, amp::test::all_features, false);
            check_aftermath(driver, ram, *state, amp::test::all_features, true);
        });
    INFO(steps.instructions << " instructions, " << steps.images << " images");
    REQUIRE(steps.finished);
    CHECK(steps.images > 10);
}

namespace {

// Everything that a driver can see of a device.
std::vector<std::uint64_t> visible(Machine& machine) {
    std::vector<std::uint64_t> seen;
    for (std::uint32_t offset = 0; offset < 0x100; offset += 4) {
        seen.push_back(machine.read(offset));
    }
    seen.push_back(machine.transport->is_active() ? 1 : 0);
    for (const QueueState& queue : machine.state->queues) {
        seen.insert(seen.end(), {queue.ready, queue.size, queue.desc, queue.driver, queue.device});
    }
    seen.insert(seen.end(), std::begin(machine.state->driver_features), std::end(machine.state->driver_features));
    return seen;
}

void copy(std::span<std::byte> from, std::span<std::byte> to) {
    std::copy(from.begin(), from.end(), to.begin());
}

} // namespace

TEST_CASE("a death at any instruction of a register write, which the next worker gets again") {
    Machine machine(amp::test::Ram::Kind::shared);
    std::vector<Access> accesses = machine.bring_up();
    accesses.push_back({reg::queue_ready, 0});
    accesses.push_back({reg::status, 0});
    unsigned images = 0;
    for (const Access& access : accesses) {
        // How it is without a death, on a copy.
        Machine whole;
        copy(machine.state.bytes(), whole.state.bytes());
        copy(machine.ram.bytes(), whole.ram.bytes());
        whole.replace_worker();
        whole.write(access.offset, access.value);
        const auto expected = visible(whole);

        auto watched = watched_of(machine.ram, machine.state->queues[0]);
        watched.push_back(machine.state.bytes().first(offsetof(DeviceState, queues)));
        const auto steps = amp::test::step_through(
            watched, [&] { machine.write(access.offset, access.value); },
            [&] {
                Machine next;
                copy(machine.state.bytes(), next.state.bytes());
                copy(machine.ram.bytes(), next.ram.bytes());
                next.replace_worker();
                next.write(access.offset, access.value);
                REQUIRE(visible(next) == expected);
            });
        INFO(steps.instructions << " instructions, " << steps.images << " images");
    REQUIRE(steps.finished);
        images += steps.images;
        machine.replace_worker(); // the child had the other copy of the device
    }
    CHECK(images > accesses.size());
}

TEST_CASE("a death at any instruction of the beginning of a run") {
    Machine machine(amp::test::Ram::Kind::shared);
    machine.write_all(machine.bring_up());
    auto watched = watched_of(machine.ram, machine.state->queues[0]);
    watched.push_back(machine.state.bytes().first(offsetof(DeviceState, queues)));
    const auto steps = amp::test::step_through(
        watched, [&] { machine.transport->begin_run(2); },
        [&] {
            Machine next;
            copy(machine.state.bytes(), next.state.bytes());
            next.replace_worker(2);
            REQUIRE(next.status() == 0);
            REQUIRE_FALSE(next.transport->is_active());
            REQUIRE(next.state->queues[0].ready == 0);
            REQUIRE(next.state->driver_features[1] == 0);
            REQUIRE(next.state->run == 2);
        });
    INFO(steps.instructions << " instructions, " << steps.images << " images");
    REQUIRE(steps.finished);
    CHECK(steps.images > 5);
}
