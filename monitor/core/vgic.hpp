// SPDX-License-Identifier: GPL-2.0-only
// The guest's interrupt controller: an emulated distributor (and redistributor, GICv3) in front of the hardware's list
// registers, and the acknowledging of physical interrupts on this core. Called by trap dispatch with the guest stopped; takes
// no lock, because one VCPU owns it, and leaves the list registers live in hardware between exits.
#ifndef AMP_MONITOR_CORE_VGIC_HPP
#define AMP_MONITOR_CORE_VGIC_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "amp/abi/partition.h"

namespace amp {

// A trapped read. ok == false: the device has no access of that width or alignment there (AMP_EXIT_BAD_DEVICE_ACCESS).
struct VgicRead {
    uint64_t value;
    bool ok;
};

// Hardware: Gicv3 (drivers/gicv3/gicv3.hpp), Gicv2 (drivers/gicv2/gicv2.hpp) or a test's FakeGic; the concept is written down
// in core/vgic_hardware.hpp. Every call that changes what is pending brings the list registers up to date itself: there is
// nothing to do on the way back to the guest.
template <class Hardware>
class Vgic {
public:
    // Both structures and `stats` must stay mapped; the GIC frames named in boot_info are mapped Device, VA == PA. Leaves the
    // physical CPU interface with only the kick and maintenance interrupts enabled. Returns AMP_STATUS_*.
    uint32_t init(const amp_boot_info& boot, const amp_partition& partition, amp_stats& stats);

    // IRQ or FIQ exit (and on the way out of a pause): acknowledges one physical interrupt and deals with it; another one
    // pending simply exits again. True: the kick SGI came, look at mailbox and doorbells.
    bool handle_irq();

    // Trapped accesses. `offset` is from the frame's start and may be anything below 2^32; `width` is 1, 2, 4 or 8 bytes.
    VgicRead gicd_read(uint32_t offset, uint32_t width);
    bool gicd_write(uint32_t offset, uint32_t width, uint64_t value); // GICv2: GICD_SGIR included
    VgicRead gicr_read(uint32_t offset, uint32_t width);              // RD_base at 0, SGI_base at 0x10000
    bool gicr_write(uint32_t offset, uint32_t width, uint64_t value);
    // Trapped write of ICC_SGI1R_EL1 (ICC_SGI0R_EL1 and ICC_ASGI1R_EL1 reach no one: ignore them). Counts nothing itself.
    void send_sgi(uint64_t icc_sgi1r);

    // Interrupts of emulated devices and channels. An edge is latched; a line stays asserted until it is lowered. INTIDs out of
    // range are ignored.
    void inject_edge(uint32_t intid);
    void set_line(uint32_t intid, bool level);

    // Kick SGI to another donated core; `target` as in amp_doorbell_slot.target, which the caller found valid.
    void send_physical_sgi(uint64_t target);
    // Pends an SPI of Linux's (the partition's doorbell_intid): one GICD_ISPENDR write, barrier before it included.
    void pend_physical_spi(uint32_t intid);

    // Something that a guest in WFI would be woken by (emulating WFI, CPU_SUSPEND): pending and enabled, not yet active.
    bool has_pending_for_guest();

    // While a partition is paused: the guest's timers and its devices are masked on this core; the kick stays.
    void pause();
    void resume();

    // Nothing of the partition remains in the GIC: its SPIs masked and inactive, this core's interface as Linux expects it to
    // find at CPU_ON. The last thing before CPU_OFF, kick included: after it no interrupt is taken.
    void shutdown();
};

} // namespace amp

#endif
