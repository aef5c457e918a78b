/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* PL011 (Arm DDI 0183), polled; the registers below are all that it needs. The machine has set the line up. */
#include "amp/guest/console.h"

#include "amp/guest/info.h"
#include "amp/guest/mmio.h"

enum { DR = 0x00, FR = 0x18, CR = 0x30, IMSC = 0x38, ICR = 0x44 };
enum { FR_RXFE = 1 << 4, FR_TXFF = 1 << 5 };
enum { CR_ENABLE = 1 << 0 | 1 << 8 | 1 << 9 };
enum { INT_RX = 1 << 4, INT_RX_TIMEOUT = 1 << 6 };

void amp_console_write(const char *text, size_t length)
{
    if (amp_platform.console == 0)
        return;
    for (size_t i = 0; i < length; i++) {
        while ((amp_mmio_read32(amp_platform.console + FR) & FR_TXFF) != 0)
            ; /* QEMU and the monitor never let it fill up; a real line drains at its speed */
        amp_mmio_write32(amp_platform.console + DR, (uint8_t)text[i]);
    }
}

int amp_console_read(void)
{
    if (amp_platform.console == 0 || (amp_mmio_read32(amp_platform.console + FR) & FR_RXFE) != 0)
        return -1;
    return (int)(amp_mmio_read32(amp_platform.console + DR) & 0xff);
}

void amp_console_on_input(amp_irq_handler *handler, void *context)
{
    if (amp_platform.console == 0)
        return;
    amp_mmio_write32(amp_platform.console + CR, CR_ENABLE);
    amp_mmio_write32(amp_platform.console + ICR, INT_RX | INT_RX_TIMEOUT);
    amp_irq_enable(amp_platform.console_intid, false, handler, context);
    amp_mmio_write32(amp_platform.console + IMSC, INT_RX | INT_RX_TIMEOUT);
}
