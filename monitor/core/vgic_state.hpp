// SPDX-License-Identifier: GPL-2.0-only
// What the set and clear registers of the emulated distributor do and show, included by vgic.hpp. An interrupt that is in a list
// register is changed there; one that hardware drives is changed in the physical GIC too.
#ifndef AMP_MONITOR_CORE_VGIC_STATE_HPP
#define AMP_MONITOR_CORE_VGIC_STATE_HPP

#include "core/vgic.hpp"

namespace amp {

// Which of word w have this state in a list register.
template <VgicHardware Hardware>
[[gnu::cold]] uint64_t Vgic<Hardware>::in_lrs(uint32_t w, Lr state) {
    uint64_t found = 0;
    for_each_intid(w, in_lr_[w], [&](uint32_t intid) {
        if ((hw_.read_lr(lr_of_[intid]) & state) != 0)
            found |= IntidSet::mask(intid);
    });
    return found;
}

// After a change of enables or groups. A physical interrupt is enabled exactly while the guest could get it.
template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] void Vgic<Hardware>::apply_deliverable(uint32_t w) {
    const uint64_t groups = ((ctlr_ & 1) != 0 ? ~group1_[w] : 0) | ((ctlr_ & 2) != 0 ? group1_[w] : 0);
    const uint64_t next = enabled_[w] & groups;
    const uint64_t on = next & ~deliverable_[w];
    const uint64_t off = deliverable_[w] & ~next;
    deliverable_[w] = next;
    for_each_intid(w, off & wired_[w], [&](uint32_t intid) { hw_.disable(physical_of_[intid]); });
    for_each_intid(w, off & (in_lr_[w] | (latched_[w] & linked_[w])), [&](uint32_t intid) { withdraw(intid); });
    for_each_intid(w, on & wired_[w], [&](uint32_t intid) { hw_.enable(physical_of_[intid]); });
    settle(w, on & linked_[w] & ~in_lr_[w] & ~active_[w]);
    settle(w, on & ~in_lr_[w] & ~active_[w]);
    update_direct(w);
    if ((on & (latched_[w] | line_[w])) != 0 || (off != 0 && waiting_ != 0))
        refill();
}

// Gives out list registers that are nobody's, so that already the first time finds one.
template <VgicHardware Hardware>
inline void Vgic<Hardware>::settle(uint32_t w, uint64_t mask) {
    for (; mask != 0 && lr_used_ != lr_all_; mask &= mask - 1)
        assign(static_cast<uint32_t>(__builtin_ctz(~lr_used_)), w * 64 + static_cast<uint32_t>(__builtin_ctzll(mask)));
}

template <VgicHardware Hardware>
void Vgic<Hardware>::apply_deliverable() {
    for (uint32_t w = 0; w < IntidSet::words; w++)
        apply_deliverable(w);
}

// A pending interrupt that may no longer be delivered leaves its list register.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::withdraw(uint32_t intid) {
    if (!in_lr_.has(intid)) { // linked, acknowledged and waiting
        latched_.remove(intid);
        return_to_hardware(intid);
        return;
    }
    const uint32_t lr = lr_of_[intid];
    const Lr value = hw_.read_lr(lr);
    if ((value & lr_state_mask) == 0) {
        if (linked_.has(intid))
            empty(lr);
        return;
    }
    if ((value & Hardware::lr_pending) == 0)
        return;
    if (linked_.has(intid)) {
        empty(lr);
        return_to_hardware(intid);
    } else if ((value & Hardware::lr_active) == 0) {
        evict(lr);
    } else {
        latched_.add(intid);
        hw_.write_lr(lr, value & ~Hardware::lr_pending);
    }
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::set_enabled(uint32_t w, uint64_t enabled) {
    if (enabled == enabled_[w])
        return;
    enabled_[w] = enabled;
    apply_deliverable(w);
}

template <VgicHardware Hardware>
[[gnu::cold]] uint64_t Vgic<Hardware>::pending(uint32_t w) {
    uint64_t found = latched_[w] | (line_[w] & ~edge_[w]) | in_lrs(w, Hardware::lr_pending);
    for_each_intid(w, wired_[w] & ~found, [&](uint32_t intid) {
        if (hw_.is_pending(physical_of_[intid]))
            found |= IntidSet::mask(intid);
    });
    return found;
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::set_pending(uint32_t w, uint64_t mask) {
    for_each_intid(w, mask & linked_[w] & ~edge_[w], [&](uint32_t intid) { unlink(intid); });
    // What was acknowledged physically and not yet by the guest is pending already; a second time would come after its EOI.
    if (const uint64_t linked = mask & linked_[w] & ~latched_[w]; linked != 0)
        for_each_intid(w, linked & ~in_lrs(w, Hardware::lr_pending), [&](uint32_t intid) {
            hw_.set_pending(physical_of_[intid]);
        });
    for_each_intid(w, mask & ~linked_[w], [&](uint32_t intid) { pend(intid); });
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::clear_pending(uint32_t w, uint64_t mask) {
    for_each_intid(w, mask & linked_[w], [&](uint32_t intid) { hw_.clear_pending(physical_of_[intid]); });
    for_each_intid(w, mask & linked_[w] & latched_[w], [&](uint32_t intid) { hw_.clear_active(physical_of_[intid]); });
    latched_[w] &= ~mask;
    for_each_intid(w, mask & in_lr_[w], [&](uint32_t intid) {
        const uint32_t lr = lr_of_[intid];
        const Lr value = hw_.read_lr(lr);
        soft_in_lr_.remove(intid);
        if ((value & lr_state_mask) == Hardware::lr_pending) {
            empty(lr);
            if (linked_.has(intid))
                hw_.clear_active(physical_of_[intid]);
        } else if ((value & Hardware::lr_pending) != 0) {
            hw_.write_lr(lr, value & ~Hardware::lr_pending);
        }
    });
    refill(); // a line that is high pends it again
}

template <VgicHardware Hardware>
uint64_t Vgic<Hardware>::active(uint32_t w) {
    account_deactivations();
    return active_[w] | in_lrs(w, Hardware::lr_active);
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::set_active(uint32_t w, uint64_t mask) {
    for_each_intid(w, mask & ~active(w), [&](uint32_t intid) { activate(intid); });
    refill();
}

template <VgicHardware Hardware>
void Vgic<Hardware>::activate(uint32_t intid) {
    const bool linked = linked_.has(intid);
    if (linked)
        hw_.set_active(physical_of_[intid]);
    if (in_lr_.has(intid)) {
        const uint32_t lr = lr_of_[intid];
        if ((hw_.read_lr(lr) & lr_state_mask) != 0)
            evict(lr);
        else
            empty(lr);
    }
    if (linked && latched_.has(intid)) { // active and pending is the physical GIC's business
        latched_.remove(intid);
        if (edge_.has(intid))
            hw_.set_pending(physical_of_[intid]);
    }
    active_.add(intid);
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::clear_active(uint32_t w, uint64_t mask) {
    const uint64_t found = mask & active(w);
    if (found == 0)
        return;
    for_each_intid(w, found, [&](uint32_t intid) { deactivate(intid); });
    refill();
}

template <VgicHardware Hardware>
void Vgic<Hardware>::deactivate(uint32_t intid) {
    if (in_lr_.has(intid))
        evict(lr_of_[intid]);
    active_.remove(intid);
    if (linked_.has(intid))
        hw_.clear_active(physical_of_[intid]);
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::set_group(uint32_t w, uint64_t mask, uint64_t value) {
    const uint64_t changed = (group1_[w] ^ value) & mask;
    if (changed == 0)
        return;
    group1_[w] ^= changed;
    for_each_intid(w, changed, [&](uint32_t intid) { rebuild_template(intid); });
    apply_deliverable(w);
}

// After a change of priority or group, in the list register as well.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::rebuild_template(uint32_t intid) {
    Lr value = Hardware::make_lr(intid, priority_[intid], group1_.has(intid));
    Lr kept = lr_state_mask;
    if (linked_.has(intid))
        value |= Hardware::link_lr(physical_of_[intid]);
    else if (wired_.has(intid))
        value |= Hardware::lr_eoi;
    else
        kept |= Hardware::lr_eoi;
    template_[intid] = value;
    if (!in_lr_.has(intid))
        return;
    const uint32_t lr = lr_of_[intid];
    if (const Lr old = hw_.read_lr(lr); (old & lr_state_mask) != 0)
        hw_.write_lr(lr, value | (old & kept));
}

} // namespace amp

#endif
