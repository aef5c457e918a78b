// SPDX-License-Identifier: GPL-2.0-only
// The slow part of delivery, included by vgic.hpp: more pending interrupts than list registers, level-triggered lines, active
// interrupts without a list register. What is in the list registers is always at least as urgent as what waits; the maintenance
// interrupt calls for the rest when none in them is pending any more.
#ifndef AMP_MONITOR_CORE_VGIC_DELIVERY_HPP
#define AMP_MONITOR_CORE_VGIC_DELIVERY_HPP

#include "core/vgic.hpp"

namespace amp {

// Physical interrupts that no guest interrupt is linked to.
template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] bool Vgic<Hardware>::handle_other(uint64_t iar) {
    const uint64_t intid = Hardware::intid_of(iar);
    if (intid >= gic_special_intid && intid < gic_intid_count) {
        count(AMP_CAUSE_SPURIOUS);
        return false;
    }
    hw_.drop_priority(iar);
    // A kick that merged with this one before it was acknowledged does not come again: what it announces is looked at now.
    if (intid == kick_sgi_)
        hw_.observe();
    if (intid == maintenance_intid_)
        refill(); // takes away what asserts it, before it may fire again
    if (intid < gic_special_intid)
        hw_.deactivate(iar); // LPIs, which nobody sends here, have no active state
    count(intid == kick_sgi_            ? AMP_CAUSE_KICK
          : intid == maintenance_intid_ ? AMP_CAUSE_MAINTENANCE
                                        : AMP_CAUSE_SPURIOUS);
    return intid == kick_sgi_;
}

// The first time, or after somebody else took its list register.
template <VgicHardware Hardware>
[[gnu::noinline]] void Vgic<Hardware>::deliver_homeless(uint32_t intid) {
    if (!direct_.has(intid))
        return latch(intid);
    const uint32_t lr = free_lr();
    if (lr == no_lr)
        return latch(intid);
    Lr value = template_[intid] | Hardware::lr_pending;
    if (!edge_.has(intid) && !linked_.has(intid))
        value |= mark_soft(intid);
    assign(lr, intid);
    fill_lr(lr, value);
}

// An empty list register; rather one that is nobody's, last the first ones, where the timers live.
template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::free_lr() {
    const uint32_t unused = hw_.empty_lrs() & lr_all_;
    if (unused == 0)
        return no_lr;
    if (const uint32_t fresh = unused & ~lr_used_; fresh != 0)
        return static_cast<uint32_t>(__builtin_ctz(fresh));
    const uint32_t lr = 31 - static_cast<uint32_t>(__builtin_clz(unused));
    release(lr);
    return lr;
}

template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] void Vgic<Hardware>::latch(uint32_t intid) {
    if (linked_.has(intid) && !deliverable_.has(intid)) {
        return_to_hardware(intid); // fired while the guest was disabling it
        return;
    }
    if (linked_.has(intid) && lr_of_[intid] != no_lr)
        release(lr_of_[intid]);
    latched_.add(intid);
    if (deliverable_.has(intid))
        refill();
}

// A linked interrupt that was acknowledged goes back to being pending, if it still is, in the physical GIC.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::return_to_hardware(uint32_t guest) {
    if (edge_.has(guest))
        hw_.set_pending(physical_of_[guest]);
    hw_.clear_active(physical_of_[guest]);
}

// A level of the hardware that the guest pends by hand: the physical GIC would forget at our acknowledgement which of the two it
// was, line or latch. So until it ends it is as an emulated device's, with the physical one held active.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::unlink(uint32_t intid) {
    hw_.set_active(physical_of_[intid]);
    linked_.remove(intid);
    rebuild_template(intid);
}

// Neither pending by hand nor active any more: the line decides again.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::relink_ended() {
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, by_hand(w) & ~latched_[w] & ~active_[w], [&](uint32_t intid) {
            if (in_lr_.has(intid) && (hw_.read_lr(lr_of_[intid]) & lr_state_mask) != 0)
                return;
            linked_.add(intid);
            rebuild_template(intid);
            hw_.clear_active(physical_of_[intid]);
        });
}

template <VgicHardware Hardware>
void Vgic<Hardware>::set_line(uint32_t intid, bool level) {
    if (intid >= AMP_INTID_LIMIT || wired_.has(intid) || line_.has(intid) == level)
        return;
    if (level) {
        line_.add(intid);
        if (edge_.has(intid))
            return inject_edge(intid);
        if (in_lr_.has(intid)) {
            const Lr value = hw_.read_lr(lr_of_[intid]);
            if ((value & lr_state_mask) != 0) { // its EOI finds the line high
                hw_.write_lr(lr_of_[intid], value | Hardware::lr_eoi);
                return;
            }
        }
        if (deliverable_.has(intid))
            refill();
        return;
    }
    line_.remove(intid);
    if (edge_.has(intid) || !in_lr_.has(intid) || soft_in_lr_.has(intid))
        return;
    const uint32_t lr = lr_of_[intid];
    if ((hw_.read_lr(lr) & lr_state_mask) == Hardware::lr_pending) {
        empty(lr);
        if (waiting_ != 0)
            refill();
    }
}

template <VgicHardware Hardware>
uint64_t Vgic<Hardware>::candidates(uint32_t w) const {
    return is_pending(w) & deliverable_[w] & ~active_[w] & ~in_lr_[w];
}

template <VgicHardware Hardware>
[[gnu::cold]] uint32_t Vgic<Hardware>::best_candidate() const {
    uint32_t best = no_intid;
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, candidates(w), [&](uint32_t intid) {
            if (best == no_intid || priority_[intid] < priority_[best])
                best = intid;
        });
    return best;
}

template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] void Vgic<Hardware>::refill() {
    account_deactivations();
    reclaim();
    relink_ended();
    uint32_t intid;
    while ((intid = best_candidate()) != no_intid) {
        const uint32_t lr = find_room(priority_[intid]);
        if (lr == no_lr)
            break;
        place(lr, intid);
    }
    restore_active();
    share_lrs(intid);
    waiting_ = intid != no_intid ? is_waiting : 0;
    if (waiting_ != 0)
        stats_->overflows++;
    for (uint32_t w = 0; w < IntidSet::words; w++)
        update_direct(w);
    set_hcr(hcr_en | (waiting_ != 0 ? hcr_npie : 0) | (active_.any() ? hcr_lrenpie : 0));
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::update_direct(uint32_t w) {
    direct_[w] = waiting_ != 0 ? 0 : deliverable_[w] & ~active_[w];
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::place(uint32_t lr, uint32_t intid) {
    Lr value = template_[intid] | Hardware::lr_pending;
    if (!edge_.has(intid) && !linked_.has(intid)) {
        if (line_.has(intid))
            value |= Hardware::lr_eoi;
        if (latched_.has(intid))
            soft_in_lr_.add(intid);
        else
            soft_in_lr_.remove(intid);
    }
    latched_.remove(intid);
    assign(lr, intid);
    fill_lr(lr, value);
}

// A list register for a candidate: a free one, that of a less urgent pending interrupt, or, where all of them are active, that
// of the least urgent, whose handler is the last to end.
template <VgicHardware Hardware>
[[gnu::cold]] uint32_t Vgic<Hardware>::find_room(uint8_t priority) {
    if (const uint32_t lr = free_lr(); lr != no_lr)
        return lr;
    uint32_t pending_lr = no_lr, active_lr = no_lr;
    const auto less_urgent = [&](uint32_t lr, uint32_t than) {
        return than == no_lr || priority_[intid_in_[lr]] > priority_[intid_in_[than]];
    };
    for_each_bit(lr_used_, [&](uint32_t lr) {
        uint32_t& found = (hw_.read_lr(lr) & lr_state_mask) == Hardware::lr_pending ? pending_lr : active_lr;
        if (less_urgent(lr, found))
            found = lr;
    });
    if (pending_lr != no_lr && priority_[intid_in_[pending_lr]] <= priority)
        return no_lr;
    const uint32_t victim = pending_lr != no_lr ? pending_lr : active_lr;
    evict(victim);
    return victim;
}

// What a list register holds goes back into the sets.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::evict(uint32_t lr) {
    const uint32_t intid = intid_in_[lr];
    const Lr value = hw_.read_lr(lr);
    const bool from_line = !edge_.has(intid) && !linked_.has(intid) && !soft_in_lr_.has(intid);
    if ((value & Hardware::lr_pending) != 0 && !from_line)
        latched_.add(intid);
    if ((value & Hardware::lr_active) != 0)
        active_.add(intid);
    empty(lr);
}

// What the guest has finished with is no longer in the way of the same interrupt's next time, and asks for no more maintenance
// (IHI 0069, 12.4 ICH_EISR_EL2). Those with nothing pending keep their list register until somebody needs it.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::reclaim() {
    for_each_bit(lr_used_, [&](uint32_t lr) {
        const uint32_t intid = intid_in_[lr];
        if ((hw_.read_lr(lr) & lr_state_mask) != 0)
            return;
        hw_.write_lr(lr, 0);
        if ((is_pending(intid / 64) & IntidSet::mask(intid)) != 0)
            release(lr);
    });
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::empty(uint32_t lr) {
    hw_.write_lr(lr, 0);
    release(lr);
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::assign(uint32_t lr, uint32_t intid) {
    lr_used_ |= 1u << lr;
    intid_in_[lr] = static_cast<uint16_t>(intid);
    lr_of_[intid] = static_cast<uint8_t>(lr);
    in_lr_.add(intid);
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::release(uint32_t lr) {
    const uint32_t intid = intid_in_[lr];
    lr_used_ &= ~(1u << lr);
    lr_of_[intid] = no_lr;
    in_lr_.remove(intid);
}

template <VgicHardware Hardware>
[[gnu::cold]] uint32_t Vgic<Hardware>::most_urgent_active() const {
    uint32_t best = no_intid;
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, active_[w], [&](uint32_t intid) {
            if (best == no_intid || priority_[intid] < priority_[best])
                best = intid;
        });
    return best;
}

// The hardware counts deactivations that met no list register, without their INTIDs (IHI 0069, 12.4 ICH_HCR_EL2.EOIcount).
// Handlers nest by priority, so it was the most urgent one.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::account_deactivations() {
    if (!active_.any())
        return;
    uint32_t ended = hw_.read_hcr() >> hcr_eoi_count_shift;
    if (ended == 0)
        return;
    hw_.write_hcr(hcr_);
    for (uint32_t intid; ended > 0 && (intid = most_urgent_active()) != no_intid; ended--) {
        active_.remove(intid);
        if (linked_.has(intid))
            hw_.clear_active(physical_of_[intid]);
    }
}

// With list registers to spare, an active interrupt gets one, so that its deactivation finds it by its INTID.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::restore_active() {
    for (;;) {
        const uint32_t intid = most_urgent_active();
        const uint32_t lr = intid != no_intid ? free_lr() : no_lr;
        if (lr == no_lr)
            return;
        Lr value = template_[intid] | Hardware::lr_active;
        if (!linked_.has(intid) && !edge_.has(intid) && line_.has(intid))
            value |= Hardware::lr_eoi;
        active_.remove(intid);
        assign(lr, intid);
        hw_.write_lr(lr, value);
    }
}

// What was latched while its interrupt was active in a list register: active and pending there. Not where something more urgent
// waits, or it would come before that at its EOI.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::share_lrs(uint32_t waiting) {
    for_each_bit(lr_used_, [&](uint32_t lr) {
        const uint32_t intid = intid_in_[lr];
        const Lr value = hw_.read_lr(lr);
        if (waiting != no_intid && priority_[intid] > priority_[waiting]) {
            if ((value & lr_state_mask) != lr_state_mask)
                return;
            latched_.add(intid);
            hw_.write_lr(lr, value & ~Hardware::lr_pending);
        } else if (latched_.has(intid) && deliverable_.has(intid) && !linked_.has(intid)) {
            latched_.remove(intid);
            soft_in_lr_.add(intid);
            fill_lr(lr, value | Hardware::lr_pending);
        }
    });
}

template <VgicHardware Hardware>
void Vgic<Hardware>::set_hcr(uint32_t value) {
    if (value == hcr_)
        return;
    hcr_ = value;
    hw_.write_hcr(value);
}

template <VgicHardware Hardware>
[[gnu::cold]] bool Vgic<Hardware>::has_pending_for_guest() {
    if (waiting_ != 0)
        return true;
    for (uint32_t w = 0; w < IntidSet::words; w++)
        if (in_lrs(w, Hardware::lr_pending) != 0)
            return true;
    return false;
}

} // namespace amp

#endif
