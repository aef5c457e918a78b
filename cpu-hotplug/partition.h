/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One partition: everything it holds, in one structure with its lock. Lock order stands at the top of partition.c.
 */
#ifndef AMP_MODULE_PARTITION_H
#define AMP_MODULE_PARTITION_H

#include <linux/completion.h>
#include <linux/eventfd.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include "amp/abi/ioctl.h"
#include "amp/abi/mailbox.h"
#include "amp/abi/partition.h"
#include "arch/arch.h"
#include "cpus.h"
#include "descriptor.h"
#include "lock.h"
#include "memory.h"
#include "monitor.h"

struct amp_channel_link;
struct amp_endpoint;
struct amp_virtio_devices;

/* Index of the console behind the channels, where both are numbered together. */
#define AMP_ENDPOINT_CONSOLE AMP_CHANNELS_MAX
#define AMP_ENDPOINTS (AMP_CHANNELS_MAX + 1)

/* An SPI that a partition owns. */
struct amp_claimed_irq {
	unsigned int irq; /* Linux's number */
	bool mapped_before; /* Linux had given that number already, and keeps it */
	struct amp_spi_route route; /* as it was */
};

struct partition {
	struct kref ref;
	struct list_head node; /* in the list of partitions */
	char name[AMP_NAME_SIZE];
	u32 id;
	u64 instance[2]; /* tells it from all others that had its name and id */
	u32 slot;	/* index of its doorbell slot and of its device nodes */
	bool published; /* CREATE succeeded: others may open it */

	struct mutex lock;	    /* the life cycle: who holds it may change what follows */
	struct amp_partition *spec; /* the checked descriptor, private copy */
	u32 spec_size;
	u32 steps_taken; /* of creation; undone from the last to the first */
	u32 claimed_regions, claimed_irq_count;
	bool gone;	 /* destroyed, or on its way */
	bool kept;	 /* survives its last descriptor */
	u32 open_count;
	struct amp_donated_core core;
	struct amp_memory *memory;
	struct amp_monitor_pages pages;
	struct amp_doorbell_slot *bell;
	unsigned int doorbell_irq; /* Linux's number, 0: none */
	struct completion doorbell_arrived; /* the self-test's */
	unsigned long doorbell_tick;	    /* jiffies in which the last one arrived */
	u32 doorbell_count;		    /* how many arrived in that tick */
	bool doorbell_closing;		    /* no more work is queued */
	struct delayed_work doorbell_work;  /* listens again after too many */
	struct amp_claimed_irq claimed_irqs[AMP_IRQS_MAX]; /* the partition's own SPIs */
	struct amp_channel_link *links[AMP_CHANNELS_MAX];
	struct amp_endpoint *endpoints[AMP_ENDPOINTS];
	struct amp_virtio_devices *virtio; /* NULL: none; stays until the structure goes */
	struct list_head segments;
	u64 segment_bytes;
	u64 memory_bytes, channel_bytes;
	unsigned long last_start; /* jiffies */
	struct delayed_work state_work; /* what a state doorbell and a reset have to do with the lock held */

	spinlock_t state_lock; /* what QUERY reads without waiting for the life cycle; interrupts off */
	u32 state;
	u32 state_count; /* +1 with every change, for poll */
	u32 resets;
	u64 starts;
	u64 start_ticks;
	struct amp_report failure;
	struct amp_exit_record exit;
	struct eventfd_ctx *events[AMP_EVENT_CHANNEL + AMP_CHANNELS_MAX];

	spinlock_t request_lock; /* request_seq, whether the core may be kicked, virtio's events; interrupts off */
	u32 request_seq;
	bool live; /* from CPU_ON until it is proven off: kicks may be sent */
	bool restart_pending; /* under lock: the guest reset itself and is not running yet */
	wait_queue_head_t state_wait;
};

/* Creates from a user's bytes; the caller gets a reference and one open_count. */
int amp_partition_create(const void *descriptor, u32 size, struct partition **made, struct amp_report *report);
struct partition *amp_partition_find(const char *name);
/* A reference to the n-th published partition; NULL behind the last. */
struct partition *amp_partition_nth(u32 n);
u32 amp_partition_list(struct amp_list_entry *entries, u32 capacity);
void amp_partition_get(struct partition *p);
void amp_partition_put(struct partition *p);
int amp_partition_destroy(struct partition *p, struct amp_report *report);
/* Acts with the lock, unless the partition is gone (-ENODEV). */
int amp_partition_run(struct partition *p, int (*act)(struct partition *, struct amp_report *), struct amp_report *report);
/* One open_count more; false where it is gone. */
bool amp_partition_open(struct partition *p);
/* Gives up one open_count, and destroys the partition if nothing else kept it. */
void amp_partition_close(struct partition *p);
void amp_partition_query(struct partition *p, struct amp_query *query);
int amp_partition_eventfd(struct partition *p, const struct amp_eventfd *event);
/* Interrupt context: signals whoever asked for this event. */
void amp_partition_signal(struct partition *p, u32 what);
/* Stops all that are up; before a reboot. */
void amp_partitions_stop(void);
bool amp_partitions_up(void);
int amp_partitions_init(void);
void amp_partitions_exit(void);
/* Every monitor's doorbell slots. */
phys_addr_t amp_partition_slots_pa(void);

#endif
