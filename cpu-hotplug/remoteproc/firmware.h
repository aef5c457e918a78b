/* SPDX-License-Identifier: GPL-2.0-only */
/* A firmware file as the program of a partition: remoteproc's operations sanity_check and load. */
#ifndef AMP_REMOTEPROC_FIRMWARE_H
#define AMP_REMOTEPROC_FIRMWARE_H

#include <linux/remoteproc.h>
#include "elf.h"
#include "front.h"

#define AMP_PIECES_MAX 64

/* What a file asks to be loaded. */
struct amp_program {
	struct amp_elf file;
	u32 count;
	struct amp_piece piece[AMP_PIECES_MAX];
	u64 virtual[AMP_PIECES_MAX]; /* where each is linked for */
};

int amp_firmware_check(struct rproc *rproc, const struct firmware *fw);
int amp_firmware_load(struct rproc *rproc, const struct firmware *fw);
/* The guest starts with its MMU off: where what is linked for this address is loaded. */
u64 amp_program_physical(const struct amp_program *program, u64 address);

#endif
