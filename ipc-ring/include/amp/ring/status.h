/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What every call of the ring answers. spsc.hpp makes its enum and its texts of the same list.
 */
#ifndef AMP_RING_STATUS_H
#define AMP_RING_STATUS_H

/* X(NAME, number, text): what a call answers. The first three are everyday answers, not errors. */
/* clang-format off */
#define AMP_RING_STATUS_LIST(X) \
    X(OK,           0, "done") \
    X(EMPTY,        1, "no message") \
    X(FULL,         2, "no space now") \
    X(TOO_LONG,     3, "message longer than the ring ever takes") \
    X(TOO_SMALL,    4, "buffer smaller than the message, which stays") \
    X(PEER_CORRUPT, 5, "the peer's index or record is impossible") \
    X(NOT_RESERVED, 6, "commit of more than was reserved") \
    X(BAD_MEMORY,   7, "channel size, alignment or side is impossible") \
    X(BAD_HEADER,   8, "no channel of this size and ABI version there")
/* clang-format on */
#define AMP_RING_STATUS_CONSTANT(name, number, text) AMP_RING_##name = number,
enum amp_ring_status { AMP_RING_STATUS_LIST(AMP_RING_STATUS_CONSTANT) };

#endif
