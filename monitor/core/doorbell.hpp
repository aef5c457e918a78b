// SPDX-License-Identifier: GPL-2.0-only
// Calling dom0 and other partitions, and being called (amp/abi/mailbox.h). Called from hypercalls, kicks and the console.
#ifndef AMP_MONITOR_CORE_DOORBELL_HPP
#define AMP_MONITOR_CORE_DOORBELL_HPP

#include "core/monitor.hpp"

namespace amp {

// Sets AMP_OUTBOX_* bits and pends the doorbell interrupt.
void call_dom0(Monitor& monitor, uint32_t outbox);
// The guest rings its channel: AMP_HVC_OK, AMP_HVC_NOT_CONNECTED, AMP_HVC_INVALID.
int64_t ring_channel(Monitor& monitor, uint64_t channel);
// The guest notified a queue of a virtio device; both exist.
void notify_queue(Monitor& monitor, uint32_t device, uint32_t queue);
// Turns what is pending in our slot into the guest's interrupts, of channels and of virtio devices.
void take_doorbells(Monitor& monitor);

} // namespace amp

#endif
