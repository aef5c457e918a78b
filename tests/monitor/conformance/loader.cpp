// SPDX-License-Identifier: GPL-2.0-only
// The conformance guest on the real monitor without dom0: core 0 plays the module, starts core 1 and passes its console on to
// the machine's UART until the partition is over.
#include "library_guest.hpp"
#include "machine.hpp"

extern "C" void run();

namespace bare {
namespace {

constexpr uint64_t seconds_at_most = 60;

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
    const Stage stage = prepare_library_guest();
    if (start(stage)) {
        watch(stage);
    } else {
        print("FAIL core 1 does not start\n");
    }
    firmware(psci_system_off);
}
