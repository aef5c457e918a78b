/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The console (PL011, polled) and formatted output to it. Without a console output is dropped and no input comes. Formats:
 * %d %i %u %x %c %s %p %%, with l, ll, z, a width, 0 and -; nothing else.
 */
#ifndef AMP_GUEST_CONSOLE_H
#define AMP_GUEST_CONSOLE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "amp/guest/irq.h"

#ifdef __cplusplus
extern "C" {
#endif

void amp_console_write(const char *text, size_t length);
/* The next byte of input, -1: none. */
int amp_console_read(void);
/* `handler` runs when input arrives; it must read until -1. */
void amp_console_on_input(amp_irq_handler *handler, void *context);

__attribute__((format(printf, 1, 2))) void amp_printf(const char *format, ...);
/* As snprintf: always terminated, the answer is what would have been written. */
__attribute__((format(printf, 3, 4))) size_t amp_snprintf(char *buffer, size_t size, const char *format, ...);
__attribute__((format(printf, 3, 0))) size_t amp_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments);

/* One line per check: "PASS: ..." or "FAIL: ..."; amp_report_end says how many failed and returns that number. */
__attribute__((format(printf, 2, 3))) void amp_report(bool pass, const char *format, ...);
uint32_t amp_report_end(void);

#ifdef __cplusplus
}
#endif
#endif
