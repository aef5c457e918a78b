// SPDX-License-Identifier: GPL-2.0-only
// The register file of virtio 1.2, 4.2.2, with a driver that brings a device up as Linux does and with ones that don't.
#include "amp/virtio/transport.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/machine.hpp"

using namespace amp::virtio;
using amp::test::Access;
using amp::test::Buffer;
using amp::test::Driver;
using amp::test::Machine;

namespace {

constexpr std::uint32_t before_ok = status::acknowledge | status::driver;
constexpr std::uint32_t up = before_ok | status::features_ok | status::driver_ok;

void request(Machine& machine) {
    REQUIRE(machine.driver.add({{Driver::gpa_of(Driver::buffers_offset), 5, false},
                                {Driver::gpa_of(Driver::buffers_offset) + 64, 8, true}}));
    machine.driver.show();
}

bool offer_features(Machine& machine, std::uint64_t features) {
    machine.write(reg::status, 0);
    machine.write(reg::status, before_ok);
    machine.write(reg::driver_features_sel, 0);
    machine.write(reg::driver_features, static_cast<std::uint32_t>(features));
    machine.write(reg::driver_features_sel, 1);
    machine.write(reg::driver_features, static_cast<std::uint32_t>(features >> 32));
    machine.write(reg::status, before_ok | status::features_ok);
    return machine.status() == (before_ok | status::features_ok);
}

std::uint64_t offered(Machine& machine) {
    machine.write(reg::device_features_sel, 1);
    const std::uint64_t high = machine.read(reg::device_features);
    machine.write(reg::device_features_sel, 0);
    return (high << 32) | machine.read(reg::device_features);
}

} // namespace

// The monitor answers these; tests/monitor/virtio_test.cpp expects the same values of it.
TEST_CASE("fixed registers say what the monitor says") {
    Machine machine;
    CHECK(machine.read(reg::magic_value) == 0x74726976);
    CHECK(machine.read(reg::version) == 2);
    CHECK(machine.read(reg::vendor_id) == 0x00504d41);
}

TEST_CASE("a driver brings the device up and uses it") {
    Machine machine;
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == up);
    CHECK(machine.read(reg::queue_ready) == 1);
    CHECK(machine.device->activations == 1);
    CHECK_FALSE(machine.device->was_resumed);
    CHECK(machine.transport->is_active());
    request(machine);
    machine.transport->notified(0);
    const auto used = machine.driver.collect();
    REQUIRE(used);
    CHECK(used->written == 8);
    CHECK(machine.guest.used_count == 1);
    CHECK(machine.guest.config_count == 0);
    machine.write(reg::status, 0);
    CHECK(machine.status() == 0);
    CHECK_FALSE(machine.transport->is_active());
    CHECK(machine.read(reg::queue_ready) == 0);
}

TEST_CASE("what was made available before DRIVER_OK is found at DRIVER_OK, and not before") {
    Machine machine;
    auto accesses = machine.bring_up();
    const Access last = accesses.back();
    accesses.pop_back();
    machine.write_all(accesses);
    request(machine);
    machine.transport->notified(0);
    machine.write(reg::queue_notify, 0);
    CHECK(machine.device->notifications == 0);
    CHECK_FALSE(machine.driver.collect());
    machine.write(last.offset, last.value);
    CHECK(machine.driver.collect());
}

TEST_CASE("the fixed registers") {
    Machine machine;
    CHECK(machine.read(reg::magic_value) == 0x74726976);
    CHECK(machine.read(reg::version) == 2);
    CHECK(machine.read(reg::device_id) == 42);
    CHECK(machine.read(reg::interrupt_status) == 0);
    machine.write(reg::shm_sel, 1);
    CHECK(machine.read(reg::shm_len_low) == UINT32_MAX);
    CHECK(machine.read(reg::shm_len_high) == UINT32_MAX);
    CHECK(machine.read(reg::queue_reset) == 0);
}

TEST_CASE("features: the device's, less what is not its, and the rings'") {
    Machine machine;
    CHECK(offered(machine) == (amp::test::device_feature | amp::test::needy_feature | feature::bit(50) | feature::version_1 |
                               feature::indirect_desc | feature::event_idx));
    machine.write(reg::device_features_sel, 2);
    CHECK(machine.read(reg::device_features) == 0);
    machine.write(reg::device_features_sel, UINT32_MAX);
    CHECK(machine.read(reg::device_features) == 0);
}

TEST_CASE("FEATURES_OK stays only with features that can be") {
    Machine machine;
    CHECK(offer_features(machine, feature::version_1));
    CHECK(offer_features(machine, amp::test::usual_features));
    CHECK_FALSE(offer_features(machine, 0));
    CHECK_FALSE(offer_features(machine, amp::test::device_feature));                        // VERSION_1 is needed
    CHECK_FALSE(offer_features(machine, feature::version_1 | feature::bit(0)));             // not offered
    CHECK_FALSE(offer_features(machine, feature::version_1 | feature::bit(33)));            // ACCESS_PLATFORM
    CHECK_FALSE(offer_features(machine, feature::version_1 | amp::test::needy_feature));    // the device says no
    CHECK(machine.device->activations == 0);
    machine.write(reg::status, 0);
    machine.write(reg::driver_features_sel, 7);
    machine.write(reg::driver_features, 1);
    machine.write(reg::driver_features_sel, 1);
    machine.write(reg::driver_features, 1);
    machine.write(reg::status, before_ok | status::features_ok);
    CHECK(machine.status() == before_ok); // a bit that not even has a number here
}

TEST_CASE("features are fixed from FEATURES_OK on, and refused ones may be corrected") {
    Machine machine;
    CHECK_FALSE(offer_features(machine, 0));
    machine.write(reg::driver_features_sel, 1);
    machine.write(reg::driver_features, 1);
    machine.write(reg::status, before_ok | status::features_ok);
    CHECK(machine.status() == (before_ok | status::features_ok));
    machine.write(reg::driver_features, 0);
    machine.write(reg::status, up);
    CHECK(machine.status() == up);
    CHECK(machine.device->session->features() == feature::version_1);
}

TEST_CASE("DRIVER_OK without FEATURES_OK is none") {
    Machine machine;
    machine.write(reg::status, before_ok);
    machine.write(reg::status, before_ok | status::driver_ok);
    CHECK(machine.status() == before_ok);
    CHECK(machine.device->activations == 0);
}

TEST_CASE("status bits come and stay until the reset; NEEDS_RESET is not the driver's") {
    Machine machine;
    machine.write(reg::status, status::acknowledge);
    machine.write(reg::status, status::driver);
    CHECK(machine.status() == before_ok);
    machine.write(reg::status, 0xffffff40);
    CHECK((machine.status() & status::needs_reset) == 0);
    CHECK((machine.status() & 0xffffff30) == 0);
    machine.write(reg::status, status::failed);
    CHECK((machine.status() & status::failed) != 0);
    const unsigned resets = machine.device->resets;
    machine.write(reg::status, 0x30); // not zero, though none of its bits exists
    CHECK(machine.status() != 0);
    machine.write(reg::status, 0);
    CHECK(machine.status() == 0);
    CHECK(machine.device->resets == resets + 1);
}

TEST_CASE("queues: sizes, numbers, what is there and what is not") {
    Machine machine;
    machine.write(reg::queue_sel, 0);
    CHECK(machine.read(reg::queue_num_max) == 64);
    machine.write(reg::queue_sel, 1);
    CHECK(machine.read(reg::queue_num_max) == 64); // 100 is no size
    for (const std::uint32_t queue : {2u, 15u, 16u, 0x80000000u, UINT32_MAX}) {
        machine.write(reg::queue_sel, queue);
        CHECK(machine.read(reg::queue_num_max) == 0);
        CHECK(machine.read(reg::queue_ready) == 0);
        machine.write(reg::queue_num, 8);
        machine.write(reg::queue_ready, 1);
        CHECK(machine.read(reg::queue_ready) == 0);
        CHECK(machine.status() == 0);
    }
}

TEST_CASE("a queue that can't be does not get ready, and the driver is asked for a reset") {
    Machine machine;
    const auto outcome = [&machine](std::uint32_t offset, std::uint32_t value) {
        auto accesses = machine.bring_up();
        accesses.insert(accesses.end() - 2, {offset, value});
        machine.write_all(accesses);
        CHECK((machine.status() & status::needs_reset) != 0);
        CHECK(machine.read(reg::queue_ready) == 0);
        CHECK(machine.device->activations == 0);
        return machine.transport->queue_error(0);
    };
    for (const std::uint32_t size : {0u, 3u, 65u, 128u, 0x10008u, UINT32_MAX}) {
        CHECK(outcome(reg::queue_num, size) == QueueError::bad_size);
    }
    CHECK(outcome(reg::queue_desc_low, 0x40000008) == QueueError::bad_address);
    CHECK(outcome(reg::queue_desc_high, 1) == QueueError::bad_address);
    CHECK(outcome(reg::queue_driver_low, 0) == QueueError::bad_address);
    CHECK(outcome(reg::queue_device_low, 0x4000fffc) == QueueError::bad_address);
    CHECK(machine.guest.config_count == 10); // at DRIVER_OK, each time
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == up);
}

TEST_CASE("a ready queue's registers are fixed, and none gets ready after DRIVER_OK") {
    Machine machine;
    machine.write_all(machine.bring_up());
    machine.write(reg::queue_num, 16);
    machine.write(reg::queue_desc_low, 0);
    CHECK(machine.state->queues[0].size == 8);
    CHECK(machine.state->queues[0].desc == machine.driver.desc_gpa());
    machine.write(reg::queue_ready, 1);
    CHECK(machine.device->session->queue(0) != nullptr);
    CHECK(machine.device->session->queue(1) == nullptr);
    CHECK(machine.device->session->queue(16) == nullptr);
    machine.write(reg::queue_sel, 1);
    machine.write(reg::queue_num, 8);
    machine.write(reg::queue_desc_low, 0x40004000);
    machine.write(reg::queue_driver_low, 0x40004800);
    machine.write(reg::queue_device_low, 0x40004c00);
    machine.write(reg::queue_ready, 1);
    CHECK(machine.read(reg::queue_ready) == 0);
    machine.write(reg::queue_sel, 0);
    machine.write(reg::queue_ready, 0);
    CHECK(machine.read(reg::queue_ready) == 0);
    CHECK(machine.device->stops == 1);
    CHECK(machine.device->session->queue(0) == nullptr);
    request(machine);
    const unsigned notifications = machine.device->notifications;
    machine.transport->notified(0);
    CHECK(machine.device->notifications == notifications);
    CHECK(machine.status() == up);
}

TEST_CASE("a broken queue asks for a reset once, and the reset mends it") {
    Machine machine;
    machine.write_all(machine.bring_up());
    machine.driver.available_index() = 100;
    machine.transport->notified(0);
    CHECK(machine.status() == (up | status::needs_reset));
    CHECK(machine.guest.config_count == 1);
    CHECK(machine.transport->queue_error(0) == QueueError::available_jumped);
    const unsigned notifications = machine.device->notifications;
    machine.transport->notified(0);
    CHECK(machine.device->notifications == notifications);
    machine.driver.restart();
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == up);
    CHECK(machine.transport->queue_error(0) == QueueError::none);
    request(machine);
    machine.transport->notified(0);
    CHECK(machine.driver.collect());
}

TEST_CASE("a device that can't begin asks for a reset") {
    Machine machine;
    machine.device->can_activate = false;
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == (up | status::needs_reset));
    CHECK_FALSE(machine.transport->is_active());
    CHECK(machine.guest.config_count == 1);
    machine.transport->notified(0);
    CHECK(machine.device->notifications == 0);
}

TEST_CASE("the configuration space, by any width") {
    Machine machine;
    for (unsigned i = 0; i < 16; i++) {
        machine.device->config[i] = std::byte(i + 1);
    }
    Transport& transport = *machine.transport;
    CHECK(transport.read(0x100, 1) == 0x01);
    CHECK(transport.read(0x101, 1) == 0x02);
    CHECK(transport.read(0x102, 2) == 0x0403);
    CHECK(transport.read(0x104, 4) == 0x08070605);
    CHECK(transport.read(0x108, 8) == 0x100f0e0d0c0b0a09);
    CHECK(transport.read(0x10e, 4) == 0x0000100f); // beyond the end: 0
    CHECK(transport.read(0x1f8, 8) == 0);
    CHECK(transport.read(0x1fc, 8) == 0);
    CHECK(transport.read(0x200, 4) == 0);
    CHECK(transport.read(UINT32_MAX, 1) == 0);
    CHECK(transport.read(UINT32_MAX - 3, 8) == 0);
    for (const std::uint32_t width : {0u, 3u, 5u, 16u, UINT32_MAX}) {
        CHECK(transport.read(0x100, width) == 0);
        transport.write(0x108, width, UINT64_MAX);
    }
    CHECK(machine.device->config[8] == std::byte{9});
    transport.write(0x108, 2, 0xaaaabbcc);
    CHECK(transport.read(0x108, 4) == 0x0c0bbbcc);
    transport.write(0x100, 4, UINT32_MAX); // read-only there
    CHECK(transport.read(0x100, 4) == 0x04030201);
}

TEST_CASE("registers are 32 bits wide, and unknown ones read 0") {
    Machine machine;
    for (std::uint32_t offset = 0; offset < 0x100; offset++) {
        CHECK(machine.transport->read(offset, 1) == 0);
        CHECK(machine.transport->read(offset, 2) == 0);
        CHECK(machine.transport->read(offset, 8) == 0);
        machine.transport->write(offset, 1, 0xff);
        machine.transport->write(offset, 8, UINT64_MAX);
        if (offset % 4 != 0) {
            CHECK(machine.transport->read(offset, 4) == 0);
            machine.transport->write(offset, 4, UINT32_MAX);
        }
    }
    CHECK(machine.status() == 0);
    CHECK(machine.state->driver_features[0] == 0);
    for (const std::uint32_t offset : {0x18u, 0x1cu, 0x2cu, 0x40u, 0x48u, 0x54u, 0x68u, 0x74u, 0xa8u, 0xf0u}) {
        CHECK(machine.read(offset) == 0);
    }
}

TEST_CASE("a changed configuration has a new generation and an interrupt") {
    Machine machine;
    machine.transport->config_changed();
    CHECK(machine.read(reg::config_generation) == 1);
    CHECK(machine.guest.config_count == 0); // no driver yet
    machine.write_all(machine.bring_up());
    const std::uint32_t before = machine.read(reg::config_generation);
    machine.transport->config_changed();
    CHECK(machine.read(reg::config_generation) == before + 1);
    CHECK(machine.guest.config_count == 1);
}

TEST_CASE("the next worker carries on with the same run") {
    Machine machine;
    machine.write_all(machine.bring_up());
    machine.device->session->scratch()[3] = std::byte{7};
    request(machine);
    machine.replace_worker();
    CHECK(machine.device->activations == 1);
    CHECK(machine.device->was_resumed);
    CHECK(machine.device->session->scratch()[3] == std::byte{7});
    CHECK(machine.status() == up);
    CHECK(machine.driver.collect()); // what came in meanwhile
    CHECK(machine.guest.used_count >= 1);
    machine.transport->begin_run(1); // the same again
    CHECK(machine.device->activations == 1);
    machine.write(reg::status, 0);
    CHECK(machine.state->scratch[3] == std::byte{0});
}

TEST_CASE("another run's state is void, and so is what makes no sense") {
    Machine machine;
    machine.write_all(machine.bring_up());
    request(machine);
    SECTION("the partition starts anew under the same worker") {
        const unsigned resets = machine.device->resets;
        machine.transport->begin_run(2);
        CHECK(machine.device->resets == resets + 1);
    }
    SECTION("under another worker") {
        machine.replace_worker(2);
    }
    SECTION("the version is another") {
        machine.state->version++;
        machine.replace_worker();
    }
    SECTION("the layout is another") {
        machine.state->bytes++;
        machine.replace_worker();
    }
    SECTION("half a clean-up") {
        machine.state->magic = 0;
        machine.replace_worker();
    }
    SECTION("another device") {
        machine.state->device_id++;
        machine.replace_worker();
    }
    CHECK(machine.status() == 0);
    CHECK_FALSE(machine.transport->is_active());
    machine.transport->notified(0);
    CHECK(machine.device->notifications <= 1);
    CHECK_FALSE(machine.driver.collect());
    CHECK(machine.read(reg::queue_ready) == 0);
}

TEST_CASE("a worker whose device offers less than was agreed on does not begin") {
    Machine machine;
    machine.write_all(machine.bring_up());
    machine.transport.reset();
    machine.device->offered = 0;
    machine.transport = std::make_unique<Transport>(machine.ram.memory(), *machine.state, *machine.device, machine.guest);
    const unsigned activations = machine.device->activations;
    machine.transport->begin_run(1);
    CHECK(machine.device->activations == activations);
    CHECK(machine.status() == (up | status::needs_reset));
    CHECK(machine.guest.config_count == 1);
}

TEST_CASE("a reset that was asked for is asked for again by the next worker, which waits for it") {
    Machine machine;
    machine.write_all(machine.bring_up());
    machine.transport->needs_reset();
    CHECK(machine.guest.config_count == 1);
    machine.replace_worker();
    CHECK(machine.guest.config_count == 2);
    CHECK(machine.device->activations == 0);
    machine.driver.restart();
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == up);
}

TEST_CASE("before the run is known nothing is written") {
    Machine machine;
    machine.transport = std::make_unique<Transport>(machine.ram.memory(), *machine.state, *machine.device, machine.guest);
    machine.write_all(machine.bring_up());
    CHECK(machine.status() == 0);
    CHECK(machine.device->activations == 0);
}

TEST_CASE("the file with states is a file and long enough") {
    const int file = memfd_create("states", MFD_CLOEXEC);
    REQUIRE(ftruncate(file, static_cast<off_t>(StateFile::bytes(3))) == 0);
    {
        auto first = StateFile::map(file, 3);
        REQUIRE(first);
        first.value()[2].run = 5;
    }
    auto second = StateFile::map(file, 3);
    REQUIRE(second);
    CHECK(second.value()[2].run == 5);
    CHECK(second.value()[1].run == 0);
    CHECK_FALSE(StateFile::map(file, 0));
    REQUIRE(ftruncate(file, static_cast<off_t>(StateFile::bytes(3) - 1)) == 0);
    auto wrong = StateFile::map(file, 3);
    REQUIRE_FALSE(wrong);
    CHECK_THAT(wrong.error(), Catch::Contains("3 devices"));
    close(file);
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    CHECK_FALSE(StateFile::map(ends[0], 3));
    close(ends[0]);
    close(ends[1]);
    CHECK_FALSE(StateFile::map(-1, 3));
}
