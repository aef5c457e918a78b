/* SPDX-License-Identifier: GPL-2.0-only */
/* The monitor's image and the pages it shares with the module. */
#ifndef AMP_MONITOR_H
#define AMP_MONITOR_H

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "amp/abi/mailbox.h"
#include "amp/abi/stream.h"
#include "report.h"

struct partition;

struct amp_monitor_pages {
	void *image; /* image, data, stack, page tables: the monitor's own */
	size_t image_size;
	struct amp_boot_info *boot;
	struct amp_partition *descriptor;
	struct amp_mailbox *mailbox;
	struct amp_stats *stats;
	struct amp_exit_record *exit_record;
	struct amp_stream *log, *console_out, *console_in;
	u32 log_capacity, console_out_capacity, console_in_capacity; /* our word; the shared ones tell the monitor */
	size_t bytes; /* all together */
};

/* Unpacks the embedded image; refused in words where it is not one of ours. */
int amp_monitor_init(void);
void amp_monitor_exit(void);
/* Memory of one image with its data and stack. */
u64 amp_monitor_memory(void);
/* The pages that need no knowledge of the guest's memory, then the image with room for its tables. */
int amp_monitor_take_pages(struct partition *p, struct amp_report *report);
void amp_monitor_give_pages(struct partition *p);
int amp_monitor_take_image(struct partition *p, struct amp_report *report);
void amp_monitor_give_image(struct partition *p);
/* Everything as the monitor expects it at its first instruction; afterwards memory holds it, no cache does. */
void amp_monitor_prepare(struct partition *p);
/* Drops cached copies of the mailbox: a monitor that fails early answers with its caches off. */
void amp_monitor_refresh(struct partition *p);

#endif
