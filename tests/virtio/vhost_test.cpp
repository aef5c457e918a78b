// SPDX-License-Identifier: GPL-2.0-only
// What this process has to do with a queue of the kernel's vhost, where the machine has none: its calls end here (the linker's
// --wrap), and the test says over the eventfd that it was given what vhost would say of a ring that makes no sense.
#include "support/machine.hpp"
#include "vhost.hpp"
#include "vhost_calls.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstdarg>
#include <map>
#include <unistd.h>

using namespace amp::virtio;
using namespace amp::test;

namespace {

struct Kernel {
    bool refuses_errors = false;
    std::map<unsigned, int> errors; // by queue; -1: taken back
    unsigned stopped = 0;
};
Kernel* kernel = nullptr;

int serve(unsigned long request, void* argument) {
    if (request == VHOST_GET_FEATURES)
        *static_cast<std::uint64_t*>(argument) = feature::version_1;
    if (request == VHOST_SET_VRING_ERR) {
        const auto* file = static_cast<vhost_vring_file*>(argument);
        if (kernel->refuses_errors) {
            errno = EBADF;
            return -1;
        }
        kernel->errors[file->index] = file->fd;
    }
    if (request == VHOST_GET_VRING_BASE)
        ++kernel->stopped;
    return 0;
}

class Port final : public DevicePort {
public:
    amp::Result<amp_virtio_info, int> info() override { return amp::Err{ENOSYS}; }
    [[nodiscard]] int descriptor() const override { return -1; }
    amp::Result<std::optional<amp_virtio_event>, int> next_event() override { return amp::Err{ENOSYS}; }
    int reply(const amp_virtio_reply&) override { return 0; }
    int set_eventfd(std::uint32_t, std::uint32_t, int) override { return 0; }
    int interrupt(std::uint32_t) override { return 0; }
};

// A device whose one queue is vhost's, as those of networks and sockets are.
class Rings final : public Device {
public:
    Rings(Loop& loop, const GuestMemory& memory) : loop_(loop), vhost_(open(memory)) {}
    std::uint32_t id() const override { return 42; }
    unsigned queue_count() const override { return 2; }
    std::uint64_t features() const override { return device_feature; }
    void read_config(std::uint32_t, std::span<std::byte>) const override {}
    bool activate(Session& session) override {
        return vhost_
            .prepare(session, 1, loop_, port_,
                     [this, &session](unsigned queue) {
                         ++refusals;
                         vhost_.stop_queue(queue);
                         session.queue(queue)->give_up(QueueError::refused);
                     })
            .has_value();
    }
    void notified(unsigned) override {}
    void stop_queue(unsigned queue) override { vhost_.stop_queue(queue); }
    void reset() override { stop_queue(0); }

    unsigned refusals = 0;

private:
    static Vhost open(const GuestMemory& memory) {
        auto opened = Vhost::open("/dev/null", "vhost_net", memory);
        REQUIRE(opened);
        return std::move(*opened);
    }
    Loop& loop_;
    Vhost vhost_;
    Port port_;
};

struct Bench {
    Bench() {
        kernel = &calls;
        loop.emplace(std::move(*Loop::make()));
        device = std::make_unique<Rings>(*loop, machine.ram.memory());
        transport = std::make_unique<Transport>(machine.ram.memory(), *machine.state, *device, guest);
        transport->begin_run(7);
    }
    void bring_up() {
        for (const Access& access : machine.bring_up())
            transport->write(access.offset, 4, access.value);
    }
    std::uint32_t status() { return static_cast<std::uint32_t>(transport->read(reg::status, 4)); }
    void complain(std::uint64_t times = 1) { REQUIRE(::write(calls.errors.at(0), &times, sizeof(times)) == sizeof(times)); }

    Kernel calls;
    Machine machine; // for its memory and its driver
    CountingGuest guest;
    std::optional<Loop> loop;
    std::unique_ptr<Rings> device;
    std::unique_ptr<Transport> transport;
};

} // namespace

extern "C" int __wrap_ioctl(int descriptor, unsigned long request, ...); // the linker's name for it
extern "C" int __wrap_ioctl(int, unsigned long request, ...) {
    va_list arguments;
    va_start(arguments, request);
    void* argument = va_arg(arguments, void*);
    va_end(arguments);
    return serve(request, argument);
}

TEST_CASE("A ring that vhost can't go on with is taken from it, and the driver is asked for a reset") {
    Bench bench;
    bench.bring_up();
    REQUIRE((bench.status() & status::driver_ok) != 0);
    REQUIRE((bench.status() & status::needs_reset) == 0);
    REQUIRE(bench.calls.errors.at(0) >= 0);
    bench.loop->turn(0);
    CHECK(bench.device->refusals == 0);

    const unsigned interrupts = bench.guest.config_count;
    bench.complain(1000);
    for (int i = 0; i < 3; ++i)
        bench.loop->turn(0);
    CHECK(bench.device->refusals == 1);
    CHECK(bench.calls.stopped == 1);
    CHECK(bench.calls.errors.at(0) == -1);
    CHECK((bench.status() & status::needs_reset) != 0);
    CHECK(bench.guest.config_count == interrupts + 1);
    CHECK(bench.transport->queue_error(0) == QueueError::refused);

    bench.transport->write(reg::status, 4, 0);
    CHECK(bench.status() == 0);
    bench.bring_up();
    CHECK((bench.status() & status::needs_reset) == 0);
    CHECK(bench.transport->queue_error(0) == QueueError::none);
    REQUIRE(bench.calls.errors.at(0) >= 0);
    bench.complain();
    bench.loop->turn(0);
    CHECK(bench.device->refusals == 2);
}

TEST_CASE("What vhost says of a queue before it is stopped reaches nobody afterwards") {
    Bench bench;
    bench.bring_up();
    bench.complain();
    bench.transport->write(reg::status, 4, 0);
    bench.loop->turn(0);
    CHECK(bench.device->refusals == 0);
    CHECK(bench.status() == 0);
}

TEST_CASE("A vhost that can't report errors serves nobody") {
    Bench bench;
    bench.calls.refuses_errors = true;
    bench.bring_up();
    CHECK((bench.status() & status::needs_reset) != 0);
    CHECK_FALSE(bench.transport->is_active());
}
