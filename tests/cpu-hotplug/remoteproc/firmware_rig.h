/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * remoteproc/{elf,firmware,table}.c around a made-up remote processor and partition. In C, because those files' headers are
 * no C++; called by their tests and their fuzz target.
 */
#ifndef AMP_TESTS_FIRMWARE_RIG_H
#define AMP_TESTS_FIRMWARE_RIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "amp/abi/partition.h"

#ifdef __cplusplus
extern "C" {
#endif

#define RIG_PIECES 64

struct rig_piece {
	uint64_t gpa, size, room;
	uint64_t first_byte; /* in `loaded` */
};

struct rig {
	/* The partition: made by the test. */
	const struct amp_partition *descriptor;
	const uint8_t *image; /* its image so far */
	uint64_t image_gpa, image_size;
	int replace_error;
	unsigned fail_allocation; /* this one fails, counted from 1 */

	/* What came of it. */
	char message[400];   /* the last that was logged */
	unsigned replaced;   /* calls of replace() */
	unsigned allocations;
	unsigned piece_count;
	struct rig_piece piece[RIG_PIECES];
	uint8_t *loaded; /* the pieces' bytes, one after another; rig_free() frees them */
};

/* remoteproc's operations sanity_check and load. The file's bytes are given to them in a block of exactly `size`. */
int rig_check(struct rig *rig, const void *file, size_t size);
int rig_load(struct rig *rig, const void *file, size_t size);
void rig_free(struct rig *rig);

#ifdef __cplusplus
}
#endif
#endif
