// SPDX-License-Identifier: GPL-2.0-only
// Memory partitioning and monitoring (Arm DDI 0598): the guest has none of it, runs as PARTID 0 and cannot change that. Called at
// start and at the end; never touches a register that the core does not announce, nor any that firmware may keep to itself, because
// that ends the machine.
#ifndef AMP_MONITOR_ARCH_ARM64_MPAM_HPP
#define AMP_MONITOR_ARCH_ARM64_MPAM_HPP

#include "hw/reg.hpp"
#include "id_registers.hpp"

namespace amp {

namespace mpam {
constexpr uint64_t idr_has_hcr = bit(17), idr_has_tidr = bit(58); // MPAMIDR_EL1
// MPAM2_EL2: MPAM1_EL1, MPAM0_EL1, MPAMIDR_EL1. EnMPAMSM = 0 traps MPAMSM_EL1.
constexpr uint64_t trap_mpam1 = bit(48), trap_mpam0 = bit(49), trap_idr = bit(58);
constexpr uint64_t hcr_trap_idr = bit(31); // MPAMHCR_EL2, where there is one; no virtual PARTIDs
} // namespace mpam

// Cpu: usable() (AMP_BOOT_MPAM), pfr0(), mpamidr(), set_mpam0(v), set_mpam1(v), set_mpam2(v), set_mpamhcr(v)
template <class Cpu>
void write_mpam(Cpu cpu, uint64_t traps, uint64_t hcr) {
    if (!cpu.usable() || id::Pfr0Mpam::in(cpu.pfr0()) == 0) {
        return;
    }
    const uint64_t idr = cpu.mpamidr();
    cpu.set_mpam1(0);
    cpu.set_mpam0(0);
    cpu.set_mpam2((idr & mpam::idr_has_tidr) != 0 ? traps : traps & ~mpam::trap_idr);
    if ((idr & mpam::idr_has_hcr) != 0) {
        cpu.set_mpamhcr(hcr);
    }
}

// As Linux has them when it gets a core.
template <class Cpu>
void open_mpam(Cpu cpu) {
    write_mpam(cpu, 0, 0);
}
template <class Cpu>
void close_mpam(Cpu cpu) {
    write_mpam(cpu, mpam::trap_mpam1 | mpam::trap_mpam0 | mpam::trap_idr, mpam::hcr_trap_idr);
}

} // namespace amp

#endif
