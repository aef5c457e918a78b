// SPDX-License-Identifier: GPL-2.0-only
// The guest misbehave-virtio on the real monitor without dom0: core 0 plays the module and a back end that answers anything, calls
// the guest at odd moments, and looks at what comes out of the window. Stops the guest in its last flood.
#include "library_guest.hpp"
#include "machine.hpp"

extern "C" void run();

namespace bare {
namespace {

constexpr uint64_t seconds_at_most = 90;

bool is_power_of_two(uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

// What no guest may bring about, whatever it does.
bool is_possible(const volatile amp_virtio_access& access) {
    const uint32_t offset = access.offset, width = access.width;
    const bool inside = access.device < virtio_devices && offset < AMP_VIRTIO_STRIDE && is_power_of_two(width) && width <= 8 &&
                        offset % width == 0;
    const bool ours = offset < 0x10 || offset == 0x50 || offset == 0x60 || offset == 0x64;
    const bool is_register = width == 4 && !ours;
    const bool fits = width == 8 || access.value >> (8 * width) == 0;
    return inside && (offset >= 0x100 || is_register) && access.write <= 1 && fits;
}

struct Watch {
    const Stage& stage;
    uint64_t read = 0; // of the console
    uint64_t answered = 0, notified = 0;
    uint64_t random = 0x9e3779b97f4a7c15;

    uint64_t next() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        return random;
    }

    bool answer() {
        const uint32_t seq = stage.mailbox->virtio_access.seq;
        if (seq == stage.mailbox->virtio_answer.seq) {
            return true;
        }
        if (!check(is_possible(stage.mailbox->virtio_access), "an impossible access")) {
            return false;
        }
        if (answered % 64 == 0) {
            stage.slots[own_slot].virtio_used = static_cast<uint32_t>(next());
            stage.slots[own_slot].virtio_config = static_cast<uint32_t>(next());
        }
        ++answered;
        stage.mailbox->virtio_answer.value = next();
        stage.mailbox->virtio_answer.seq = seq;
        kick();
        return true;
    }

    bool take_notifications() {
        const uint32_t devices = __atomic_exchange_n(&stage.mailbox->virtio_outbox, 0, __ATOMIC_ACQUIRE);
        bool good = check(devices >> virtio_devices == 0, "a device that is not there notifies");
        for (uint32_t n = 0; n < AMP_VIRTIO_MAX; ++n) {
            const uint32_t queues = __atomic_exchange_n(&stage.mailbox->virtio_kicks[n], 0, __ATOMIC_ACQUIRE);
            const uint32_t count = n < virtio_devices ? n + 1 : 0;
            good = check(queues >> count == 0, "a queue that is not there is notified") && good;
            notified += queues != 0 ? 1 : 0;
        }
        return good;
    }

    // Until it floods.
    bool until_flooding() {
        const uint64_t end = counter() + seconds_at_most * frequency();
        while (!stream_has(*stage.console_out, "flooding")) {
            const bool good = answer() && take_notifications() && check(pass_on(*stage.console_out, read), "console overrun") &&
                              check(stage.mailbox->state <= AMP_MONITOR_RUNNING, "it ended") && check(counter() < end, "too slow");
            if (!good) {
                return false;
            }
        }
        return true;
    }
};

bool stop(const Stage& stage) {
    delay_ms(10); // of the flood
    return check(request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED), "stop is acknowledged") &&
           check(stage.exit->reason == AMP_EXIT_STOPPED, "reason") && check(wait_until_off(), "core off");
}

bool run_guest(const Stage& stage) {
    Watch watch{stage};
    if (!check(start(stage), "CPU_ON") || !watch.until_flooding()) {
        return false;
    }
    pass_on(*stage.console_out, watch.read);
    print("  accesses answered ");
    print_number(watch.answered);
    print(", notifications seen ");
    print_number(watch.notified);
    print("\n");
    return check(watch.answered > 1000 && watch.notified != 0, "it did what it says") &&
           check(stage.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] == watch.answered, "forwarded accesses counted") && stop(stage);
}

} // namespace
} // namespace bare

void run() {
    using namespace bare;
    init_gic();
    const Stage stage = prepare_library_guest();
    const bool good = run_guest(stage);
    if (!good) {
        print_stream("log", *stage.log);
        print_stream("console", *stage.console_out);
    }
    print(good ? "\nALL PASS\n" : "\nFAIL\n");
    firmware(psci_system_off);
}
