// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads a stream whose writer overwrites the oldest bytes and never waits. Called for the console's reads and READ_STREAM;
 * keeps no state of its own and never changes the stream.
 */
#include <linux/kernel.h>
#include "stream.h"
#include "user_copy.h"

#define PIECE 256

u64 amp_stream_written(const struct amp_stream *stream)
{
	/* Acquire, partner: the monitor's release store of `written` after the bytes. */
	return smp_load_acquire(&stream->written);
}

/* Where a reader at `position` can go on: what is older was overwritten. A position ahead of the writer is nobody's. */
static u64 oldest(const struct amp_stream *stream, u32 capacity, u64 position, u64 *lost)
{
	u64 written = amp_stream_written(stream);

	position = min(position, written);
	if (written - position <= capacity)
		return position;
	*lost += written - capacity - position;
	return written - capacity;
}

/* Into a buffer of our own first: bytes that were overwritten meanwhile are not handed out. */
static u32 copy_piece(const struct amp_stream *stream, u32 capacity, char *to, u32 size, u64 *position, u64 *lost)
{
	const char *data = (const char *)(stream + 1);
	u64 from = oldest(stream, capacity, *position, lost), sure, skipped = 0;
	u32 i, count = min_t(u64, size, amp_stream_written(stream) - from);

	for (i = 0; i < count; i++)
		to[i] = READ_ONCE(data[(from + i) & (capacity - 1)]);
	smp_rmb(); /* the bytes before the second look; partner: the writer's release after later bytes */
	sure = oldest(stream, capacity, from, &skipped);
	if (sure > from) {
		skipped = min_t(u64, sure - from, count);
		memmove(to, to + skipped, count - skipped);
		*lost += skipped;
	}
	*position = from + count;
	return count - skipped;
}

ssize_t amp_stream_read(const struct amp_stream *stream, u32 capacity, char __user *to, size_t size, u64 *position, u64 *lost)
{
	char piece[PIECE];
	size_t done = 0;
	u32 count;

	while (done < size) {
		u64 before = *position, lost_before = *lost;

		count = copy_piece(stream, capacity, piece, min_t(size_t, size - done, PIECE), position, lost);
		if (*position == before)
			break;
		if (!amp_copy_out(to + done, piece, count)) {
			*position = before;
			*lost = lost_before;
			return done ?: -EFAULT;
		}
		done += count;
	}
	return done;
}
