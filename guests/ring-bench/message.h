/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What ring-bench understands, by the first word of each message; spoken by tests/e2e/programs/channel and by another ring-bench.
 * Every message has at least this head, in the machine's byte order.
 */
#ifndef AMP_RING_BENCH_MESSAGE_H
#define AMP_RING_BENCH_MESSAGE_H

#include <stdint.h>

#define BENCH_ECHO 1u     /* comes back as it is */
#define BENCH_SINK 2u     /* is taken and counted */
#define BENCH_LAST 3u     /* as SINK; the answer's sequence is the count since the last LAST */
#define BENCH_SOURCE 4u   /* answer with `count` messages of `length` bytes, numbered from 0 */
#define BENCH_POLL 5u     /* from now on poll the ring; comes back */
#define BENCH_SLEEP 6u    /* from now on sleep when there is nothing; comes back */
#define BENCH_SEQUENCE 7u /* comes back before it is taken, with the guest's generation: nothing is lost if the guest dies */
#define BENCH_STAMP 8u    /* comes back with the guest's counter at the moment it was seen */

struct bench_message {
    uint32_t command;
    uint32_t count;
    uint32_t length;
    uint32_t generation; /* of the guest, in answers to SEQUENCE */
    uint64_t sequence;
    uint64_t stamp; /* CNTPCT_EL0, which has no offset, in answers to STAMP */
};

#define BENCH_MESSAGE_MAX 0x4000u

#endif
