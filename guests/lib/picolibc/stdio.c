/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What picolibc asks of the machine below it: the standard streams, on the console, and the end of the program. */
#include <stdio.h>
#include <unistd.h>

#include "amp/guest/console.h"
#include "amp/guest/hypercall.h"

static int put(char c, FILE *stream)
{
    (void)stream;
    amp_console_write(&c, 1);
    return c;
}

static int get(FILE *stream)
{
    int c = amp_console_read();

    (void)stream;
    return c < 0 ? _FDEV_EOF : c;
}

static FILE console = FDEV_SETUP_STREAM(put, get, NULL, _FDEV_SETUP_RW);

FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;

void _exit(int status)
{
    (void)status;
    amp_psci_system_off();
}
