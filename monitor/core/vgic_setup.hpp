// SPDX-License-Identifier: GPL-2.0-only
// Start, pause and end of the virtual GIC, included by vgic.hpp: which physical interrupts the guest gets, and that nothing of
// them remains.
#ifndef AMP_MONITOR_CORE_VGIC_SETUP_HPP
#define AMP_MONITOR_CORE_VGIC_SETUP_HPP

#include "amp/abi/status.h"
#include "core/vgic.hpp"

namespace amp {

template <VgicHardware Hardware>
[[gnu::cold]] uint32_t Vgic<Hardware>::init(const amp_boot_info& boot, const amp_partition& partition, amp_stats& stats) {
    const auto is_ppi = [](uint32_t intid) { return intid >= 16 && intid < 32; };
    if (boot.kick_sgi >= 16 || !is_ppi(boot.maintenance_intid) || !is_ppi(boot.virtual_timer_intid) ||
        !is_ppi(boot.physical_timer_intid) || (boot.pmu_intid != 0 && !is_ppi(boot.pmu_intid)))
        return AMP_STATUS_BAD_IRQ;

    stats_ = &stats;
    kick_sgi_ = boot.kick_sgi;
    maintenance_intid_ = boot.maintenance_intid;
    hcr_ = hcr_en;
    edge_[0] = vgic_sgi_mask;
    group1_.fill(Hardware::version == 3 ? ~0ull : 0);
    hw_.start(boot);
    const uint32_t lrs = hw_.lr_count();
    lr_all_ = lrs < lr_limit ? (1u << lrs) - 1 : 0xffff;
    for (uint32_t intid = 0; intid < AMP_INTID_LIMIT; intid++) {
        lr_of_[intid] = no_lr;
        rebuild_template(intid);
    }

    if (!link(vgic_virtual_timer, boot.virtual_timer_intid, false) ||
        !link(vgic_physical_timer, boot.physical_timer_intid, false) ||
        (boot.pmu_intid != 0 && !link(vgic_pmu, boot.pmu_intid, false)) || !link_devices(partition)) {
        shutdown();
        return AMP_STATUS_BAD_IRQ;
    }
    return AMP_STATUS_OK;
}

template <VgicHardware Hardware>
[[gnu::cold]] bool Vgic<Hardware>::link_devices(const amp_partition& partition) {
    const uint64_t end = partition.irq_offset + uint64_t{partition.irq_count} * sizeof(amp_irq);
    if (partition.irq_count > AMP_IRQS_MAX || end > partition.size || partition.irq_offset % alignof(amp_irq) != 0)
        return false;
    const void* blob = &partition;
    const void* table = static_cast<const char*>(blob) + partition.irq_offset;
    const amp_irq* irqs = static_cast<const amp_irq*>(table);
    for (uint32_t i = 0; i < partition.irq_count; i++) {
        const amp_irq& irq = irqs[i];
        if (irq.intid < 32 || irq.intid == partition.doorbell_intid || irq.guest_intid < 32 ||
            !link(irq.guest_intid, irq.intid, (irq.flags & AMP_IRQ_LEVEL) == 0))
            return false;
        hw_.clear_pending(irq.intid);
        hw_.route_here(irq.intid);
    }
    return true;
}

constexpr uint8_t vgic_cause_of(uint32_t guest) {
    return guest == vgic_virtual_timer    ? AMP_CAUSE_VIRTUAL_TIMER
           : guest == vgic_physical_timer ? AMP_CAUSE_PHYSICAL_TIMER
                                          : AMP_CAUSE_DEVICE_IRQ;
}

// From now on a physical interrupt is the guest's; masked until the guest enables it.
template <VgicHardware Hardware>
[[gnu::cold]] bool Vgic<Hardware>::link(uint32_t guest, uint32_t physical, bool edge) {
    if (guest >= AMP_INTID_LIMIT || physical >= gic_special_intid || physical == maintenance_intid_ ||
        wired_.has(guest) || link_of_[physical].guest != 0)
        return false;
    hw_.disable(physical);
    hw_.clear_active(physical);
    wired_.add(guest);
    linked_.add(guest);
    link_of_[physical] = {static_cast<uint8_t>(guest), vgic_cause_of(guest)};
    physical_of_[guest] = static_cast<uint16_t>(physical);
    if (edge)
        edge_.add(guest);
    rebuild_template(guest);
    return true;
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::pause() {
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, wired_[w], [&](uint32_t intid) { hw_.disable(physical_of_[intid]); });
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::resume() {
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, wired_[w] & deliverable_[w], [&](uint32_t intid) { hw_.enable(physical_of_[intid]); });
}

// Bits that the hardware counts in stay as they are.
template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::mute() {
    hw_.write_hcr(hw_.read_hcr() & ~hcr_en);
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::unmute() {
    hw_.write_hcr(hw_.read_hcr() | hcr_en);
}

template <VgicHardware Hardware>
[[gnu::cold]] void Vgic<Hardware>::shutdown() {
    pause();
    for (uint32_t w = 0; w < IntidSet::words; w++)
        for_each_intid(w, wired_[w], [&](uint32_t intid) {
            hw_.clear_pending(physical_of_[intid]);
            hw_.clear_active(physical_of_[intid]);
        });
    hw_.stop();
}

} // namespace amp

#endif
