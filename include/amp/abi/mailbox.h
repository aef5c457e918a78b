/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * How the module and one monitor talk: the wanted and the actual state, doorbells both ways. The module writes the wanted
 * state and kicks the core (SGI boot_info.kick_sgi); the monitor answers in its own cache line and calls Linux by pending
 * the doorbell SPI (GICD_ISPENDR). Nobody waits with a lock; every field has one writer, `pending` words excepted (atomic OR
 * by the caller, atomic exchange with 0 by the called).
 */
#ifndef AMP_ABI_MAILBOX_H
#define AMP_ABI_MAILBOX_H

#include "partition.h"
#include "types.h"

/* amp_mailbox.wanted */
#define AMP_WANT_RUN 1u
#define AMP_WANT_PAUSE 2u
#define AMP_WANT_STOP 3u

/* amp_mailbox.state */
#define AMP_MONITOR_OFF 0u     /* not started (the module writes it before CPU_ON) */
#define AMP_MONITOR_RUNNING 1u /* the guest runs, or waits in WFI */
#define AMP_MONITOR_PAUSED 2u
#define AMP_MONITOR_ENDED 3u   /* exit_record is complete; the core is on its way to CPU_OFF */
#define AMP_MONITOR_FAILED 4u  /* boot_status says what was wrong with the boot information; on its way to CPU_OFF */

/*
 * amp_mailbox.outbox bits: AMP_OUTBOX_STATE, AMP_OUTBOX_CONSOLE, AMP_OUTBOX_ACCESS (an access waits in virtio_access);
 * channel n rings dom0 by channel_outbox bit n, virtio device n by virtio_outbox bit n
 */
#define AMP_OUTBOX_STATE 1u
#define AMP_OUTBOX_CONSOLE 2u
#define AMP_OUTBOX_ACCESS 4u

/* amp_mailbox.route[channel]: where the guest's doorbell goes. One word, so that it changes at once. */
#define AMP_ROUTE_NONE 0u
#define AMP_ROUTE_DOM0 1u
#define AMP_ROUTE_PEER(slot, channel) (0x80000000u | ((slot) << 8) | (channel))
#define AMP_ROUTE_IS_PEER(route) (((route) & 0x80000000u) != 0)
#define AMP_ROUTE_SLOT(route) (((route) >> 8) & 0xffu)
#define AMP_ROUTE_CHANNEL(route) ((route) & 0x1fu)

#ifndef __ASSEMBLER__

/*
 * A register access of the guest that its back end has to answer. The VCPU waits in it; while it waits it can be paused and
 * stopped. `seq` is stored last (release; the module acquires) and differs from the answer's until that is there.
 */
struct amp_virtio_access {
    uint32_t seq;    /* +1 with each access */
    uint32_t device; /* index in the descriptor's virtio array */
    uint32_t offset; /* below AMP_VIRTIO_STRIDE, a multiple of width */
    uint32_t width;  /* 1, 2, 4 or 8 bytes */
    uint32_t write;  /* 1: the guest writes value; 0: it reads */
    uint32_t pad;
    uint64_t value;
    uint32_t pad1[8];
};
AMP_ABI_SIZE(struct amp_virtio_access, 64);

struct amp_virtio_answer {
    uint32_t seq; /* of the access that it answers; stored last (release; the monitor acquires), then the core is kicked */
    uint32_t pad;
    uint64_t value; /* what a read gives; the monitor cuts it to the access' width */
    uint32_t pad1[12];
};
AMP_ABI_SIZE(struct amp_virtio_answer, 64);

struct amp_mailbox {
    /* the module's line. wanted is written before request_seq (release; the monitor loads request_seq with acquire). */
    uint32_t request_seq; /* +1 with every request; a request with unchanged `wanted` only asks for the acknowledgement */
    uint32_t wanted;
    uint32_t console_notify; /* 1: pend AMP_OUTBOX_CONSOLE at the next byte. The monitor stores 0 then (see stream.h). */
    uint32_t pad0[13];
    /* the monitor's line. state, boot_status, exit_record are written before ack_seq (release; the module acquires). */
    uint32_t ack_seq;
    uint32_t state;
    uint32_t boot_status; /* AMP_STATUS_* */
    uint32_t console_in_taken; /* consumer position of console_in, low 32 bits */
    uint32_t pad1[12];
    /* monitor -> Linux doorbells; atomic OR by the monitor, exchange by the module */
    uint32_t outbox;
    uint32_t channel_outbox;
    uint32_t pad2[14];
    /* written by the module, one aligned store each; the monitor loads with acquire at each doorbell */
    uint32_t route[AMP_CHANNELS_MAX];
    /*
     * virtio. The monitor answers what is fast or fixed by itself: MagicValue, Version, DeviceID, VendorID, QueueNotify (a bit
     * in virtio_kicks, then one in virtio_outbox), InterruptStatus and InterruptACK (set by amp_doorbell_slot.virtio_used and
     * virtio_config). Everything else becomes a virtio_access. Outbox and kicks: atomic OR by the monitor, exchange by the
     * module, which zeroes all of it before CPU_ON.
     */
    uint32_t virtio_outbox; /* bit n: look into virtio_kicks[n] */
    uint32_t pad3[31];
    uint32_t virtio_kicks[AMP_VIRTIO_MAX]; /* bit q: the driver notified queue q */
    struct amp_virtio_access virtio_access; /* the monitor's */
    struct amp_virtio_answer virtio_answer; /* the module's */
};
AMP_ABI_SIZE(struct amp_mailbox, 704);
AMP_ABI_OFFSET(struct amp_mailbox, virtio_outbox, 320);
AMP_ABI_OFFSET(struct amp_mailbox, virtio_access, 576);
AMP_ABI_OFFSET(struct amp_mailbox, ack_seq, 64);
AMP_ABI_OFFSET(struct amp_mailbox, outbox, 128);
AMP_ABI_OFFSET(struct amp_mailbox, route, 192);

/* amp_doorbell_slot.target */
#define AMP_TARGET_VALID (1ull << 63)

/*
 * Where a partition is called: one per running partition, in a page mapped by every monitor. A caller ORs `pending`, then
 * loads `target` (full barrier between the two, partner: the called monitor's barrier between publishing and its first look
 * at pending) and, if valid, sends the kick SGI to it. The module clears target before the core goes back to Linux and waits
 * for an acknowledgement of every monitor with a route to it, so that no late SGI reaches Linux.
 */
struct amp_doorbell_slot {
    uint32_t pending; /* bit n: channel n of the partition that owns the slot */
    uint32_t virtio_used; /* bit n: device n used a buffer (InterruptStatus bit 0); dom0 alone calls so */
    uint64_t target; /* AMP_TARGET_VALID | MPIDR affinity (GICv3) or GICD_SGIR CPU target mask (GICv2); 0: nobody home */
    uint32_t virtio_config; /* bit n: device n's configuration changed (InterruptStatus bit 1) */
    uint32_t pad1[11];
};
AMP_ABI_SIZE(struct amp_doorbell_slot, 64);

#endif /* __ASSEMBLER__ */
#endif
