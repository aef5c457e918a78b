/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of hostile-virtio share: checks that end the program, and a partition with two virtio devices, made without the
 * partitioner, whose guest is a few instructions.
 */
#ifndef HOSTILE_VIRTIO_H
#define HOSTILE_VIRTIO_H

#include <amp/abi/ioctl.h>
#include <amp/abi/partition.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAM 0x40000000ull
#define RAM_SIZE 0x400000ull
#define DEVICES 2u
#define QUEUES 2u /* of each */

extern unsigned int checks;

/* must(condition): or the program ends and says where. */
#define must(condition) check_that((condition), #condition, __FILE__, __LINE__)
/* refused(ERRNO, call): the call answers -1 and that errno. */
#define refused(wanted, call) check_refused((wanted), (long)(call), #call, __FILE__, __LINE__)

void check_that(bool good, const char *what, const char *file, int line);
void check_refused(int wanted, long answer, const char *what, const char *file, int line);

struct machine {
    int device; /* /dev/amp */
    uint32_t cpu, doorbell, gic;
    uint64_t mpidr;
};

/* The partition's descriptor; its guest makes accesses to device 0, see guest_code in hostile-virtio.c. */
int create(const struct machine *m);
int open_device(int partition, uint32_t index);
int open_memory(int partition);
/* START, STOP and so on: 0, or the status of the report. */
uint32_t act(int partition, unsigned long call);
bool next_event(int fd, struct amp_virtio_event *event);
long reply(int fd, uint32_t kind, uint32_t seq, uint64_t value);
/* The RUN event that must be there, replied to. */
uint64_t accept_run(int fd);

void try_descriptors(int partition);
void try_eventfds(int partition);
void try_runs(int partition);
void try_storm(int partition, unsigned int milliseconds);
void try_destroyed(const struct machine *m);

#endif
