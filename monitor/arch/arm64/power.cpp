// SPDX-License-Identifier: GPL-2.0-only
// The core's way back to the firmware, and the doorbell of a monitor that never got as far as a virtual GIC.
#include "arch/arch.hpp"
#include "hw/mmio.hpp"
#include "vcpu.hpp"

namespace amp::arch {
namespace {

constexpr uint32_t psci_cpu_off = 0x84000002;

// PSCI CPU_OFF (Arm DEN 0022, 5.5); it only returns when the firmware refuses, which the module then sees in AFFINITY_INFO.
[[noreturn]] void cpu_off() {
    firmware(psci_cpu_off, 0);
    for (;;) {
        __asm__ __volatile__("wfi");
    }
}

} // namespace

// x4-x17 are the firmware's before SMCCC 1.1 (Arm DEN 0028, 2.5).
int32_t firmware(uint32_t function, uint64_t argument) {
    register uint64_t x0 __asm__("x0") = function;
    register uint64_t x1 __asm__("x1") = argument;
    register uint64_t x2 __asm__("x2") = 0;
    register uint64_t x3 __asm__("x3") = 0;
    __asm__ __volatile__("smc #0"
                         : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
                         :
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
    return static_cast<int32_t>(x0);
}

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
