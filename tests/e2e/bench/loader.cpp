// SPDX-License-Identifier: GPL-2.0-only
// Gives the machine's only core to the real monitor with bench-exits as the guest. The guest has the machine's own UART, since
// nobody is there to read a console.
#include "own_core.hpp"

extern "C" {
extern const char guest_image[], guest_image_end[];
void run();
}

namespace bare {
namespace {

// Where bench.ld.S puts the image, from the start of RAM.
constexpr uint64_t image_offset = 0x80000;
constexpr uint32_t read_write = AMP_ACCESS_READ | AMP_ACCESS_WRITE;

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
    become_the_monitor(stage);
}
