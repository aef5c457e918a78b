/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The PL011's transmit interrupt as a level-triggered line that a test can raise and lower. */
#ifndef CONFORMANCE_CONSOLE_LINE_H
#define CONFORMANCE_CONSOLE_LINE_H

void console_line_reset(void);
void console_line_raise(void); /* stays high until lowered */
void console_line_lower(void);

#endif
