/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What sender and receiver agree on beyond include/amp/abi/ring.h: the size of a record, which indices are possible, and how
 * bytes are copied. No state, no index is loaded or stored here.
 */
#ifndef AMP_RING_RECORD_H
#define AMP_RING_RECORD_H

#include "amp/abi/ring.h"
#include "amp/ring/order.h"
#include "amp/ring/status.h"

#ifdef __cplusplus
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"
#endif

/*
 * The short paths are a few instructions where the caller knows the length; the compiler, who sees one function of many callers,
 * would call them and memcpy instead. The long ones stay out of the way.
 */
#define AMP_RING_SHORT static inline __attribute__((__always_inline__))
#define AMP_RING_LONG static __attribute__((__noinline__, __unused__))

static inline uint32_t amp_record_size(uint32_t length)
{
    return (uint32_t)sizeof(struct amp_record) + ((length + AMP_RECORD_ALIGN - 1u) & ~(AMP_RECORD_ALIGN - 1u));
}

/* An instruction or two where the compiler knows the length; an empty message may come with no address. */
AMP_RING_SHORT void amp_ring_copy(void *to, const void *from, uint32_t length)
{
    if (length != 0)
        memcpy(to, from, length);
}

static inline bool amp_ring_indices_valid(uint32_t produced, uint32_t consumed, uint32_t size)
{
    /* Neither ahead of the other by more than the ring holds, nor inside a record header. */
    return produced - consumed <= size && ((produced | consumed) & (AMP_RECORD_ALIGN - 1u)) == 0;
}

AMP_RING_SHORT void amp_record_write(uint8_t *place, uint32_t length, uint32_t kind)
{
    struct amp_record *record = (struct amp_record *)(void *)place;

    record->length = length;
    record->kind = kind;
}

#ifdef __cplusplus
#pragma GCC diagnostic pop
#endif
#endif
