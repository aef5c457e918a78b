/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an attack is, and the lists of them. Each is made on a device that was just brought up (or negotiated with), and judged
 * by attack.c, which then expects the device to work again.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include "device.h"

enum expected {
    BREAKS,   /* the queue: DEVICE_NEEDS_RESET */
    ANSWERED, /* everything offered comes back, and the device needs no reset */
    EITHER,   /* how it ends depends on who was first, or the specification leaves it open */
};

enum {
    BEFORE_QUEUES = 1,  /* the device is at FEATURES_OK only */
    NEEDS_INDIRECT = 2, /* the feature */
    SECOND_HEAD = 4,    /* what breaks a rule is the second thing offered */
    OURS_ALONE = 8,     /* the kernel's vhost looks at it in another way: EITHER there */
};

struct attack {
    const char *name;
    enum expected expected;
    bool (*make)(struct device *); /* false: the answer is wrong, and it has said how */
    unsigned flags;
};

struct attacks {
    const struct attack *list;
    unsigned count;
};

extern const struct attacks ring_attacks, buffer_attacks, indirect_attacks, setup_attacks, race_attacks;
extern const struct attacks blk_attacks, net_attacks, net_offload_attacks, net_receive_attacks, console_attacks, rng_attacks, vsock_attacks;
extern const struct kind blk_kind, net_kind, console_kind, rng_kind, net_receive_kind, net_merge_kind, console_input_kind;
extern const struct kind vsock_kind, vsock_receive_kind, vsock_event_kind;

#define ATTACKS(name, array) const struct attacks name = { array, sizeof(array) / sizeof((array)[0]) }

/* Makes them one after the other; how many ended otherwise than expected, or after how many the device did not work. */
unsigned attack_all(struct device *device, const struct attacks *attacks, unsigned *made);

/* DEVICE_NEEDS_RESET comes within patience. */
bool attack_needs_reset(struct device *device);

#endif
