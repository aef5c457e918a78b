// SPDX-License-Identifier: GPL-2.0-only
// The core's way back to the firmware, and the doorbell of a monitor that never got as far as a virtual GIC.
#include "arch/arch.hpp"
#include "hw/mmio.hpp"
#include "vcpu.hpp"

namespace amp::arch {
namespace {

// PSCI CPU_OFF (Arm DEN 0022, 5.5); it only returns when the firmware refuses, which the module then sees in AFFINITY_INFO.
[[noreturn]] void cpu_off() {
    register uint64_t x0 __asm__("x0") = 0x84000002;
    __asm__ __volatile__("smc #0" : "+r"(x0) : : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
                         "x13", "x14", "x15", "x16", "x17", "memory");
    for (;;) {
        __asm__ __volatile__("wfi");
    }
}

} // namespace

void pend_doorbell_early(const amp_boot_info& boot, uint32_t intid) {
    // Everything stored so far is visible before the interrupt. Partner: the module's reads in its handler.
    dsb_sy();
    constexpr uintptr_t gicd_ispendr = 0x200; // IHI 0048 4.3.7, IHI 0069 12.9.20
    MmioBlock(static_cast<uintptr_t>(boot.gicd.pa)).write32(gicd_ispendr + intid / 32 * 4, 1u << (intid % 32));
}

void leave_core() {
    clear_guest_state();
    // Stage 2 off; then nothing of this guest, of any VMID, is left in this core's TLBs (Arm ARM D8.14).
    AMP_WRITE_SYSREG(hcr_el2, 1ull << 31);
    isb();
    __asm__ __volatile__("tlbi alle1\n\tic iallu" : : : "memory");
    dsb_sy();
    isb();
    cpu_off();
}

void leave_core_without_guest() { cpu_off(); }

} // namespace amp::arch
