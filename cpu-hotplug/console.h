/* SPDX-License-Identifier: GPL-2.0-only */
/* The console's and the log's bytes, for READ_STREAM. */
#ifndef AMP_CONSOLE_H
#define AMP_CONSOLE_H

#include "partition.h"

int amp_console_read_stream(struct partition *p, struct amp_read_stream *request);

#endif
