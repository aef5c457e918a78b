/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The driver's end of a split virtqueue (virtio 1.2, 2.7) whose every word lies open, so that attacks can write what no
 * driver would. Offers what it is told to and waits for answers; judges nothing.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "amp/guest/guest.h"

#define QUEUE_SIZE 16u
#define NEXT 1u
#define WRITE 2u /* the device writes */
#define INDIRECT 4u

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};

struct available {
    uint16_t flags, index, ring[QUEUE_SIZE], used_event;
};

struct used {
    uint16_t flags, index;
    struct {
        uint32_t head, written;
    } ring[QUEUE_SIZE];
    uint16_t available_event;
};

struct queue {
    volatile struct descriptor descriptors[QUEUE_SIZE] __attribute__((aligned(16)));
    volatile struct available available __attribute__((aligned(4)));
    volatile struct used used __attribute__((aligned(4)));
};

static inline void describe(volatile struct descriptor *descriptor, uint64_t address, uint32_t length, unsigned flags,
                            unsigned next)
{
    descriptor->address = address;
    descriptor->length = length;
    descriptor->flags = (uint16_t)flags;
    descriptor->next = (uint16_t)next;
}

static inline uint64_t address_of(const volatile void *pointer)
{
    return (uintptr_t)pointer;
}

void queue_clear(struct queue *queue);
/* Puts a head into the available ring; the device sees it at once. */
void queue_offer(struct queue *queue, uint16_t head);
/* Whether everything offered has come back. */
bool queue_is_idle(const struct queue *queue);

/* Sleeps so long. */
void nap(uint32_t microseconds);
uint64_t deadline_in(uint32_t milliseconds);

#endif
