/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile-virtio CPU MPIDR DOORBELL GIC: everything that a wrong or malicious back end, and whoever has its descriptors, may try
 * with the module's virtio calls. Each must be answered by the errno that stands here; the scenario looks at the kernel log and
 * the machine afterwards.
 */
#include "hostile-virtio.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

unsigned int checks;

void check_that(bool good, const char *what, const char *file, int line)
{
    ++checks;
    if (good)
        return;
    fprintf(stderr, "%s:%d: not so: %s (errno %d)\n", file, line, what, errno);
    exit(1);
}

void check_refused(int wanted, long answer, const char *what, const char *file, int line)
{
    ++checks;
    if (answer == -1 && errno == wanted)
        return;
    fprintf(stderr, "%s:%d: %s answered %ld, errno %d (%s), not %s\n", file, line, what, answer, errno, strerror(errno),
            strerror(wanted));
    exit(1);
}

struct descriptor {
    struct amp_partition head;
    struct amp_core core;
    struct amp_region region;
    struct amp_virtio virtio[DEVICES];
};

static struct descriptor right_descriptor(const struct machine *m)
{
    struct descriptor d = {
        .head = {
            .magic = AMP_PARTITION_MAGIC, .abi_major = AMP_ABI_MAJOR, .abi_minor = AMP_ABI_MINOR, .size = sizeof(d),
            .name = "hostile", .id = 60, .gic_version = m->gic, .entry = RAM, .gicd_gpa = 0x08000000,
            .gicr_gpa = m->gic == 3 ? 0x080a0000 : 0, .gicc_gpa = m->gic == 2 ? 0x08010000 : 0, .doorbell_intid = m->doorbell,
            .core_offset = offsetof(struct descriptor, core), .core_count = 1,
            .region_offset = offsetof(struct descriptor, region), .region_count = 1,
            .virtio_gpa = 0x0a000000, .virtio_offset = offsetof(struct descriptor, virtio), .virtio_count = DEVICES,
        },
        .core = { .cpu = m->cpu, .mpidr = m->mpidr },
        .region = { .gpa = RAM, .size = RAM_SIZE, .kind = AMP_REGION_MEMORY,
                    .access = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE },
        .virtio = { { .name = "first", .device_id = 4, .intid = 48, .queue_count = QUEUES },
                    { .name = "second", .device_id = 1, .intid = 49, .queue_count = QUEUES } },
    };
    return d;
}

/* Reads register 0x100 of device 0, writes what it got to 0x104, then notifies queue 1 for ever. */
static const uint32_t guest_code[] = {
    0xd2a14000, /* movz x0, #0x0a00, lsl #16 */
    0xb9410001, /* ldr w1, [x0, #0x100] */
    0xb9010401, /* str w1, [x0, #0x104] */
    0x52800022, /* movz w2, #1 */
    0xb9005002, /* str w2, [x0, #0x50] */
    0x17ffffff, /* b .-4 */
};

int create(const struct machine *m)
{
    const struct descriptor d = right_descriptor(m);
    struct amp_create call = { .descriptor = (uintptr_t)&d, .descriptor_size = sizeof(d), .fd = -1 };
    struct amp_segment code = { .gpa = RAM, .data = (uintptr_t)guest_code, .size = sizeof(guest_code) };

    must(ioctl(m->device, AMP_IOC_CREATE, &call) == 0);
    must(ioctl(call.fd, AMP_IOC_LOAD, &code) == 0);
    return call.fd;
}

int open_device(int partition, uint32_t index)
{
    struct amp_virtio_open call = { .device = index, .fd = -1 };

    return ioctl(partition, AMP_IOC_VIRTIO_OPEN, &call) == 0 ? call.fd : -1;
}

int open_memory(int partition)
{
    struct amp_memory_open call = { .fd = -1 };

    return ioctl(partition, AMP_IOC_MEMORY_OPEN, &call) == 0 ? call.fd : -1;
}

uint32_t act(int partition, unsigned long call)
{
    struct amp_action action = { .elapsed_ns = 0 };

    if (ioctl(partition, call, &action) == 0)
        return AMP_STATUS_OK;
    must(action.report.status != AMP_STATUS_OK);
    return action.report.status;
}

bool next_event(int fd, struct amp_virtio_event *event)
{
    return read(fd, event, sizeof(*event)) == (ssize_t)sizeof(*event);
}

long reply(int fd, uint32_t kind, uint32_t seq, uint64_t value)
{
    const struct amp_virtio_reply answer = { .kind = kind, .seq = seq, .value = value };

    return write(fd, &answer, sizeof(answer));
}

uint64_t accept_run(int fd)
{
    struct amp_virtio_event event;

    must(next_event(fd, &event));
    must(event.kind == AMP_VIRTIO_RUN);
    must(reply(fd, AMP_VIRTIO_RUN, event.seq, 0) == (long)sizeof(struct amp_virtio_reply));
    return event.value;
}

int main(int argc, char **argv)
{
    struct machine m;
    int partition;

    if (argc != 5) {
        fprintf(stderr, "usage: hostile-virtio CPU MPIDR DOORBELL GIC\n");
        return 2;
    }
    m.cpu = (uint32_t)strtoul(argv[1], NULL, 0);
    m.mpidr = strtoull(argv[2], NULL, 0);
    m.doorbell = (uint32_t)strtoul(argv[3], NULL, 0);
    m.gic = (uint32_t)strtoul(argv[4], NULL, 0);
    m.device = open(AMP_DEVICE, O_RDWR | O_CLOEXEC);
    must(m.device >= 0);
    partition = create(&m);
    try_descriptors(partition);
    try_eventfds(partition);
    try_runs(partition);
    try_storm(partition, 2000);
    must(act(partition, AMP_IOC_DESTROY) == AMP_STATUS_OK);
    close(partition);
    try_destroyed(&m);
    printf("hostile virtio: %u checks\n", checks);
    return 0;
}
