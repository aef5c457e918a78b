/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Arm DDI 0183, 3.3.10 to 3.3.13: the raw transmit interrupt is set by sending, cleared by UARTICR, passed on by UARTIMSC. */
#include "console_line.h"

#include "amp/guest/guest.h"

enum { DR = 0x00, CR = 0x30, IMSC = 0x38, ICR = 0x44 };
enum { INT_TX = 1 << 5, ALL_INTERRUPTS = 0x7ff };
enum { CR_ENABLE = 1 << 0 | 1 << 8 | 1 << 9 };

void console_line_reset(void)
{
    amp_mmio_write32(amp_platform.console + IMSC, 0);
    amp_mmio_write32(amp_platform.console + ICR, ALL_INTERRUPTS);
    amp_mmio_write32(amp_platform.console + CR, CR_ENABLE);
}

void console_line_raise(void)
{
    amp_mmio_write32(amp_platform.console + DR, '\r');
    amp_mmio_write32(amp_platform.console + IMSC, INT_TX);
    amp_dsb();
}

void console_line_lower(void)
{
    amp_mmio_write32(amp_platform.console + IMSC, 0);
    amp_mmio_write32(amp_platform.console + ICR, INT_TX);
    amp_dsb();
}
