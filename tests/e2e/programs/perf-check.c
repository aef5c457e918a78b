/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf-check CPU: does dom0's PMU work on that core? Counts cycles of a known time, sees the counter stand still when it is told
 * to, and gets overflow interrupts. Run before and after a partition whose guest had the core's PMU.
 */
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SPIN_NS 50000000ull
/* No core that Linux runs on is faster. */
#define CYCLES_PER_NS 10ull
#define PERIOD 1000000ull
#define PAGES 8u

static void fail(const char *what)
{
    printf("perf: %s\n", what);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

static uint64_t spin(void)
{
    uint64_t start = now_ns();

    while (now_ns() - start < SPIN_NS)
        ;
    return now_ns() - start;
}

static int open_cycles(int cpu, uint64_t period)
{
    struct perf_event_attr attr;
    long fd;

    memset(&attr, 0, sizeof(attr));
    attr.size = sizeof(attr);
    attr.type = PERF_TYPE_HARDWARE;
    attr.config = PERF_COUNT_HW_CPU_CYCLES;
    attr.sample_period = period;
    attr.sample_type = period != 0 ? PERF_SAMPLE_IP : 0;
    attr.disabled = 1;
    attr.pinned = 1;
    fd = syscall(SYS_perf_event_open, &attr, 0, cpu, -1, 0ul);
    if (fd < 0) {
        perror("perf: perf_event_open");
        exit(1);
    }
    return (int)fd;
}

static uint64_t count_of(int fd)
{
    uint64_t count;

    if (read(fd, &count, sizeof(count)) != (ssize_t)sizeof(count))
        fail("the event could not be put on the PMU");
    return count;
}

static void control(int fd, unsigned long request)
{
    if (ioctl(fd, request, 0) != 0)
        fail("the event can't be switched");
}

static uint64_t check_count(int cpu)
{
    int fd = open_cycles(cpu, 0);
    uint64_t start, elapsed, count;

    if (count_of(fd) != 0)
        fail("a counter that never ran is not zero");
    start = now_ns();
    control(fd, PERF_EVENT_IOC_ENABLE);
    spin();
    control(fd, PERF_EVENT_IOC_DISABLE);
    elapsed = now_ns() - start;
    count = count_of(fd);
    if (count == 0)
        fail("no cycles were counted");
    if (count > elapsed * CYCLES_PER_NS)
        fail("more cycles were counted than there can be");
    spin();
    if (count_of(fd) != count)
        fail("a stopped counter goes on");
    close(fd);
    return count;
}

/* Bytes of samples: each was written by the overflow interrupt. */
static uint64_t check_samples(int cpu)
{
    int fd = open_cycles(cpu, PERIOD);
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    struct perf_event_mmap_page *ring = mmap(NULL, (PAGES + 1) * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    uint64_t bytes;

    if (ring == MAP_FAILED)
        fail("its ring can't be mapped");
    control(fd, PERF_EVENT_IOC_ENABLE);
    spin();
    control(fd, PERF_EVENT_IOC_DISABLE);
    bytes = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);
    if (bytes == 0)
        fail("no overflow interrupt came");
    close(fd);
    return bytes / (sizeof(struct perf_event_header) + sizeof(uint64_t));
}

int main(int argc, char **argv)
{
    int cpu = argc == 2 ? atoi(argv[1]) : -1;
    cpu_set_t set;
    uint64_t cycles;

    CPU_ZERO(&set);
    if (cpu < 0 || cpu >= CPU_SETSIZE)
        fail("usage: perf-check CPU");
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0)
        fail("there is no such core");
    cycles = check_count(cpu);
    printf("perf: core %d counts, %llu cycles in %llu ms, %llu overflow interrupts\n", cpu, (unsigned long long)cycles,
           SPIN_NS / 1000000, (unsigned long long)check_samples(cpu));
    return 0;
}
