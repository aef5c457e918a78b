// SPDX-License-Identifier: GPL-2.0-only
// Gives the machine's only core to the real monitor with a stock Linux as the guest, for bench-boot: QEMU has put kernel, initramfs
// and device tree into memory. What the partition leaves (console, statistics, reason) is read from memory, from outside.
#include "own_core.hpp"

extern "C" void run();

namespace bare {
namespace {

// bench-boot puts the files there: QEMU's own places in a machine that boots Linux directly, 256 MiB further up.
constexpr uint64_t ram_pa = 0x50000000, ram_size = 0x10000000;
constexpr uint64_t kernel_offset = 0x200000, dtb_offset = 0xf000000;

void give_ram(const Stage& stage) {
    constexpr uint32_t all = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE;
    stage.extents[0] = {guest_ram_gpa, ram_pa, ram_size, all, 0};
    stage.boot->extent_count = 1;
    stage.partition->entry = guest_ram_gpa + kernel_offset;
    stage.partition->dtb_gpa = guest_ram_gpa + dtb_offset;
}

void say_where(const char* what, const amp_area& area) {
    print(what);
    print(" ");
    print_hex(area.pa);
    print("\n");
}

// In the order of amp_stats.exits.
void say_causes() {
#define SAY(name, number, text) print("cause " text "\n");
    AMP_CAUSE_LIST(SAY)
#undef SAY
}

} // namespace
} // namespace bare

void run() {
    using namespace bare;
    init_gic();
    const Stage stage = prepare(nullptr, 0);
    move_to_core_0(stage);
    give_ram(stage);
    say_where("console", stage.boot->console_out);
    say_where("stats", stage.boot->stats);
    say_where("exit", stage.boot->exit_record);
    say_causes();
    print("go\n");
    become_the_monitor(stage);
}
