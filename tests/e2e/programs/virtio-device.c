/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * virtio-device PARTITION INDEX GPA SIZE [MODE]: the smallest back end of an entropy device (virtio 1.2, 5.4), for scenarios: one
 * line on its output per event. It keeps nothing but the device's and the memory's descriptor. The configuration space, which
 * entropy devices do not have, holds the number of the run. SIGUSR1: the configuration changed.
 *
 * virtio-device PARTITION start: starts it by the bare call, without the back ends that ampctl would bring up.
 *
 * MODE: "silent" never replies to a run, "deaf2" replies to the first two only, "hold" leaves the first access unanswered and waits
 * to be killed.
 */
#include <amp/abi/ioctl.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

/* virtio 1.2, 4.2.2 */
enum {
    DEVICE_FEATURES = 0x010, DEVICE_FEATURES_SEL = 0x014, QUEUE_NUM_MAX = 0x034, QUEUE_NUM = 0x038, QUEUE_READY = 0x044,
    STATUS = 0x070, QUEUE_DESC = 0x080, QUEUE_DRIVER = 0x090, QUEUE_DEVICE = 0x0a0, CONFIG = 0x100,
};
#define QUEUE_MAX 64u

/* virtio 1.2, 2.7: the split queue */
struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};
struct used_element {
    uint32_t id, length;
};

struct queue {
    uint32_t size, ready;
    uint64_t part[3]; /* descriptors, available ring, used ring */
    uint16_t taken;
};

struct device {
    int fd, kick, call;
    const char *mode;
    uint8_t *memory;
    uint64_t gpa, size;
    uint64_t run;
    uint32_t runs_seen, features_sel, status;
    struct queue queue;
};

static volatile sig_atomic_t config_changed;

static void on_signal(int number)
{
    (void)number;
    config_changed = 1;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* ---- the queue ---- */

/* NULL: not all of it is the guest's memory. */
static void *at(const struct device *d, uint64_t gpa, uint64_t size)
{
    if (gpa < d->gpa || size > d->size || gpa - d->gpa > d->size - size)
        return NULL;
    return d->memory + (gpa - d->gpa);
}

static uint32_t fill(const struct device *d, const struct descriptor *buffer)
{
    uint32_t length = buffer->length < 256 ? buffer->length : 256;
    void *to = at(d, buffer->address, length);

    return to != NULL && getrandom(to, length, 0) == (ssize_t)length ? length : 0;
}

static void serve_queue(struct device *d)
{
    struct queue *q = &d->queue;
    const struct descriptor *table = at(d, q->part[0], q->size * sizeof(*table));
    const uint16_t *available = at(d, q->part[1], 4 + 2ull * q->size);
    uint8_t *used = at(d, q->part[2], 4 + 8ull * q->size);
    const uint64_t one = 1;

    if (!q->ready || table == NULL || available == NULL || used == NULL)
        return;
    while (q->taken != __atomic_load_n(&available[1], __ATOMIC_ACQUIRE)) {
        const uint16_t head = __atomic_load_n(&available[2 + q->taken % q->size], __ATOMIC_RELAXED);
        struct used_element element = { .id = head };
        const struct descriptor buffer = table[head % q->size];

        element.length = fill(d, &buffer);
        memcpy(used + 4 + 8ull * (q->taken % q->size), &element, sizeof(element));
        ++q->taken;
        __atomic_store_n((uint16_t *)(void *)(used + 2), q->taken, __ATOMIC_RELEASE);
        printf("used %u bytes\n", element.length);
    }
    if (write(d->call, &one, sizeof(one)) != sizeof(one))
        die("call");
}

/* ---- registers ---- */

static uint64_t read_register(const struct device *d, uint32_t offset)
{
    switch (offset) {
    case DEVICE_FEATURES: return d->features_sel == 1 ? 1 : 0; /* VIRTIO_F_VERSION_1 alone */
    case QUEUE_NUM_MAX: return QUEUE_MAX;
    case QUEUE_READY: return d->queue.ready;
    case STATUS: return d->status;
    case CONFIG: return d->run;
    default: return 0;
    }
}

static void reset(struct device *d)
{
    d->queue = (struct queue){ .size = QUEUE_MAX };
    d->features_sel = d->status = 0;
}

static void write_address(struct device *d, uint32_t offset, uint32_t value)
{
    uint64_t *part = &d->queue.part[(offset - QUEUE_DESC) / 0x10];

    if (offset % 8 == 0)
        *part = (*part & ~0xffffffffull) | value;
    else
        *part = (*part & 0xffffffff) | (uint64_t)value << 32;
}

static void write_register(struct device *d, uint32_t offset, uint32_t value)
{
    if (offset == STATUS && value == 0)
        reset(d);
    else if (offset == STATUS)
        d->status = value;
    else if (offset == DEVICE_FEATURES_SEL)
        d->features_sel = value;
    else if (offset == QUEUE_NUM)
        d->queue.size = value != 0 && value <= QUEUE_MAX ? value : QUEUE_MAX;
    else if (offset == QUEUE_READY)
        d->queue.ready = value;
    else if (offset >= QUEUE_DESC && offset <= QUEUE_DEVICE + 4 && offset % 0x10 <= 4)
        write_address(d, offset, value);
}

/* ---- events ---- */

static void send_reply(const struct device *d, const struct amp_virtio_event *event, uint64_t value)
{
    const struct amp_virtio_reply reply = { .kind = event->kind, .seq = event->seq, .value = value };

    if (write(d->fd, &reply, sizeof(reply)) != sizeof(reply) && errno != ESTALE)
        die("reply");
}

static void wait_to_be_killed(void)
{
    for (;;)
        pause();
}

static void on_run(struct device *d, const struct amp_virtio_event *event)
{
    printf("run %llu\n", (unsigned long long)event->value);
    if (!strcmp(d->mode, "silent") || (!strcmp(d->mode, "deaf2") && d->runs_seen == 2))
        wait_to_be_killed();
    ++d->runs_seen;
    d->run = event->value;
    reset(d);
    send_reply(d, event, 0);
}

static void on_access(struct device *d, const struct amp_virtio_event *event)
{
    printf("%s %#05x width %u value %#llx seq %u\n", event->write ? "write" : "read", event->offset, event->width,
           (unsigned long long)event->value, event->seq);
    if (!strcmp(d->mode, "hold"))
        wait_to_be_killed();
    if (event->write)
        write_register(d, event->offset, (uint32_t)event->value);
    send_reply(d, event, event->write ? 0 : read_register(d, event->offset));
}

static void on_event(struct device *d)
{
    struct amp_virtio_event event;
    const ssize_t got = read(d->fd, &event, sizeof(event));

    if (got < 0 && errno == ENODEV) {
        printf("gone\n");
        exit(0);
    }
    if (got < 0 && errno == EAGAIN)
        return;
    if (got != sizeof(event))
        die("event");
    if (event.kind == AMP_VIRTIO_RUN)
        on_run(d, &event);
    else
        on_access(d, &event);
}

static void on_kick(struct device *d)
{
    uint64_t count;

    if (read(d->kick, &count, sizeof(count)) != sizeof(count))
        die("kick");
    printf("kick\n");
    serve_queue(d);
}

static void serve(struct device *d)
{
    struct pollfd wait[] = { { .fd = d->fd, .events = POLLIN }, { .fd = d->kick, .events = POLLIN } };

    for (;;) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            die("poll");
        if (config_changed) {
            config_changed = 0;
            if (ioctl(d->fd, AMP_IOC_VIRTIO_INTERRUPT, AMP_VIRTIO_CONFIG) != 0)
                die("interrupt");
            continue;
        }
        if (wait[0].revents)
            on_event(d);
        if (wait[1].revents)
            on_kick(d);
    }
}

/* ---- opening ---- */

static void set_eventfd(const struct device *d, int fd, uint32_t what)
{
    const struct amp_virtio_eventfd call = { .fd = fd, .what = what };

    if (ioctl(d->fd, AMP_IOC_VIRTIO_EVENTFD, &call) != 0)
        die("eventfd");
}

static int open_partition(const char *name)
{
    struct amp_open named = { .fd = -1 };
    const int amp = open(AMP_DEVICE, O_RDWR | O_CLOEXEC);

    strncpy(named.name, name, sizeof(named.name) - 1);
    if (amp < 0 || ioctl(amp, AMP_IOC_OPEN, &named) != 0)
        die(name);
    close(amp);
    return named.fd;
}

static const char *status_text(uint32_t status)
{
    switch (status) {
#define STATUS_CASE(name, number, text) case number: return text;
        AMP_STATUS_LIST(STATUS_CASE)
    default: return "unknown";
    }
}

static int start(const char *name)
{
    struct amp_action action = { .elapsed_ns = 0 };
    const int failed = ioctl(open_partition(name), AMP_IOC_START, &action);

    printf("start: %s (index %u) after %llu ms\n", status_text(action.report.status), action.report.index,
           (unsigned long long)action.elapsed_ns / 1000000);
    return failed ? 1 : 0;
}

static void open_all(struct device *d, const char *name, uint32_t index)
{
    struct amp_virtio_open device = { .device = index };
    struct amp_memory_open memory = { .fd = -1 };
    const int partition = open_partition(name);

    if (ioctl(partition, AMP_IOC_VIRTIO_OPEN, &device) != 0 || ioctl(partition, AMP_IOC_MEMORY_OPEN, &memory) != 0)
        die("device");
    close(partition);
    d->fd = device.fd;
    d->memory = mmap(NULL, d->size, PROT_READ | PROT_WRITE, MAP_SHARED, memory.fd, (off_t)d->gpa);
    if (d->memory == MAP_FAILED || fcntl(d->fd, F_SETFL, O_NONBLOCK) != 0)
        die("memory");
}

int main(int argc, char **argv)
{
    struct device d = { .mode = argc == 6 ? argv[5] : "serve" };

    if (argc == 3 && !strcmp(argv[2], "start"))
        return start(argv[1]);
    if (argc < 5 || argc > 6) {
        fprintf(stderr, "usage: virtio-device PARTITION INDEX GPA SIZE [silent|deaf2|hold]\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGUSR1, on_signal);
    d.gpa = strtoull(argv[3], NULL, 0);
    d.size = strtoull(argv[4], NULL, 0);
    open_all(&d, argv[1], (uint32_t)strtoul(argv[2], NULL, 0));
    d.kick = eventfd(0, EFD_CLOEXEC);
    d.call = eventfd(0, EFD_CLOEXEC);
    set_eventfd(&d, d.kick, AMP_VIRTIO_KICK);
    set_eventfd(&d, d.call, AMP_VIRTIO_CALL);
    printf("open\n");
    serve(&d);
}
