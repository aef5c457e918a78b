/* SPDX-License-Identifier: GPL-2.0-only */
/* A donated core from off to running a guest, and back to proven off. With the partition's lock held. */
#ifndef AMP_LAUNCH_H
#define AMP_LAUNCH_H

#include "partition.h"

/*
 * The back ends' word that they are done with the last run, fresh memory, fresh monitor, core on, monitor says that the guest
 * runs. On failure the core is off again, or -EIO: lost.
 */
int amp_launch(struct partition *p, struct amp_report *report);
/* The core proven off, whatever the guest does; nobody calls it any more. -EIO: it does not answer. */
int amp_launch_turn_off(struct partition *p, bool ask, struct amp_report *report);
/* How long a monitor may take to answer; emulated cores on a busy machine are slow, a stuck one is rare. */
#define AMP_ANSWER_US (5 * USEC_PER_SEC)
#define AMP_ANSWER_POLL_US 50

#endif
