// SPDX-License-Identifier: GPL-2.0-only
// QEMU's virt machine as core 0 sees it without an operating system: UART, firmware, interrupt controller.
#ifndef AMP_TESTS_MONITOR_BARE_MACHINE_HPP
#define AMP_TESTS_MONITOR_BARE_MACHINE_HPP

#include <stdint.h>

namespace bare {

constexpr uint64_t gicd_base = 0x08000000, gicc_base = 0x08010000, gich_base = 0x08030000, gicv_base = 0x08040000;
constexpr uint64_t gicr_base = 0x080a0000, gicr_stride = 0x20000; // RD_base and SGI_base per core
constexpr uint64_t uart_base = 0x09000000;

template <class T>
inline volatile T& reg(uint64_t address) {
    return *reinterpret_cast<volatile T*>(static_cast<uintptr_t>(address));
}

void print(const char* text);
void print_hex(uint64_t value);
void print_number(uint64_t value);

// Prints what is wrong; gives back whether it is good.
bool check(bool good, const char* what);
bool delay_ms(uint64_t ms);

uint32_t gic_version();
void init_gic();
// Kick SGI to core 1.
void kick();
bool take_spi(uint32_t intid); // was pending; is not any more

inline uint64_t counter() {
    uint64_t value;
    __asm__ __volatile__("isb\n\tmrs %0, cntpct_el0" : "=r"(value) : : "memory");
    return value;
}
inline uint64_t frequency() {
    uint64_t value;
    __asm__ __volatile__("mrs %0, cntfrq_el0" : "=r"(value));
    return value;
}

int64_t firmware(uint64_t function, uint64_t a = 0, uint64_t b = 0, uint64_t c = 0);
constexpr uint64_t psci_cpu_on = 0xc4000003, psci_affinity_info = 0xc4000004, psci_system_off = 0x84000008;

} // namespace bare

#endif
