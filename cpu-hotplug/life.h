/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The life cycle after creation. All but the requests expect the partition's lock held and the partition not gone; all are
 * bounded in time.
 */
#ifndef AMP_LIFE_H
#define AMP_LIFE_H

#include "partition.h"

int amp_life_start(struct partition *p, struct amp_report *report);
int amp_life_stop(struct partition *p, struct amp_report *report);
int amp_life_pause(struct partition *p, struct amp_report *report);
int amp_life_resume(struct partition *p, struct amp_report *report);
int amp_life_assign(struct partition *p, u32 cpu, struct amp_report *report);
int amp_life_release(struct partition *p, struct amp_report *report);
/* Whether its guest runs, is paused, or will be started again. */
bool amp_life_is_up(const struct partition *p);
void amp_life_set_state(struct partition *p, u32 state);
/* Takes note of a guest that ended; the work behind the state doorbell. */
void amp_life_work(struct work_struct *work);

/* Any context: the monitor says that its state changed. */
void amp_life_look(struct partition *p);
/* Waits for work that is under way and lets none begin; the partition is gone and its lock not held. */
void amp_life_drain(struct partition *p);
int amp_life_init(void);
void amp_life_exit(void);

/* Any context, no lock needed. Asks p's monitor to acknowledge; `seq` for amp_life_acknowledged(). False: nobody is there. */
bool amp_life_request(struct partition *p, u32 *seq);
/* Whether the monitor has answered the request, or is no longer there. */
bool amp_life_acknowledged(struct partition *p, u32 seq);
/* Each of the partitions that is up acknowledges: what it loaded of a route or slot before is done with. NULLs are skipped. */
void amp_life_sync(struct partition **peers, u32 count);
/* Calls the guest: "look at channel n", or with AMP_ENDPOINT_CONSOLE "look at your input". */
void amp_life_ring(struct partition *p, u32 endpoint);

#endif
