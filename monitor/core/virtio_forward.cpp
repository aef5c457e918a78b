// SPDX-License-Identifier: GPL-2.0-only
// A register access that the back end answers. The answer may take any time or never come, so the wait obeys dom0 like a guest
// that runs: pause, resume, stop, doorbells.
#include "core/doorbell.hpp"
#include "core/kick.hpp"
#include "core/virtio.hpp"

namespace amp {
namespace {

constexpr uint32_t status_register = 0x070; // virtio 1.2, 4.2.2: writing 0 resets the device

uint64_t cut(uint64_t value, uint32_t width) { return width == 8 ? value : value & ((uint64_t{1} << 8 * width) - 1); }

bool resets(const VirtioAccess& access) {
    return access.write && access.offset % AMP_VIRTIO_STRIDE == status_register && cut(access.value, access.width) == 0;
}

uint32_t publish(Monitor& monitor, const VirtioAccess& access) {
    amp_virtio_access& out = monitor.mailbox->virtio_access;
    out.device = access.offset / AMP_VIRTIO_STRIDE;
    out.offset = access.offset % AMP_VIRTIO_STRIDE;
    out.width = access.width;
    out.write = access.write ? 1 : 0;
    out.value = access.write ? cut(access.value, access.width) : 0;
    const uint32_t seq = ++monitor.virtio.access_seq;
    // Release, partner: the module's acquire load of the access' seq.
    __atomic_store_n(&out.seq, seq, __ATOMIC_RELEASE);
    return seq;
}

// Acquire, partner: the module's release store of the answer's seq after the value.
bool is_answered(const Monitor& monitor, uint32_t seq) {
    return __atomic_load_n(&monitor.mailbox->virtio_answer.seq, __ATOMIC_ACQUIRE) == seq;
}

// The back end is quiet from its answer on; what it reported before that belongs to the device's former life.
void forget_interrupts(Monitor& monitor, uint32_t device) {
    take_doorbells(monitor);
    monitor.virtio.used &= ~(1u << device);
    monitor.virtio.config &= ~(1u << device);
}

} // namespace

uint64_t virtio_forward(Monitor& monitor, const Registers& registers, const VirtioAccess& access) {
    monitor.count(AMP_CAUSE_VIRTIO_FORWARD);
    const uint32_t seq = publish(monitor, access);
    call_dom0(monitor, AMP_OUTBOX_ACCESS);
    // The kick comes after the answer: it ends the wait, or has become pending before it.
    while (!is_answered(monitor, seq)) {
        wait_quietly(monitor);
        if (monitor.gic.handle_irq()) {
            handle_kick(monitor, registers);
        }
    }
    if (resets(access)) {
        forget_interrupts(monitor, access.offset / AMP_VIRTIO_STRIDE);
    }
    return cut(monitor.mailbox->virtio_answer.value, access.width);
}

} // namespace amp
