// SPDX-License-Identifier: GPL-2.0-only
// Where the distributor's registers lie (IHI 0048B, 4.1.2; IHI 0069, 12.8): of the physical one for the drivers, of the emulated
// one for the guest. GICv3's SGI_base has the private part at the same offsets.
#ifndef AMP_MONITOR_CORE_VGIC_LAYOUT_HPP
#define AMP_MONITOR_CORE_VGIC_LAYOUT_HPP

#include <stdint.h>

namespace amp {

constexpr uint32_t gicd_igroupr = 0x080;
constexpr uint32_t gicd_isenabler = 0x100;
constexpr uint32_t gicd_icenabler = 0x180;
constexpr uint32_t gicd_ispendr = 0x200;
constexpr uint32_t gicd_icpendr = 0x280;
constexpr uint32_t gicd_isactiver = 0x300;
constexpr uint32_t gicd_icactiver = 0x380;
constexpr uint32_t gicd_ipriorityr = 0x400;
constexpr uint32_t gicd_itargetsr = 0x800;
constexpr uint32_t gicd_sgir = 0xf00;
constexpr uint32_t gicd_cpendsgir = 0xf10;
constexpr uint32_t gicd_irouter = 0x6000;

} // namespace amp

#endif
