// SPDX-License-Identifier: GPL-2.0-only
// The machine's only core becomes the partition's: under -icount all cores share one clock of instructions, so there must be nobody
// else. Both benchmarks' loaders end with this.
#ifndef AMP_TESTS_E2E_BENCH_OWN_CORE_HPP
#define AMP_TESTS_E2E_BENCH_OWN_CORE_HPP

#include "machine.hpp"
#include "stage.hpp"

namespace bare {

// The stage is set for core 1.
inline void move_to_core_0(const Stage& stage) {
    stage.boot->mpidr = 0;
    stage.boot->gicr = {gicr_base, gicr_stride};
    auto* const core = reinterpret_cast<amp_core*>(reinterpret_cast<uintptr_t>(stage.partition) + stage.partition->core_offset);
    core->cpu = 0;
    core->mpidr = 0;
}

[[noreturn]] inline void become_the_monitor(const Stage& stage) {
    __asm__ __volatile__("dsb sy\n\tic iallu\n\tdsb sy\n\tisb\n\tmov x0, %0\n\tbr %1"
                         :
                         : "r"(reinterpret_cast<uintptr_t>(stage.boot)), "r"(monitor_pa)
                         : "x0", "memory");
    __builtin_unreachable();
}

} // namespace bare

#endif
