// SPDX-License-Identifier: GPL-2.0-only
// Doorbells out and in. The words that others write to are only ever changed by atomic OR and exchange.
#include "core/doorbell.hpp"

#include "amp/abi/hypercall.h"

namespace amp {
namespace {

// The barrier that orders the bit before the interrupt is in pend_physical_spi(), partner: the module's exchange of the
// outbox word after it took the interrupt.
void call_dom0_with(Monitor& monitor, uint32_t& outbox, uint32_t bits) {
    __atomic_fetch_or(&outbox, bits, __ATOMIC_RELEASE);
    monitor.gic.pend_physical_spi(monitor.platform.doorbell_intid);
}

int64_t call_peer(Monitor& monitor, uint32_t route) {
    if (AMP_ROUTE_SLOT(route) >= AMP_PARTITIONS_MAX) {
        return AMP_HVC_NOT_CONNECTED;
    }
    amp_doorbell_slot& slot = monitor.slots[AMP_ROUTE_SLOT(route)];
    __atomic_fetch_or(&slot.pending, 1u << AMP_ROUTE_CHANNEL(route), __ATOMIC_RELEASE);
    // Partner: the called monitor's barrier in take_doorbells(), or at its start between the module's publishing of `target`
    // and its first look at `pending`.
    arch::full_barrier();
    const uint64_t target = __atomic_load_n(&slot.target, __ATOMIC_RELAXED);
    if ((target & AMP_TARGET_VALID) == 0) {
        return AMP_HVC_NOT_CONNECTED;
    }
    monitor.gic.send_physical_sgi(target & ~AMP_TARGET_VALID);
    return AMP_HVC_OK;
}

// Acquire: what the caller wrote, to a ring or a queue, before its OR (release) is there before the guest is interrupted.
uint32_t take(uint32_t& word) { return __atomic_exchange_n(&word, 0, __ATOMIC_ACQUIRE); }

void take_channels(Monitor& monitor, amp_doorbell_slot& own) {
    for (uint32_t pending = take(own.pending); pending != 0; pending &= pending - 1) {
        const auto channel = static_cast<uint32_t>(__builtin_ctz(pending));
        if (channel < monitor.platform.channel_count) {
            ++monitor.stats->doorbells_in;
            monitor.gic.inject_edge(monitor.platform.channel_intid[channel]);
        }
    }
}

void take_virtio(Monitor& monitor, amp_doorbell_slot& own) {
    const auto devices = static_cast<uint32_t>((uint64_t{1} << monitor.platform.virtio_count) - 1);
    const uint32_t used = take(own.virtio_used) & devices, config = take(own.virtio_config) & devices;
    monitor.virtio.used |= used;
    monitor.virtio.config |= config;
    // Again where the guest has not acknowledged the last one: it may be about to.
    for (uint32_t news = used | config; news != 0; news &= news - 1) {
        ++monitor.stats->doorbells_in;
        monitor.gic.inject_edge(monitor.platform.virtio[__builtin_ctz(news)].intid);
    }
}

bool is_set(const uint32_t& word) { return __atomic_load_n(&word, __ATOMIC_RELAXED) != 0; }

} // namespace

void call_dom0(Monitor& monitor, uint32_t outbox) { call_dom0_with(monitor, monitor.mailbox->outbox, outbox); }

int64_t ring_channel(Monitor& monitor, uint64_t channel) {
    if (channel >= monitor.platform.channel_count) {
        return AMP_HVC_INVALID;
    }
    // Acquire, partner: the module's release store of the route after the peer's slot is set up.
    const uint32_t route = __atomic_load_n(&monitor.mailbox->route[channel], __ATOMIC_ACQUIRE);
    if (route == AMP_ROUTE_NONE) {
        return AMP_HVC_NOT_CONNECTED;
    }
    ++monitor.stats->doorbells_out;
    if (AMP_ROUTE_IS_PEER(route)) {
        return call_peer(monitor, route);
    }
    call_dom0_with(monitor, monitor.mailbox->channel_outbox, 1u << channel);
    return AMP_HVC_OK;
}

// No look at whether dom0 still has the last call before it: a call too many is cheap and heals one that got lost.
void notify_queue(Monitor& monitor, uint32_t device, uint32_t queue) {
    // Release: the guest's stores to the queue come first. Partner: the module's exchanges, of virtio_outbox before this one.
    __atomic_fetch_or(&monitor.mailbox->virtio_kicks[device], 1u << queue, __ATOMIC_RELEASE);
    call_dom0_with(monitor, monitor.mailbox->virtio_outbox, 1u << device);
}

void take_doorbells(Monitor& monitor) {
    amp_doorbell_slot& own = monitor.slots[monitor.boot.slot];
    if (is_set(own.pending)) {
        take_channels(monitor, own);
    }
    if (is_set(own.virtio_used) || is_set(own.virtio_config)) {
        take_virtio(monitor, own);
    }
}

} // namespace amp
