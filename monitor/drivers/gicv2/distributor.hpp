// SPDX-License-Identifier: GPL-2.0-only
// Single bits and bytes of the physical distributor, for interrupts of this core and of this partition. Linux owns the rest
// and uses it at the same time, so nothing here reads, modifies and writes. GICv3 keeps the layout (IHI 0069, 12.9); its
// private interrupts have moved to the redistributor's SGI_base.
#ifndef AMP_MONITOR_DRIVERS_GICV2_DISTRIBUTOR_HPP
#define AMP_MONITOR_DRIVERS_GICV2_DISTRIBUTOR_HPP

#include <stdint.h>

#include "core/vgic_layout.hpp"

namespace amp {

// Linux gives everything 0xa0; the kick goes before timers and devices.
constexpr uint8_t gic_priority_kick = 0x80;
constexpr uint8_t gic_priority_guest = 0xa0;

template <class Mmio>
class GicDistributor {
public:
    GicDistributor() = default;
    GicDistributor(Mmio shared, Mmio banked) : shared_(shared), banked_(banked) {}

    void enable(uint32_t intid) { set_bit(gicd_isenabler, intid); }
    void disable(uint32_t intid) { set_bit(gicd_icenabler, intid); }
    void set_pending(uint32_t intid) { set_bit(gicd_ispendr, intid); }
    void clear_pending(uint32_t intid) { set_bit(gicd_icpendr, intid); }
    bool is_pending(uint32_t intid) { return (bank(intid).read32(word(gicd_ispendr, intid)) & mask(intid)) != 0; }
    void set_active(uint32_t intid) { set_bit(gicd_isactiver, intid); }
    void clear_active(uint32_t intid) { set_bit(gicd_icactiver, intid); }
    void set_priority(uint32_t intid, uint8_t priority) { bank(intid).write8(gicd_ipriorityr + intid, priority); }

    // All of this core's private interrupts masked and inactive. Group 1 is where Linux has them; the write is ignored where
    // the secure side decides (GICD_CTLR.DS == 0).
    void quiesce_private() {
        banked_.write32(gicd_icenabler, ~0u);
        banked_.write32(gicd_icactiver, ~0u);
    }

    Mmio& shared() { return shared_; }
    Mmio& banked() { return banked_; }

private:
    static constexpr uint32_t mask(uint32_t intid) { return 1u << (intid % 32); }
    static constexpr uint32_t word(uint32_t reg, uint32_t intid) { return reg + intid / 32 * 4; }
    Mmio& bank(uint32_t intid) { return intid < 32 ? banked_ : shared_; }
    void set_bit(uint32_t reg, uint32_t intid) { bank(intid).write32(word(reg, intid), mask(intid)); }

    Mmio shared_;
    Mmio banked_;
};

} // namespace amp

#endif
