// SPDX-License-Identifier: GPL-2.0-only
// The conformance guest on the real monitor without dom0: core 0 plays the module, starts core 1 and passes its console on to
// the machine's UART until the partition is over.
#include "amp/abi/info_page.h"
#include "machine.hpp"
#include "stage.hpp"

extern "C" {
extern const char guest_image[], guest_image_end[];
void run();
}

namespace bare {
namespace {

// Where guest.ld.S puts the image, from the start of RAM.
constexpr uint64_t image_offset = 0x100000;
constexpr uint64_t info_pa = 0x45002000;
constexpr uint32_t stream_bytes = 4096;
constexpr uint64_t seconds_at_most = 60;

// Extents are sorted by guest-physical address.
void give_info_page(const Stage& stage) {
    auto& info = *reinterpret_cast<amp_info_page*>(static_cast<uintptr_t>(info_pa));
    for (uint64_t i = 0; i < AMP_PAGE_SIZE; i += 8) {
        reg<uint64_t>(info_pa + i) = 0;
    }
    info.magic = AMP_INFO_MAGIC;
    info.abi_major = AMP_ABI_MAJOR;
    info.abi_minor = AMP_ABI_MINOR;
    info.size = sizeof(info);
    info.gic_version = stage.partition->gic_version;
    info.console_intid = stage.partition->console_intid;
    info.gicd_gpa = stage.partition->gicd_gpa;
    info.gicr_gpa = stage.partition->gicr_gpa;
    info.gicc_gpa = stage.partition->gicc_gpa;
    info.console_gpa = stage.partition->console_gpa;
    stage.extents[1] = stage.extents[0];
    stage.extents[0] = {AMP_INFO_GPA, info_pa, AMP_PAGE_SIZE, AMP_ACCESS_READ, 0};
}

// All that has been written since; false if some of it is overwritten already.
bool pass_on(const volatile amp_stream& stream, uint64_t& read) {
    const auto* const data = reinterpret_cast<const volatile char*>(&stream + 1);
    const uint64_t written = stream.written;
    __asm__ __volatile__("dmb ish" : : : "memory"); // partner: the monitor's release store of `written`
    if (written - read > stream_bytes) {
        return false;
    }
    for (; read < written; ++read) {
        const char text[] = {data[read % stream_bytes], '\0'};
        print(text);
    }
    return true;
}

bool is_over(const Stage& stage) {
    const uint32_t state = stage.mailbox->state;
    return state == AMP_MONITOR_ENDED || state == AMP_MONITOR_FAILED;
}

// Two faults of QEMU 7.2's GICv2 (docs/virtual-gic.md) are made up for from here, so that the rest can be judged. On a GICv2 as
// specified these writes do nothing.
//
// GICD_ISPENDR pends a private interrupt at the cores that GICD_ITARGETSR names for it: none, unless somebody writes there.
void let_private_interrupts_be_pended() {
    for (uint64_t intid = 16; gic_version() == 2 && intid < 32; ++intid) {
        reg<uint8_t>(gicd_base + 0x800 + intid) = 0xff;
    }
}
// The guest's EOI deactivates a physical interrupt through its list register, but only an access to the distributor makes the
// GIC look whether that one is to be signalled again.
void let_the_gic_look() {
    if (gic_version() == 2) {
        reg<uint32_t>(gicd_base + 0x104) = 0; // GICD_ISENABLER1
    }
}

void watch(const Stage& stage) {
    const uint64_t end = counter() + seconds_at_most * frequency();
    uint64_t read = 0;
    bool over = false;
    while (!over && counter() < end) {
        over = is_over(stage);
        let_the_gic_look();
        if (!pass_on(*stage.console_out, read)) {
            print("\nFAIL console overrun\n");
            return;
        }
    }
    if (!over) {
        print("\nFAIL it does not end\n");
    } else if (stage.exit->reason != AMP_EXIT_SYSTEM_OFF) {
        print("\nFAIL it ended with reason ");
        print_number(stage.exit->reason);
        print(" at ");
        print_hex(stage.exit->pc);
        print(", esr ");
        print_hex(stage.exit->esr);
        print("\n");
    }
}

} // namespace
} // namespace bare

void run() {
    using namespace bare;
    init_gic();
    let_private_interrupts_be_pended();
    const Stage stage = prepare(guest_image, 0);
    load_image(stage, guest_image, guest_image_end, image_offset);
    give_info_page(stage);
    if (start(stage)) {
        watch(stage);
    } else {
        print("FAIL core 1 does not start\n");
    }
    firmware(psci_system_off);
}
