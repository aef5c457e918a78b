// SPDX-License-Identifier: GPL-2.0-only
// The guest's interrupt controller: an emulated distributor (and redistributor, GICv3) in front of the hardware's list
// registers, and the acknowledging of physical interrupts on this core. Called by trap dispatch with the guest stopped; takes
// no lock, because one VCPU owns it, and leaves the list registers live in hardware between exits.
//
// The state of an interrupt is in one place at a time: in its list register while it has one, else in the sets below. A list
// register that the guest has finished with keeps its owner ("home"), so that a timer or an SGI finds its own again without a
// search; somebody else takes it when no other is empty. Interrupts of the hardware are enabled, disabled, pended and
// deactivated in the physical GIC as the guest does it to the emulated one.
#ifndef AMP_MONITOR_CORE_VGIC_HPP
#define AMP_MONITOR_CORE_VGIC_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "amp/abi/partition.h"
#include "core/vgic_hardware.hpp"
#include "core/vgic_intid_set.hpp"

namespace amp {

// A trapped read. ok == false: there is no access of that width or alignment; value is 0.
struct VgicRead {
    uint64_t value;
    uint64_t ok; // not bool: two whole registers come back without a detour over the stack
};

constexpr uint32_t vgic_virtual_timer = 27; // the guest's INTIDs of the architectural timers
constexpr uint32_t vgic_physical_timer = 30;
constexpr uint32_t vgic_pmu = 23; // its PMU's, as on KVM's virt machine

// Hardware: Gicv3 (drivers/gicv3/gicv3.hpp) or Gicv2 (drivers/gicv2/gicv2.hpp), on real or simulated registers. Every call
// that changes what is pending brings the list registers up to date itself: there is nothing to do on the way back to the
// guest. The object must be zero-initialised, and is used for one life of the guest.
template <VgicHardware Hardware>
class Vgic {
public:
    // Both structures and `stats` must stay mapped; the GIC frames named in boot_info are mapped Device, VA == PA. Leaves the
    // physical CPU interface with only the kick and maintenance interrupts enabled. Returns AMP_STATUS_*.
    uint32_t init(const amp_boot_info& boot, const amp_partition& partition, amp_stats& stats);

    // IRQ or FIQ exit (and on the way out of a pause): acknowledges one physical interrupt and deals with it; another one
    // pending simply exits again. True: the kick SGI came, look at mailbox and doorbells.
    bool handle_irq();

    // Trapped accesses. `offset` is from the frame's start and may be anything below 2^32; `width` is 1, 2, 4 or 8 bytes.
    // Inline in the exit path; what is behind read_group() stays out of it.
    [[gnu::always_inline]] VgicRead gicd_read(uint32_t offset, uint32_t width);
    bool gicd_write(uint32_t offset, uint32_t width, uint64_t value); // GICv2: GICD_SGIR included
    VgicRead gicr_read(uint32_t offset, uint32_t width);              // RD_base at 0, SGI_base at 0x10000
    bool gicr_write(uint32_t offset, uint32_t width, uint64_t value);
    // Trapped write of ICC_SGI1R_EL1. ICC_SGI0R_EL1 (and ICC_ASGI1R_EL1) reach SGIs of group 0 only. Neither counts anything.
    void send_sgi(uint64_t icc_sgi1r);
    void send_group0_sgi(uint64_t icc_sgi0r);

    // Interrupts of emulated devices and channels. An edge is latched; a line stays asserted until it is lowered. INTIDs out of
    // range, and those that hardware drives, are ignored.
    void inject_edge(uint32_t intid);
    void set_line(uint32_t intid, bool level);

    // Kick SGI to another donated core; `target` as in amp_doorbell_slot.target, which the caller found valid.
    void send_physical_sgi(uint64_t target) { hw_.send_sgi(target, kick_sgi_); }
    // Pends an SPI of Linux's (the partition's doorbell_intid): one GICD_ISPENDR write, barrier before it included.
    void pend_physical_spi(uint32_t intid) { hw_.pend_spi(intid); }

    // Something that a guest in WFI would be woken by (emulating WFI, CPU_SUSPEND): pending and enabled, not yet active.
    bool has_pending_for_guest();

    // While a partition is paused: the guest's timers and its devices are masked on this core; the kick stays.
    void pause();
    void resume();

    // Between the two the guest is signalled nothing, so that what is pending for it does not end the monitor's own WFI. On cores
    // it would not (Arm ARM D1.6.2: virtual interrupts are wake-up events of EL1 alone); QEMU 7.2 does not look at the level.
    void mute();
    void unmute();

    // Nothing of the partition remains in the GIC: its SPIs masked and inactive, this core's interface as Linux expects it to
    // find at CPU_ON. The last thing before CPU_OFF, kick included: after it no interrupt is taken.
    void shutdown();

private:
    using Lr = typename Hardware::Lr;
    static constexpr Lr lr_state_mask = Hardware::lr_pending | Hardware::lr_active;
    static constexpr uint8_t no_lr = 0xff;
    static constexpr uint32_t no_intid = ~0u;
    static constexpr uint32_t lr_limit = 16;
    static constexpr uint8_t is_waiting = 0x80;
    static_assert(no_lr >= lr_limit && is_waiting >= lr_limit, "one comparison excludes both");

    // What a physical INTID is to the guest; guest 0: nothing
    struct Link {
        uint8_t guest;
        uint8_t cause; // AMP_CAUSE_*
    };

    // Which 32-INTID groups a frame shows: GICv3 splits private from shared ones, GICv2's distributor has all.
    enum class Frame : uint32_t { distributor, redistributor };
    static constexpr uint32_t first_group(Frame frame) {
        return frame == Frame::distributor && Hardware::version == 3 ? 1 : 0;
    }
    static constexpr uint32_t end_group(Frame frame) { return frame == Frame::distributor ? AMP_INTID_LIMIT / 32 : 1; }
    static constexpr bool shows(Frame frame, uint32_t group) { return group >= first_group(frame) && group < end_group(frame); }

    // vgic_setup.hpp
    bool link(uint32_t guest, uint32_t physical, bool edge);
    bool link_devices(const amp_partition& partition);

    // hot path, below
    void deliver_linked(uint32_t guest);
    bool handle_other(uint64_t iar);
    void count(uint32_t cause) { stats_->exits[cause]++; }
    void pend(uint32_t intid);
    Lr mark_soft(uint32_t intid) {
        soft_in_lr_.add(intid);
        return line_.has(intid) ? Hardware::lr_eoi : 0;
    }
    void fill_lr(uint32_t lr, Lr value) {
        stats_->injected++;
        hw_.write_lr(lr, value);
    }

    // vgic_delivery.hpp
    void deliver_homeless(uint32_t intid);
    void refill();
    void update_direct(uint32_t w);
    uint32_t free_lr();
    void latch(uint32_t intid);
    uint64_t is_pending(uint32_t w) const { return latched_[w] | (line_[w] & ~edge_[w]); }
    uint64_t candidates(uint32_t w) const;
    uint32_t best_candidate() const;
    uint32_t most_urgent_active() const;
    uint32_t find_room(uint8_t priority);
    void place(uint32_t lr, uint32_t intid);
    void reclaim();
    void account_deactivations();
    void restore_active();
    void share_lrs(uint32_t waiting);
    void set_hcr(uint32_t value);
    void assign(uint32_t lr, uint32_t intid);
    void release(uint32_t lr);
    void empty(uint32_t lr);
    void evict(uint32_t lr);
    void return_to_hardware(uint32_t guest);
    uint64_t by_hand(uint32_t w) const { return wired_[w] & ~linked_[w]; }
    void unlink(uint32_t intid);
    void relink_ended();

    // vgic_state.hpp: what a write to a set or clear register does, for word w of the sets
    void apply_deliverable(uint32_t w);
    void apply_deliverable();
    void settle(uint32_t w, uint64_t mask);
    void withdraw(uint32_t intid);
    void set_enabled(uint32_t w, uint64_t enabled);
    uint64_t pending(uint32_t w);
    void set_pending(uint32_t w, uint64_t mask);
    void clear_pending(uint32_t w, uint64_t mask);
    uint64_t active(uint32_t w);
    void set_active(uint32_t w, uint64_t mask);
    void clear_active(uint32_t w, uint64_t mask);
    void activate(uint32_t intid);
    void deactivate(uint32_t intid);
    void set_group(uint32_t w, uint64_t mask, uint64_t value);
    void rebuild_template(uint32_t intid);
    uint64_t in_lrs(uint32_t w, Lr state);

    // vgic_registers.hpp
    VgicRead read_group(Frame frame, uint32_t offset, uint32_t width);
    VgicRead read_fields(Frame frame, uint32_t offset, uint32_t width);
    bool write_group(Frame frame, uint32_t offset, uint32_t width, uint64_t value);
    bool write_fields(Frame frame, uint32_t offset, uint32_t width, uint32_t value);
    uint32_t read_set(uint32_t block, uint32_t n);
    void write_set(uint32_t block, uint32_t n, uint32_t value);
    void write_state(uint32_t block, uint32_t n, uint64_t mask);
    uint32_t read_priorities(Frame frame, uint32_t intid, uint32_t count) const;
    void write_priorities(Frame frame, uint32_t intid, uint32_t count, uint32_t value);
    uint32_t read_targets(uint32_t intid, uint32_t count) const;
    uint32_t read_config(Frame frame, uint32_t n) const;
    void write_config(Frame frame, uint32_t n, uint32_t value);
    uint32_t read_sgi_pending(uint32_t sgi, uint32_t count);
    void write_sgi_pending(uint32_t sgi, uint32_t count, uint32_t value, bool set);
    void write_sgir(uint32_t value);

    // first what the hot paths touch
    amp_stats* stats_;
    Hardware hw_;
    uint8_t waiting_;           // not 0 (is_waiting): candidates are left that found no list register
    uint32_t lr_all_;           // bit for each list register there is
    uint32_t lr_used_;          // those that are somebody's home
    uint32_t hcr_;
    IntidSet direct_;           // may go into its list register without a look at others
    IntidSet deliverable_;      // enabled, and so is the group
    IntidSet active_;           // active without a list register
    IntidSet edge_;             // ICFGR
    IntidSet line_;             // level of emulated devices' lines
    IntidSet latched_;          // pending without a list register, whatever the line. Linked: acknowledged physically
    IntidSet soft_in_lr_;       // level-triggered, not linked, and in its list register not because of the line
    IntidSet in_lr_;            // has a home, perhaps finished
    IntidSet enabled_;
    IntidSet group1_;
    IntidSet wired_;            // driven by hardware
    IntidSet linked_;           // those of them that the guest itself deactivates, through its list register: all but by_hand()
    uint8_t lr_of_[AMP_INTID_LIMIT];
    uint8_t priority_[AMP_INTID_LIMIT];
    uint16_t physical_of_[AMP_INTID_LIMIT];
    Link link_of_[gic_intid_count];
    Lr template_[AMP_INTID_LIMIT];      // an LR but for its state and EOI request
    uint16_t intid_in_[lr_limit];
    uint32_t ctlr_;
    uint32_t kick_sgi_;
    uint32_t maintenance_intid_;
};

template <VgicHardware Hardware>
inline bool Vgic<Hardware>::handle_irq() {
    const uint64_t iar = hw_.acknowledge();
    const uint64_t intid = Hardware::intid_of(iar);
    if (intid >= gic_intid_count) [[unlikely]]
        return handle_other(iar);
    const Link link = link_of_[intid];
    if (link.guest == 0) [[unlikely]]
        return handle_other(iar);
    hw_.drop_priority(iar); // stays active until the guest's own EOI deactivates it through the list register
    count(link.cause);
    deliver_linked(link.guest);
    return false;
}

// It was inactive: its list register, if it has one, is finished with, no need to look. One that fires while the guest disables
// it has none (withdraw()).
template <VgicHardware Hardware>
inline void Vgic<Hardware>::deliver_linked(uint32_t guest) {
    const uint32_t lr = lr_of_[guest];
    if ((lr | waiting_) >= lr_limit) [[unlikely]]
        return deliver_homeless(guest);
    stats_->injected++;
    hw_.write_lr_inline(lr, template_[guest] | Hardware::lr_pending);
}

// Makes an interrupt pending that hardware does not drive: SGIs, edges, the guest's own GICD_ISPENDR.
template <VgicHardware Hardware>
inline void Vgic<Hardware>::pend(uint32_t intid) {
    if (!direct_.has(intid)) [[unlikely]]
        return latch(intid);
    const uint32_t lr = lr_of_[intid];
    if (lr == no_lr) [[unlikely]]
        return deliver_homeless(intid);
    Lr value = hw_.read_lr_inline(lr);
    if ((value & lr_state_mask) == 0)
        value = template_[intid];
    // else pending stays so, active becomes active and pending
    if (!edge_.has(intid))
        value |= mark_soft(intid);
    stats_->injected++;
    hw_.write_lr_inline(lr, value | Hardware::lr_pending);
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::send_sgi(uint64_t icc_sgi1r) {
    // IHI 0069, 12.2 ICC_SGI1R_EL1: Aff3 55:48, RS 47:44, IRM 40, Aff2 39:32, INTID 27:24, Aff1 23:16, target list 15:0. This
    // VCPU is affinity 0.0.0.0 and alone, so "all but self" reaches no one.
    constexpr uint64_t others = 0xffull << 48 | 0xfull << 44 | 1ull << 40 | 0xffull << 32 | 0xffull << 16;
    if ((icc_sgi1r & others) == 0 && (icc_sgi1r & 1) != 0)
        pend(icc_sgi1r >> 24 & 0xf);
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::send_group0_sgi(uint64_t icc_sgi0r) {
    if (!group1_.has(icc_sgi0r >> 24 & 0xf))
        send_sgi(icc_sgi0r);
}

template <VgicHardware Hardware>
[[gnu::noinline]] void Vgic<Hardware>::inject_edge(uint32_t intid) {
    if (intid < AMP_INTID_LIMIT && !wired_.has(intid))
        pend(intid);
}

} // namespace amp

#include "core/vgic_delivery.hpp"
#include "core/vgic_registers.hpp"
#include "core/vgic_setup.hpp"
#include "core/vgic_state.hpp"

#endif
