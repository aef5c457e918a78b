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

void take_doorbells(Monitor& monitor) {
    amp_doorbell_slot& own = monitor.slots[monitor.boot.slot];
    if (__atomic_load_n(&own.pending, __ATOMIC_RELAXED) == 0) {
        return;
    }
    // Acquire: what the caller wrote to the ring before its OR (release) is there before the guest is interrupted.
    uint32_t pending = __atomic_exchange_n(&own.pending, 0, __ATOMIC_ACQUIRE);
    for (; pending != 0; pending &= pending - 1) {
        const auto channel = static_cast<uint32_t>(__builtin_ctz(pending));
        if (channel < monitor.platform.channel_count) {
            ++monitor.stats->doorbells_in;
            monitor.gic.inject_edge(monitor.platform.channel_intid[channel]);
        }
    }
}

} // namespace amp
