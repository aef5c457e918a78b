// SPDX-License-Identifier: GPL-2.0-only
// Gives the machine's only core to the real monitor with bench-exits as the guest: under -icount all cores share one clock of
// instructions, so there must be nobody else. The guest has the machine's own UART, since nobody is there to read a console.
#include "machine.hpp"
#include "stage.hpp"

extern "C" {
extern const char guest_image[], guest_image_end[];
void run();
}

namespace bare {
namespace {

// Where bench.ld.S puts the image, from the start of RAM.
constexpr uint64_t image_offset = 0x80000;
constexpr uint32_t read_write = AMP_ACCESS_READ | AMP_ACCESS_WRITE;

// The stage is set for core 1.
void move_to_core_0(const Stage& stage) {
    stage.boot->mpidr = 0;
    stage.boot->gicr = {gicr_base, gicr_stride};
    auto* const core = reinterpret_cast<amp_core*>(reinterpret_cast<uintptr_t>(stage.partition) + stage.partition->core_offset);
    core->cpu = 0;
    core->mpidr = 0;
}

// In place of the emulated console. Extents are sorted by guest-physical address.
void give_uart(const Stage& stage) {
    stage.partition->flags = 0;
    stage.partition->console_gpa = 0;
    stage.partition->console_intid = 0;
    stage.extents[1] = stage.extents[0];
    stage.extents[0] = {uart_base, uart_base, AMP_PAGE_SIZE, read_write, 1};
}

} // namespace
} // namespace bare

void run() {
    using namespace bare;
    init_gic();
    const Stage stage = prepare(guest_image, 0);
    load_image(stage, guest_image, guest_image_end, image_offset);
    move_to_core_0(stage);
    give_uart(stage);
    __asm__ __volatile__("dsb sy\n\tic iallu\n\tdsb sy\n\tisb\n\tmov x0, %0\n\tbr %1"
                         :
                         : "r"(reinterpret_cast<uintptr_t>(stage.boot)), "r"(monitor_pa)
                         : "x0", "memory");
}
