// SPDX-License-Identifier: GPL-2.0-only
// The virtual GIC over whichever interrupt controller the host has, on real registers.
#ifndef AMP_MONITOR_ARCH_ARM64_ARCH_GIC_HPP
#define AMP_MONITOR_ARCH_ARM64_ARCH_GIC_HPP

#include "core/vgic_select.hpp"
#include "drivers/gicv2/gicv2.hpp"
#include "drivers/gicv3/gicv3.hpp"
#include "drivers/gicv3/sysregs.hpp"
#include "hw/mmio.hpp"

namespace amp {

using Gic = VgicSelect<Gicv3<MmioBlock, Gicv3Sysregs>, Gicv2<MmioBlock, Gicv3Sysregs>>;

} // namespace amp

#endif
