// SPDX-License-Identifier: GPL-2.0-only
// A kick has no argument: each looks at everything that may have been written, so that a lost or merged one does no harm.
#include "core/kick.hpp"

#include "core/console.hpp"
#include "core/doorbell.hpp"
#include "core/vcpu.hpp"

namespace amp {
namespace {

// The request that stands now, acknowledged only by its own number: a newer one is seen in the next round.
struct Request {
    uint32_t seq, wanted;
};

// Acquire, partner: the module's release store of request_seq after `wanted`.
Request load_request(const Monitor& monitor) {
    const uint32_t seq = __atomic_load_n(&monitor.mailbox->request_seq, __ATOMIC_ACQUIRE);
    return {seq, __atomic_load_n(&monitor.mailbox->wanted, __ATOMIC_RELAXED)};
}

void acknowledge(Monitor& monitor, uint32_t seq, uint32_t state) {
    __atomic_store_n(&monitor.mailbox->state, state, __ATOMIC_RELAXED);
    monitor.answered_seq = seq;
    __atomic_store_n(&monitor.mailbox->ack_seq, seq, __ATOMIC_RELEASE);
}

// Until something else than PAUSE is wanted. The guest's timers stand still; the kick is all that wakes us for good.
Request stay_paused(Monitor& monitor, Request request) {
    const arch::TimerState timers = arch::stop_timers();
    monitor.gic.pause();
    while (request.wanted == AMP_WANT_PAUSE) {
        if (request.seq != monitor.answered_seq) {
            acknowledge(monitor, request.seq, AMP_MONITOR_PAUSED);
            call_dom0(monitor, AMP_OUTBOX_STATE);
        }
        wait_quietly(monitor);
        monitor.gic.handle_irq();
        take_doorbells(monitor);
        request = load_request(monitor);
    }
    monitor.gic.resume();
    arch::restart_timers(timers);
    return request;
}

void handle_request(Monitor& monitor, const Registers& registers) {
    Request request = load_request(monitor);
    if (request.seq == monitor.answered_seq) {
        return;
    }
    if (request.wanted == AMP_WANT_PAUSE) {
        request = stay_paused(monitor, request);
    }
    if (request.wanted == AMP_WANT_STOP) {
        end_guest(monitor, AMP_EXIT_STOPPED, registers, Syndrome{});
    }
    acknowledge(monitor, request.seq, AMP_MONITOR_RUNNING);
    call_dom0(monitor, AMP_OUTBOX_STATE);
}

} // namespace

void wait_quietly(Monitor& monitor) {
    monitor.gic.mute();
    arch::wait_for_interrupt();
    monitor.gic.unmute();
}

void acknowledge(Monitor& monitor, uint32_t state) { acknowledge(monitor, load_request(monitor).seq, state); }

void handle_kick(Monitor& monitor, const Registers& registers) {
    handle_request(monitor, registers);
    take_doorbells(monitor);
    console_input(monitor);
}

void wait_for_guest_interrupt(Monitor& monitor, const Registers& registers) {
    while (!monitor.gic.has_pending_for_guest()) {
        arch::wait_for_interrupt();
        if (monitor.gic.handle_irq()) {
            handle_kick(monitor, registers);
        }
    }
}

} // namespace amp
