// SPDX-License-Identifier: GPL-2.0-only
// A GICv3: the ICC and ICH registers of this core, its redistributor, single bits of GICD (IHI 0069, chapters 8, 9 and 12).
// Affinity routing is on, because Linux with a GICv3 runs so. Mmio is MmioBlock or a test's; Cpu has the system registers and
// the barriers.
#ifndef AMP_MONITOR_DRIVERS_GICV3_GICV3_HPP
#define AMP_MONITOR_DRIVERS_GICV3_GICV3_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "core/vgic_hardware.hpp"
#include "drivers/gicv2/distributor.hpp"

namespace amp {

constexpr uint32_t gicr_waker = 0x0014;
constexpr uint32_t gicr_sgi_base = 0x10000;
constexpr uint32_t gicr_waker_processor_sleep = 1u << 1;
constexpr uint32_t gicr_waker_children_asleep = 1u << 2;
constexpr uint32_t gicr_waker_polls = 1000000; // a redistributor that takes longer stays asleep; the module finds us silent

constexpr uint64_t icc_sre_enable = 0xf; // SRE, DFB, DIB, Enable
constexpr uint64_t icc_sre_guest = 0x7;
constexpr uint64_t icc_ctlr_eoimode = 1u << 1;

template <class Mmio, class Cpu>
class Gicv3 {
public:
    using Lr = uint64_t;
    static constexpr uint32_t version = 3;
    // IHI 0069, 12.4 ICH_LR<n>_EL2
    static constexpr Lr lr_pending = 1ull << 62;
    static constexpr Lr lr_active = 1ull << 63;
    static constexpr Lr lr_eoi = 1ull << 41;
    static constexpr Lr make_lr(uint32_t intid, uint8_t priority, bool group1) {
        return intid | static_cast<uint64_t>(priority) << 48 | static_cast<uint64_t>(group1) << 60;
    }
    static constexpr Lr link_lr(uint32_t physical) { return 1ull << 61 | static_cast<uint64_t>(physical) << 32; }

    void start(const amp_boot_info& boot);
    void stop();

    uint64_t acknowledge() { return Cpu::read_iar1(); }
    static constexpr uint64_t intid_of(uint64_t iar) { return iar & 0xffffff; }
    void drop_priority(uint64_t iar) { Cpu::write_eoir1(iar); }
    void deactivate(uint64_t iar) { Cpu::write_dir(iar); }

    void enable(uint32_t intid) { gicd_.enable(intid); }
    void disable(uint32_t intid) { gicd_.disable(intid); }
    void set_pending(uint32_t intid) { gicd_.set_pending(intid); }
    void clear_pending(uint32_t intid) { gicd_.clear_pending(intid); }
    bool is_pending(uint32_t intid) { return gicd_.is_pending(intid); }
    void set_active(uint32_t intid) { gicd_.set_active(intid); }
    void clear_active(uint32_t intid) { gicd_.clear_active(intid); }
    void route_here(uint32_t intid) {
        gicd_.set_priority(intid, gic_priority_guest);
        gicd_.shared().template write<uint64_t>(gicd_irouter + intid * 8, affinity_);
    }
    // Partner of the barrier: who sends a kick, between what it stores and the SGI.
    void observe() { Cpu::observe(); }
    // Partner of the barrier: observe() of the called core, which reads what was stored before the call.
    void send_sgi(uint64_t target, uint32_t sgi) {
        Cpu::publish();
        Cpu::write_sgi1r(sgi1r(target, sgi));
        Cpu::isb();
    }
    // Partner of the barrier: Linux's handler of this SPI.
    void pend_spi(uint32_t intid) {
        Cpu::publish();
        gicd_.set_pending(intid);
    }

    uint32_t lr_count() { return static_cast<uint32_t>(Cpu::read_vtr() & 0x1f) + 1; }
    uint8_t priority_mask() { return static_cast<uint8_t>(0xff << (8 - priority_bits())); }
    Lr read_lr(uint32_t n) { return Cpu::read_lr(n); }
    void write_lr(uint32_t n, Lr value) { Cpu::write_lr(n, value); }
    Lr read_lr_inline(uint32_t n) { return Cpu::read_lr_inline(n); }
    void write_lr_inline(uint32_t n, Lr value) { Cpu::write_lr_inline(n, value); }
    // It follows from the list registers, which may just have been written: without ISB it may still be what it was (Arm ARM D19.1.1).
    uint32_t empty_lrs() {
        Cpu::isb();
        return static_cast<uint32_t>(Cpu::read_elrsr());
    }
    uint32_t read_hcr() { return static_cast<uint32_t>(Cpu::read_hcr()); }
    void write_hcr(uint32_t value) { Cpu::write_hcr(value); }

private:
    static constexpr uint64_t affinity_mask = 0xff00ffffff;

    unsigned priority_bits() { return static_cast<unsigned>(Cpu::read_vtr() >> 29 & 7) + 1; }
    unsigned preemption_bits() { return static_cast<unsigned>(Cpu::read_vtr() >> 26 & 7) + 1; }
    static constexpr unsigned apr_count(unsigned bits) { return bits <= 5 ? 1 : bits == 6 ? 2 : 4; }
    // IHI 0069, 12.2 ICC_SGI1R_EL1: Aff0 selects a bit within a range of 16
    static constexpr uint64_t sgi1r(uint64_t mpidr, uint32_t sgi) {
        const uint64_t aff0 = mpidr & 0xff;
        return (mpidr >> 32 & 0xff) << 48 | (aff0 >> 4) << 44 | (mpidr >> 16 & 0xff) << 32 | uint64_t{sgi} << 24 |
               (mpidr >> 8 & 0xff) << 16 | 1ull << (aff0 & 15);
    }
    void wake_redistributor(uintptr_t frame);
    void start_cpu_interface();
    void clear_virtual();

    GicDistributor<Mmio> gicd_;
    uint64_t affinity_ = 0;
    uint32_t kick_sgi_ = 0;
};

template <class Mmio, class Cpu>
void Gicv3<Mmio, Cpu>::start(const amp_boot_info& boot) {
    gicd_ = GicDistributor<Mmio>(Mmio(boot.gicd.pa), Mmio(boot.gicr.pa + gicr_sgi_base));
    affinity_ = boot.mpidr & affinity_mask;
    kick_sgi_ = boot.kick_sgi;

    wake_redistributor(boot.gicr.pa);
    gicd_.quiesce_private();
    gicd_.banked().write32(gicd_igroupr, ~0u);
    gicd_.set_priority(boot.kick_sgi, gic_priority_kick);
    gicd_.set_priority(boot.maintenance_intid, gic_priority_guest);
    gicd_.set_priority(boot.virtual_timer_intid, gic_priority_guest);
    gicd_.set_priority(boot.physical_timer_intid, gic_priority_guest);
    if (boot.pmu_intid != 0)
        gicd_.set_priority(boot.pmu_intid, gic_priority_guest);

    start_cpu_interface();
    gicd_.enable(boot.kick_sgi);
    gicd_.enable(boot.maintenance_intid);
}

// IHI 0069, 12.11 GICR_WAKER. Where the secure side owns it, it reads as zero and the firmware has done this.
template <class Mmio, class Cpu>
void Gicv3<Mmio, Cpu>::wake_redistributor(uintptr_t frame) {
    const Mmio gicr(frame);
    const uint32_t waker = gicr.read32(gicr_waker);
    if ((waker & (gicr_waker_processor_sleep | gicr_waker_children_asleep)) == 0)
        return;
    gicr.write32(gicr_waker, waker & ~gicr_waker_processor_sleep);
    for (uint32_t n = 0; n < gicr_waker_polls && (gicr.read32(gicr_waker) & gicr_waker_children_asleep) != 0; n++) {
    }
}

template <class Mmio, class Cpu>
void Gicv3<Mmio, Cpu>::start_cpu_interface() {
    // The other registers exist only after the first of these has taken effect.
    Cpu::write_sre_el2(icc_sre_enable);
    Cpu::isb();
    Cpu::write_sre_el1(icc_sre_guest);
    Cpu::isb();
    clear_virtual();
    write_hcr(hcr_en);
    for (unsigned n = 0, count = apr_count(static_cast<unsigned>(Cpu::read_ctlr() >> 8 & 7) + 1); n < count; n++)
        Cpu::write_physical_ap1r(n, 0);
    Cpu::write_ctlr(icc_ctlr_eoimode);
    Cpu::write_pmr(0xff);
    Cpu::write_igrpen1(1);
    Cpu::isb();
}

template <class Mmio, class Cpu>
void Gicv3<Mmio, Cpu>::stop() {
    write_hcr(0);
    clear_virtual();
    gicd_.quiesce_private();
    Cpu::write_igrpen1(0);
    Cpu::write_pmr(0);
    Cpu::write_ctlr(0);
    Cpu::isb();
    gicd_.clear_pending(kick_sgi_);
}

template <class Mmio, class Cpu>
void Gicv3<Mmio, Cpu>::clear_virtual() {
    for (uint32_t n = 0, count = lr_count(); n < count; n++)
        write_lr(n, 0);
    for (unsigned n = 0, count = apr_count(preemption_bits()); n < count; n++)
        Cpu::write_aprs(n, 0);
    Cpu::write_vmcr(0);
}

} // namespace amp

#endif
