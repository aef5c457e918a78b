// SPDX-License-Identifier: GPL-2.0-only
// A GICv2 with virtualization extensions: GICC and GICH of this core, single bits of GICD (IHI 0048B, chapters 4 and 5). The
// guest's CPU interface is GICV, mapped by stage 2; nothing here touches it. Mmio is MmioBlock or a test's; Cpu has the
// barriers.
#ifndef AMP_MONITOR_DRIVERS_GICV2_GICV2_HPP
#define AMP_MONITOR_DRIVERS_GICV2_GICV2_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "core/vgic_hardware.hpp"
#include "drivers/gicv2/distributor.hpp"

namespace amp {

constexpr uint32_t gicc_ctlr = 0x0000;
constexpr uint32_t gicc_pmr = 0x0004;
constexpr uint32_t gicc_iar = 0x000c;
constexpr uint32_t gicc_eoir = 0x0010;
constexpr uint32_t gicc_apr = 0x00d0;
constexpr uint32_t gicc_dir = 0x1000;
constexpr uint32_t gicc_ctlr_enable = 1u << 0;
constexpr uint32_t gicc_ctlr_bypass = 0xfu << 5; // board wiring, as the firmware left it
constexpr uint32_t gicc_ctlr_eoimode_ns = 1u << 9;
constexpr uint32_t gicc_apr_count = 4;

constexpr uint32_t gich_hcr = 0x000;
constexpr uint32_t gich_vtr = 0x004;
constexpr uint32_t gich_vmcr = 0x008;
constexpr uint32_t gich_elrsr = 0x030;
constexpr uint32_t gich_apr = 0x0f0;
constexpr uint32_t gich_lr = 0x100;

template <class Mmio, class Cpu>
class Gicv2 {
public:
    using Lr = uint32_t;
    static constexpr uint32_t version = 2;
    // IHI 0048B, 5.3.11 GICH_LRn
    static constexpr Lr lr_pending = 1u << 28;
    static constexpr Lr lr_active = 1u << 29;
    static constexpr Lr lr_eoi = 1u << 19;
    static constexpr Lr make_lr(uint32_t intid, uint8_t priority, bool group1) {
        return intid | static_cast<uint32_t>(priority >> 3) << 23 | static_cast<uint32_t>(group1) << 30;
    }
    static constexpr Lr link_lr(uint32_t physical) { return 1u << 31 | physical << 10; }

    void start(const amp_boot_info& boot);
    void stop();

    // With the sender of an SGI in bits 12:10, which the other two want back (IHI 0048B, 4.4.4)
    uint64_t acknowledge() { return gicc_.read32(gicc_iar); }
    static constexpr uint64_t intid_of(uint64_t iar) { return iar & 0x3ff; }
    void drop_priority(uint64_t iar) { gicc_.write32(gicc_eoir, static_cast<uint32_t>(iar)); }
    void deactivate(uint64_t iar) { gicc_.write32(gicc_dir, static_cast<uint32_t>(iar)); }

    void enable(uint32_t intid) { gicd_.enable(intid); }
    void disable(uint32_t intid) { gicd_.disable(intid); }
    void set_pending(uint32_t intid) { gicd_.set_pending(intid); }
    void clear_pending(uint32_t intid) { gicd_.clear_pending(intid); }
    bool is_pending(uint32_t intid) { return gicd_.is_pending(intid); }
    void set_active(uint32_t intid) { gicd_.set_active(intid); }
    void clear_active(uint32_t intid) { gicd_.clear_active(intid); }
    void route_here(uint32_t intid) {
        gicd_.set_priority(intid, gic_priority_guest);
        gicd_.shared().write8(gicd_itargetsr + intid, own_target());
    }
    // Partner of the barrier: who sends a kick, between what it stores and the SGI.
    void observe() { Cpu::observe(); }
    // Partner of the barrier: observe() of the called core, which reads what was stored before the call.
    void send_sgi(uint64_t target, uint32_t sgi) {
        Cpu::publish();
        gicd_.shared().write32(gicd_sgir, static_cast<uint32_t>(target & 0xff) << 16 | sgi);
    }
    // Partner of the barrier: Linux's handler of this SPI.
    void pend_spi(uint32_t intid) {
        Cpu::publish();
        gicd_.set_pending(intid);
    }

    uint32_t lr_count() { return (gich_.read32(gich_vtr) & 0x3f) + 1; }
    uint8_t priority_mask() { return 0xf8; } // GICH_LRn has five bits of it
    Lr read_lr(uint32_t n) { return gich_.read32(gich_lr + n * 4); }
    void write_lr(uint32_t n, Lr value) { gich_.write32(gich_lr + n * 4, value); }
    Lr read_lr_inline(uint32_t n) { return read_lr(n); }
    void write_lr_inline(uint32_t n, Lr value) { write_lr(n, value); }
    uint32_t empty_lrs() { return gich_.read32(gich_elrsr); }
    uint32_t read_hcr() { return gich_.read32(gich_hcr); }
    void write_hcr(uint32_t value) { gich_.write32(gich_hcr, value); }

private:
    // The targets of a private interrupt read as this core's own bit (IHI 0048B, 4.3.12).
    uint8_t own_target() { return static_cast<uint8_t>(gicd_.banked().read32(gicd_itargetsr)); }
    void clear_virtual();

    GicDistributor<Mmio> gicd_;
    Mmio gicc_;
    Mmio gich_;
    uint32_t kick_sgi_ = 0;
    uint32_t bypass_ = 0;
};

template <class Mmio, class Cpu>
void Gicv2<Mmio, Cpu>::start(const amp_boot_info& boot) {
    const Mmio gicd(boot.gicd.pa);
    gicd_ = GicDistributor<Mmio>(gicd, gicd);
    gicc_ = Mmio(boot.gicc.pa);
    gich_ = Mmio(boot.gich.pa);
    kick_sgi_ = boot.kick_sgi;
    bypass_ = gicc_.read32(gicc_ctlr) & gicc_ctlr_bypass;

    gicd_.quiesce_private();
    gicd_.set_priority(boot.kick_sgi, gic_priority_kick);
    gicd_.set_priority(boot.maintenance_intid, gic_priority_guest);
    gicd_.set_priority(boot.virtual_timer_intid, gic_priority_guest);
    gicd_.set_priority(boot.physical_timer_intid, gic_priority_guest);
    if (boot.pmu_intid != 0)
        gicd_.set_priority(boot.pmu_intid, gic_priority_guest);
    clear_virtual();
    write_hcr(hcr_en);

    for (uint32_t n = 0; n < gicc_apr_count; n++)
        gicc_.write32(gicc_apr + n * 4, 0);
    gicc_.write32(gicc_pmr, 0xff);
    gicc_.write32(gicc_ctlr, bypass_ | gicc_ctlr_eoimode_ns | gicc_ctlr_enable);
    gicd_.enable(boot.kick_sgi);
    gicd_.enable(boot.maintenance_intid);
}

template <class Mmio, class Cpu>
void Gicv2<Mmio, Cpu>::stop() {
    write_hcr(0);
    clear_virtual();
    gicd_.quiesce_private();
    gicc_.write32(gicc_ctlr, bypass_);
    gicc_.write32(gicc_pmr, 0);
    // A pending SGI has a sender; each of the eight is cleared (IHI 0048B, 4.3.16).
    gicd_.banked().write8(gicd_cpendsgir + kick_sgi_, 0xff);
}

template <class Mmio, class Cpu>
void Gicv2<Mmio, Cpu>::clear_virtual() {
    for (uint32_t n = 0, count = lr_count(); n < count; n++)
        write_lr(n, 0);
    gich_.write32(gich_apr, 0);
    gich_.write32(gich_vmcr, 0);
}

} // namespace amp

#endif
