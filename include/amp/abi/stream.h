/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A byte stream in shared memory with one writer: the monitor's log, the console's two directions. `written` counts bytes
 * since the start and never wraps in practice; byte n lives at data[n % capacity]. A reader keeps its own position, copies,
 * then loads `written` again: bytes older than written - capacity were overwritten meanwhile and count as lost. Log and
 * console output overwrite the oldest; the console input's writer (module) never goes further than console_in_taken +
 * capacity. The writer stores the bytes, then `written` with release; the reader loads `written` with acquire.
 *
 * Console notification without a call per byte: a reader that has read everything stores 1 to mailbox.console_notify, full
 * barrier, looks at `written` once more. The writer stores `written`, full barrier, and where console_notify is 1 stores 0
 * and pends AMP_OUTBOX_CONSOLE.
 */
#ifndef AMP_ABI_STREAM_H
#define AMP_ABI_STREAM_H

#include "types.h"

#ifndef __ASSEMBLER__
struct amp_stream {
    uint64_t written;
    uint32_t capacity; /* power of two, set by the module before the monitor starts; the monitor keeps its own copy */
    uint32_t pad[13];
    /* capacity bytes follow */
};
AMP_ABI_SIZE(struct amp_stream, 64);
#endif

#endif
