/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * From start.S to the guest's main(), with everything ready in between, and the end of the partition behind it.
 */
#include <stdint.h>

#include "amp/guest/guest.h"
#include "internal.h"

int main(void);
__attribute__((noreturn)) void amp_guest_main(uint64_t dtb);

/* C++ constructors; the linker script collects them */
extern void (*const amp_init_array_start[])(void);
extern void (*const amp_init_array_end[])(void);

extern char amp_tls_start[];

void amp_guest_main(uint64_t dtb)
{
    amp_arch_set_thread_pointer((uintptr_t)amp_tls_start - AMP_ARCH_TCB_SIZE);
    amp_platform_find(dtb);
    amp_irq_init();
    for (void (*const *constructor)(void) = amp_init_array_start; constructor != amp_init_array_end; constructor++)
        (*constructor)();
    amp_irq_unmask();
    (void)main();
    amp_psci_system_off();
}
