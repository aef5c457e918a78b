/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's end of the byte streams of amp/abi/stream.h. */
#ifndef AMP_STREAM_READER_H
#define AMP_STREAM_READER_H

#include <linux/types.h>
#include "amp/abi/stream.h"

/*
 * Copies to user space from *position on, up to `size` bytes; *position moves behind the last byte copied, *lost counts what
 * was overwritten before it could be read. `capacity` is the module's own word, not the shared one. Bytes copied, or -EFAULT where
 * the first of them can't be had at once: user_copy.h tells what to do then.
 */
ssize_t amp_stream_read(const struct amp_stream *stream, u32 capacity, char __user *to, size_t size, u64 *position, u64 *lost);
u64 amp_stream_written(const struct amp_stream *stream);

#endif
