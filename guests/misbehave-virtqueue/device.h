/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A virtio device over MMIO (virtio 1.2, 4.2), brought up step by step by the book or otherwise. Its queues are those of
 * this guest: one device is driven at a time, and its reset gives the memory back.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "queue.h"

/* 4.2.2 */
enum {
    DEVICE_FEATURES = 0x010, DEVICE_FEATURES_SEL = 0x014, DRIVER_FEATURES = 0x020, DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030, QUEUE_NUM = 0x038, QUEUE_READY = 0x044, QUEUE_NOTIFY = 0x050,
    STATUS = 0x070, QUEUE_DESC = 0x080, QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0, CONFIG = 0x100,
};
/* 2.1: ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, DEVICE_NEEDS_RESET */
enum { STEP_FOUND = 1, STEP_DRIVER = 3, STEP_FEATURES = 11, STEP_READY = 15, NEEDS_RESET = 64 };
enum { ID_NET = 1, ID_BLK = 2, ID_CONSOLE = 3, ID_RNG = 4, ID_VSOCK = 19 };

#define FEATURE_INDIRECT (1ull << 28)
#define FEATURE_EVENT_INDEX (1ull << 29)
#define FEATURE_VERSION_1 (1ull << 32)
#define QUEUES_MAX 3u

struct device;

/* What the attacks have to know of a type of device. */
struct kind {
    uint32_t id;
    const char *name;
    unsigned queue_count;
    unsigned attacked;               /* this queue */
    bool receives;                   /* buffers in it wait for something to come in */
    uint64_t features;               /* beside the queues' own */
    bool (*honest)(struct device *); /* requests by the book; whether they were answered so */
    /* Where something comes in only when it is asked for: asks, by the other queue. */
    void (*provoke)(struct device *);
};

struct device {
    const struct kind *kind;
    uintptr_t registers;
    uint64_t features; /* agreed on */
    struct queue *queue; /* the attacked one */
    bool in_kernel;      /* which vhost works on */
};

extern struct queue queues[QUEUES_MAX];
/* For attacks to use as they like. */
#define BUFFER_SIZE 0x20000u
extern uint8_t buffer[BUFFER_SIZE];

uint32_t get(const struct device *device, uint32_t offset);
void put(const struct device *device, uint32_t offset, uint32_t value);

/* Reset, then up to FEATURES_OK. */
bool negotiate(struct device *device);
void set_queue(const struct device *device, unsigned index, uint32_t size, uint64_t desc, uint64_t driver, uint64_t used);
/* By the book. */
void set_good_queue(const struct device *device, unsigned index);
/* All of it, by the book. */
bool bring_up(struct device *device);
void reset(const struct device *device);

void notify(const struct device *device, unsigned queue);
/* Offers `head` of the attacked queue and notifies. */
void offer(const struct device *device, uint16_t head);
/* Until everything offered in that queue came back; false: it did not, within ten seconds. */
bool wait_idle(const struct queue *queue);

#endif
