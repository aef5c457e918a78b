// SPDX-License-Identifier: GPL-2.0-only
/*
 * Drives the module by its bare calls, without ampctl: each argument is one step, run in order; exits at the first failure.
 * For the end-to-end tests of the module and for trying it by hand. Steps are listed in main().
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "amp/abi/info_page.h"
#include "amp/abi/ioctl.h"
#include "amp/abi/partition.h"

#define RAM_GPA 0x40000000ull

struct blob {
    struct amp_partition d;
    struct amp_core core;
    struct amp_region region[3];
    struct amp_channel channel;
    struct amp_irq irq;
};

static int device = -1, partition = -1;
static struct amp_info info;
static struct blob blob;

static const char *status_name(uint32_t status)
{
    switch (status) {
#define CASE(name, number, text) case number: return #name;
        AMP_STATUS_LIST(CASE)
    default: return "?";
    }
}

static int tell(const char *what, int result, const struct amp_report *r)
{
    if (result < 0)
        printf("%s: %s, %s index %u value %llu\n", what, strerror(errno), status_name(r->status), r->index,
               (unsigned long long)r->value);
    return result;
}

static void fill(const char *name, uint32_t id, uint32_t cpu, uint64_t mib)
{
    int v3 = info.gic_version == 3;

    memset(&blob, 0, sizeof(blob));
    blob.d = (struct amp_partition){
        .magic = AMP_PARTITION_MAGIC, .abi_major = AMP_ABI_MAJOR, .abi_minor = AMP_ABI_MINOR, .size = sizeof(blob),
        .flags = AMP_PARTITION_CONSOLE, .id = id, .gic_version = info.gic_version, .entry = RAM_GPA,
        .gicd_gpa = 0x08000000, .gicr_gpa = v3 ? 0x080a0000 : 0, .gicc_gpa = v3 ? 0 : 0x08010000,
        .console_gpa = 0x09000000, .console_intid = 33, .doorbell_intid = 180 + id,
        .core_offset = offsetof(struct blob, core), .core_count = 1,
        .region_offset = offsetof(struct blob, region), .region_count = 2,
        .irq_offset = offsetof(struct blob, irq), .irq_count = 0,
        .channel_offset = offsetof(struct blob, channel), .channel_count = 1,
    };
    snprintf(blob.d.name, sizeof(blob.d.name), "%s", name);
    blob.core = (struct amp_core){ .cpu = cpu, .mpidr = cpu };
    blob.region[0] = (struct amp_region){ .gpa = RAM_GPA, .size = mib << 20, .kind = AMP_REGION_MEMORY, .access = 7 };
    blob.region[1] = (struct amp_region){ .gpa = AMP_CHANNEL_GPA, .size = 0x10000, .kind = AMP_REGION_CHANNEL, .access = 3 };
    blob.channel = (struct amp_channel){ .name = "ctrl", .peer = "dom0", .size = 0x10000, .peer_kind = AMP_PEER_DOM0,
                                         .intid = AMP_CHANNEL_INTID };
}

static int create_filled(void)
{
    struct amp_create c = { .descriptor = (uintptr_t)&blob, .descriptor_size = sizeof(blob) };

    if (tell("create", ioctl(device, AMP_IOC_CREATE, &c), &c.report) < 0)
        return -1;
    partition = c.fd;
    return 0;
}

static int create(const char *name, uint32_t id, uint32_t cpu, uint64_t mib)
{
    fill(name, id, cpu, mib);
    return create_filled();
}

/* A third region of the given kind at a physical address, on core 1. */
static int create_physical(uint32_t kind, uint64_t pa, uint64_t size)
{
    fill("physical", 7, 1, 8);
    blob.region[2] = (struct amp_region){ .gpa = 0x60000000, .size = size, .pa = pa, .kind = kind, .access = 3 };
    blob.d.region_count = 3;
    return create_filled();
}

static int create_spi(uint32_t intid, uint32_t flags)
{
    fill("spi", 7, 1, 8);
    blob.irq = (struct amp_irq){ .intid = intid, .guest_intid = 70, .flags = flags };
    blob.d.irq_count = 1;
    return create_filled();
}

static int load_guest(void)
{
    static const uint32_t spin[] = { 0x14000000 }; /* b . */
    struct amp_segment s = { .gpa = RAM_GPA, .data = (uintptr_t)spin, .size = sizeof(spin) };

    return tell("load", ioctl(partition, AMP_IOC_LOAD, &s), &s.report);
}

static int load_file(const char *path)
{
    static char data[1 << 20];
    int file = open(path, O_RDONLY);
    struct amp_segment s = { .gpa = RAM_GPA, .data = (uintptr_t)data, .size = file < 0 ? 0 : read(file, data, sizeof(data)) };

    return tell("load", ioctl(partition, AMP_IOC_LOAD, &s), &s.report);
}

static int act(const char *what, unsigned long call)
{
    struct amp_action a = { 0 };
    int result = tell(what, ioctl(partition, call, &a), &a.report);

    if (result == 0)
        printf("%s: %llu us\n", what, (unsigned long long)a.elapsed_ns / 1000);
    return result;
}

static int query(void)
{
    static struct amp_query q;

    if (ioctl(partition, AMP_IOC_QUERY, &q) < 0)
        return tell("query", -1, &q.failure);
    printf("query: %s state %u cpu %d starts %llu resets %u memory %llu monitor %llu image %llu exit %u pc %#llx failure %s\n",
           q.name, q.state, (int)q.cpu, (unsigned long long)q.starts, q.resets, (unsigned long long)q.memory_bytes,
           (unsigned long long)q.monitor_bytes, (unsigned long long)q.segment_bytes, q.exit.reason,
           (unsigned long long)q.exit.pc, status_name(q.failure.status));
    return 0;
}

static int open_partition(const char *name)
{
    struct amp_open o = { 0 };

    snprintf(o.name, sizeof(o.name), "%s", name);
    if (ioctl(device, AMP_IOC_OPEN, &o) < 0)
        return tell("open", -1, &(struct amp_report){ 0 });
    partition = o.fd;
    return 0;
}

static int assign(uint32_t cpu)
{
    struct amp_assign a = { .cpu = cpu };

    return tell("assign", ioctl(partition, AMP_IOC_ASSIGN, &a), &a.report);
}

static int stream(uint32_t which)
{
    static char data[65536];
    struct amp_read_stream r = { .which = which, .size = sizeof(data), .data = (uintptr_t)data };

    if (ioctl(partition, AMP_IOC_READ_STREAM, &r) < 0)
        return tell("stream", -1, &(struct amp_report){ 0 });
    fwrite(data, 1, r.size, stdout);
    return 0;
}

/* Reads and writes guest memory through mmap; it must keep working after the partition is gone. */
static int map(void)
{
    volatile uint32_t *ram = mmap(NULL, 0x400000, PROT_READ | PROT_WRITE, MAP_SHARED, partition, RAM_GPA);

    if (ram == MAP_FAILED)
        return tell("mmap", -1, &(struct amp_report){ 0 });
    ram[0x300000 / 4] = 0x12345678;
    printf("map: first word %#x, written %#x\n", ram[0], ram[0x300000 / 4]);
    return 0;
}

static int wait_state(void)
{
    struct pollfd p = { .fd = partition, .events = POLLIN };

    return poll(&p, 1, 10000) == 1 ? 0 : -1;
}

static void set_fail_step(unsigned step)
{
    FILE *parameter = fopen("/sys/module/amp/parameters/fail_step", "w");

    fprintf(parameter, "%u\n", step);
    fclose(parameter);
}

/* Every failing step of create and start, until nothing fails. */
static int inject(uint32_t cpu)
{
    unsigned step, failed = 0, done = 0;

    for (step = 1; !done && step < 100; step++) {
        set_fail_step(step);
        if (create("inject", 9, cpu, 8) == 0) {
            struct amp_action a = { 0 };

            load_guest();
            done = ioctl(partition, AMP_IOC_START, &a) == 0;
            if (!done && a.report.status != AMP_STATUS_INJECTED)
                return tell("start", -1, &a.report);
            act("destroy", AMP_IOC_DESTROY);
            close(partition);
        }
        failed += !done;
    }
    set_fail_step(0);
    printf("inject: %u steps failed, then it ran\n", failed);
    return done && failed >= 10 ? 0 : -1;
}

static int arguments_of(const char *name)
{
    static const struct {
        const char *name;
        int count;
    } known[] = { { "create", 4 }, { "physical", 3 }, { "spi", 2 }, { "open", 1 }, { "assign", 1 }, { "core", 1 } };
    unsigned i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (!strcmp(known[i].name, name))
            return known[i].count;
    return 0;
}

static int step(char **argv)
{
    const char *s = argv[0];

    if (!strcmp(s, "create")) /* NAME ID CPU MIB */
        return create(argv[1], atoi(argv[2]), atoi(argv[3]), atoi(argv[4])) < 0 ? -1 : 4;
    if (!strcmp(s, "core")) /* CPU */
        return create("core", 8, atoi(argv[1]), 8) < 0 ? -1 : 1;
    if (!strcmp(s, "inject")) /* CPU */
        return inject(atoi(argv[1])) < 0 ? -1 : 1;
    if (!strcmp(s, "open")) /* NAME */
        return open_partition(argv[1]) < 0 ? -1 : 1;
    if (!strcmp(s, "assign")) /* CPU */
        return assign(atoi(argv[1])) < 0 ? -1 : 1;
    if (!strcmp(s, "image")) /* FILE */
        return load_file(argv[1]) < 0 ? -1 : 1;
    if (!strcmp(s, "sleep")) /* SECONDS */
        return sleep(atoi(argv[1])) ? -1 : 1;
    if (!strcmp(s, "refused")) /* what follows must fail */
        return step(argv + 1) < 0 ? 1 + arguments_of(argv[1]) : -1;
    if (!strcmp(s, "physical")) /* KIND PA SIZE */
        return create_physical(atoi(argv[1]), strtoull(argv[2], NULL, 0), strtoull(argv[3], NULL, 0)) < 0 ? -1 : 3;
    if (!strcmp(s, "spi")) /* INTID FLAGS */
        return create_spi(atoi(argv[1]), atoi(argv[2])) < 0 ? -1 : 2;
    if (!strcmp(s, "load"))
        return load_guest();
    if (!strcmp(s, "map"))
        return map();
    if (!strcmp(s, "query"))
        return query();
    if (!strcmp(s, "wait"))
        return wait_state();
    if (!strcmp(s, "log"))
        return stream(AMP_STREAM_LOG);
    if (!strcmp(s, "console"))
        return stream(AMP_STREAM_CONSOLE);
    if (!strcmp(s, "close"))
        return close(partition);
    if (!strcmp(s, "start"))
        return act(s, AMP_IOC_START);
    if (!strcmp(s, "stop"))
        return act(s, AMP_IOC_STOP);
    if (!strcmp(s, "pause"))
        return act(s, AMP_IOC_PAUSE);
    if (!strcmp(s, "resume"))
        return act(s, AMP_IOC_RESUME);
    if (!strcmp(s, "release"))
        return act(s, AMP_IOC_RELEASE);
    if (!strcmp(s, "keep"))
        return act(s, AMP_IOC_KEEP);
    if (!strcmp(s, "clear"))
        return act(s, AMP_IOC_CLEAR);
    if (!strcmp(s, "destroy"))
        return act(s, AMP_IOC_DESTROY);
    fprintf(stderr, "no such step: %s\n", s);
    return -1;
}

int main(int argc, char **argv)
{
    int i, used;

    device = open(AMP_DEVICE, O_RDWR | O_CLOEXEC);
    if (device < 0 || ioctl(device, AMP_IOC_INFO, &info) < 0) {
        perror(AMP_DEVICE);
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (i = 1; i < argc; i += 1 + used) {
        used = step(argv + i);
        if (used < 0) {
            printf("failed: %s\n", argv[i]);
            return 1;
        }
    }
    return 0;
}
