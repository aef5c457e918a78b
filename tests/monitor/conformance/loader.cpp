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

void watch(const Stage& stage) {
    const uint64_t end = counter() + seconds_at_most * frequency();
    uint64_t read = 0;
    bool over = false;
    while (!over && counter() < end) {
        over = is_over(stage);
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
    const Stage stage = prepare_library_guest();
    if (start(stage)) {
        watch(stage);
    } else {
        print("FAIL core 1 does not start\n");
    }
    firmware(psci_system_off);
}
