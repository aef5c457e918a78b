/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Byte layout of a channel's shared memory: one header page, the ring from side 0 to side 1, the ring from side 1 to side 0.
 * The algorithm and its rules are ipc-ring's; dom0, guests and the kernel use that one. Both sides map the memory Normal,
 * inner shareable, write-back; anything else would make their caches disagree.
 *
 * A ring's size is the largest power of two of which two fit behind the header page: (size - 0x1000) / 2, rounded down to a
 * power of two. Ring n starts at 0x1000 + n * ring size; what lies behind both is unused. 0x10000 gives 2 x 0x4000,
 * 0x3000 gives 2 x 0x1000. Each side derives this from the size it was told privately, never from the header.
 */
#ifndef AMP_ABI_RING_H
#define AMP_ABI_RING_H

#include "types.h"
#include "version.h"

#define AMP_CHANNEL_MAGIC 0x4e414843u /* "CHAN" */
#define AMP_CHANNEL_HEADER_SIZE 0x1000u
#define AMP_CHANNEL_SIZE_MIN 0x2000u
#define AMP_CHANNEL_SIZE_MAX 0x40000000u

/*
 * Unit of separation in the header. Cache lines are 64 bytes on nearly all cores; 128 also keeps apart what an
 * adjacent-line prefetcher or a 128-byte outer cache would pull together.
 */
#define AMP_RING_LINE 128

/* A record: this header, the message, zero to seven bytes up to the next multiple of 8. Records are contiguous. */
#define AMP_RECORD_ALIGN 8u
#define AMP_RECORD_MESSAGE 0x4753454du /* "MESG": zeroed memory is no record */
#define AMP_RECORD_PADDING 0x44444150u /* "PADD": length + 8 bytes up to the end of the ring; a message follows at its start */

/*
 * The longest message: with its header half a ring. A message that does not fit before the ring's end is preceded by padding
 * shorter than itself, so a longer one might not fit even into an empty ring.
 */
#define AMP_RING_MESSAGE_MAX(ring_size) ((ring_size) / 2u - 8u)

/* amp_channel_side.data_event, .space_event: index | AMP_EVENT_ARMED, or 0 */
#define AMP_EVENT_ARMED 1u

#ifndef __ASSEMBLER__

struct amp_record {
    uint32_t length; /* of the message, in bytes */
    uint32_t kind;
};
AMP_ABI_SIZE(struct amp_record, 8);

/* Written by whoever creates the channel, before either side attaches. */
struct amp_channel_constants {
    uint32_t magic;
    uint16_t abi_major;
    uint16_t abi_minor;
    uint32_t size; /* of the channel */
    uint32_t ring_size;
    uint32_t pad[28];
};
AMP_ABI_SIZE(struct amp_channel_constants, AMP_RING_LINE);

/*
 * What one side writes; the other only reads it. Indices count bytes since the channel was made, modulo 2^32, and are
 * multiples of 8; byte n lies at n modulo the ring's size.
 * `produced` and `consumed` have lines of their own because they move with the traffic of opposite directions; the events
 * because they are stored only before a wait, yet loaded after every message: in between their line stays in both caches.
 */
struct amp_channel_side {
    uint32_t produced; /* into the ring of this side */
    uint32_t pad0[31];
    uint32_t consumed; /* from the ring of the other side */
    uint32_t pad1[31];
    uint32_t data_event;  /* armed: ring me when the other side's `produced` passes this index */
    uint32_t space_event; /* armed: ring me when the other side's `consumed` passes this index */
    uint32_t pad2[30];
    uint32_t generation; /* +1 at each attach, never 0 again; stored last, with release */
    uint32_t attached;   /* 0 after an orderly detach */
    uint32_t start;      /* `produced` at the last attach: what lies before it is of an earlier generation */
    uint32_t pad3[29];
};
AMP_ABI_SIZE(struct amp_channel_side, 4 * AMP_RING_LINE);
AMP_ABI_OFFSET(struct amp_channel_side, consumed, AMP_RING_LINE);
AMP_ABI_OFFSET(struct amp_channel_side, data_event, 2 * AMP_RING_LINE);
AMP_ABI_OFFSET(struct amp_channel_side, generation, 3 * AMP_RING_LINE);

struct amp_channel_header {
    struct amp_channel_constants constants;
    struct amp_channel_side side[2];
    uint32_t pad[736];
};
AMP_ABI_SIZE(struct amp_channel_header, AMP_CHANNEL_HEADER_SIZE);
AMP_ABI_OFFSET(struct amp_channel_header, side, 128);

#endif /* __ASSEMBLER__ */
#endif
