/* SPDX-License-Identifier: GPL-2.0-only */
/* hostile-virtio's wrong calls around a guest that runs: late and false replies, silence, calls during stop, start and destroy. */
#include "hostile-virtio.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void set_eventfd(int fd, int event, uint32_t what, uint32_t queue)
{
    const struct amp_virtio_eventfd call = { .fd = event, .what = what, .queue = queue };

    must(ioctl(fd, AMP_IOC_VIRTIO_EVENTFD, &call) == 0);
}

/* A back end that replies to runs and leaves accesses alone, in a thread. */
struct back_end {
    int fd;
    pthread_t thread;
    uint64_t run;
    struct amp_virtio_event access; /* the one that ended the thread */
};

static void *serve_runs(void *context)
{
    struct back_end *b = context;
    uint32_t overtaken = 0; /* a run that a start announced between the event and its reply: the next event must say so */

    while (next_event(b->fd, &b->access) && b->access.kind == AMP_VIRTIO_RUN) {
        must(!overtaken || b->access.seq > overtaken);
        b->run = b->access.value;
        overtaken = reply(b->fd, AMP_VIRTIO_RUN, b->access.seq, 0) > 0 ? 0 : b->access.seq;
        must(!overtaken || errno == ESTALE);
    }
    must(!overtaken);
    return NULL;
}

static void serve(struct back_end *b)
{
    must(pthread_create(&b->thread, NULL, serve_runs, b) == 0);
}

/* The guest's first access: the same on every run but for its number. */
static void wait_access(struct back_end *b)
{
    must(pthread_join(b->thread, NULL) == 0);
    must(b->access.kind == AMP_VIRTIO_ACCESS && b->access.offset == 0x100 && b->access.width == 4 && !b->access.write);
}

/* While a start waits for a silent back end: memory can be mapped, which that back end may be about to do, and the start killed. */
static void try_waiting_start(int partition)
{
    const uint64_t begin = now_ms();
    const pid_t child = fork();
    int memory, status;
    void *mapped;

    if (child == 0) {
        act(partition, AMP_IOC_START);
        _exit(0);
    }
    usleep(500000);
    memory = open_memory(partition);
    mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, memory, (off_t)RAM);
    must(mapped != MAP_FAILED);
    must(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
    must(WIFSIGNALED(status) && now_ms() - begin < 4500);
    munmap(mapped, 4096);
    close(memory);
}

static void try_silence(int partition)
{
    int second = open_device(partition, 1);
    struct amp_query query;
    uint64_t begin;

    must(second >= 0);
    try_waiting_start(partition);
    begin = now_ms();
    must(act(partition, AMP_IOC_START) == AMP_STATUS_BACKEND_SILENT);
    must(now_ms() - begin >= 4900);
    must(ioctl(partition, AMP_IOC_QUERY, &query) == 0);
    must(query.state == AMP_STATE_LOADED && query.starts == 0); /* nothing has changed */
    close(second);
}

static void try_replies(int partition, struct back_end *first)
{
    struct amp_virtio_event again;
    uint32_t seq = first->access.seq;
    int second = open_device(partition, 1);

    must(second >= 0 && accept_run(second) == first->run);
    refused(ESTALE, reply(second, AMP_VIRTIO_ACCESS, seq, 0)); /* another device's */
    must(fcntl(second, F_SETFL, O_NONBLOCK) == 0);
    refused(EAGAIN, read(second, &again, sizeof(again)));
    close(second);
    must(next_event(first->fd, &again) && memcmp(&again, &first->access, sizeof(again)) == 0);
    refused(ESTALE, reply(first->fd, AMP_VIRTIO_ACCESS, seq - 1, 0));
    refused(ESTALE, reply(first->fd, AMP_VIRTIO_ACCESS, seq + 1, 0));
    must(act(partition, AMP_IOC_PAUSE) == AMP_STATUS_OK);
    must(next_event(first->fd, &again) && again.seq == seq);
    must(act(partition, AMP_IOC_RESUME) == AMP_STATUS_OK);
    close(first->fd); /* dies with the access unanswered */
    first->fd = open_device(partition, 0);
    must(first->fd >= 0 && accept_run(first->fd) == first->run);
    must(next_event(first->fd, &again) && again.seq == seq);
    must(act(partition, AMP_IOC_STOP) == AMP_STATUS_OK);
    refused(ESTALE, reply(first->fd, AMP_VIRTIO_ACCESS, seq, 0));
    must(fcntl(first->fd, F_SETFL, O_NONBLOCK) == 0);
    refused(EAGAIN, read(first->fd, &again, sizeof(again)));
    must(fcntl(first->fd, F_SETFL, 0) == 0);
}

/* The first access is answered and its value comes back in the second, the notifications after it arrive. */
static void try_answers(struct back_end *first, uint32_t old_seq)
{
    struct pollfd poller = { .fd = eventfd(0, 0), .events = POLLIN };
    struct amp_virtio_event event;
    uint64_t count;

    refused(ESTALE, reply(first->fd, AMP_VIRTIO_ACCESS, old_seq, 0)); /* of the run before */
    must(reply(first->fd, AMP_VIRTIO_ACCESS, first->access.seq, 0xffffffff89abcdef) > 0);
    must(next_event(first->fd, &event));
    must(event.kind == AMP_VIRTIO_ACCESS && event.offset == 0x104 && event.write == 1 && event.value == 0x89abcdef);
    refused(ESTALE, reply(first->fd, AMP_VIRTIO_ACCESS, first->access.seq, 0)); /* answered already */
    set_eventfd(first->fd, poller.fd, AMP_VIRTIO_KICK, 1);
    must(read(poller.fd, &count, 8) == 8);
    must(reply(first->fd, AMP_VIRTIO_ACCESS, event.seq, 0) > 0);
    must(poll(&poller, 1, 10000) == 1);
    set_eventfd(first->fd, -1, AMP_VIRTIO_KICK, 1);
    close(poller.fd);
}

void try_runs(int partition)
{
    struct back_end first = { .fd = open_device(partition, 0) };
    uint32_t old_seq;
    uint64_t old_run;

    must(first.fd >= 0);
    serve(&first);
    try_silence(partition);
    must(act(partition, AMP_IOC_START) == AMP_STATUS_OK);
    wait_access(&first);
    try_replies(partition, &first);
    old_seq = first.access.seq;
    old_run = first.run;
    serve(&first);
    must(act(partition, AMP_IOC_START) == AMP_STATUS_OK);
    wait_access(&first);
    must(first.run == old_run + 1);
    try_answers(&first, old_seq);
    must(act(partition, AMP_IOC_STOP) == AMP_STATUS_OK);
    close(first.fd);
}

/* ---- everything at once ---- */

struct storm {
    int partition, fd, event;
    volatile bool over;
};

static void *signal_calls(void *context)
{
    struct storm *s = context;
    const uint64_t one = 1;

    while (!s->over) {
        must(write(s->event, &one, 8) == 8 || errno == EAGAIN);
        must(ioctl(s->fd, AMP_IOC_VIRTIO_INTERRUPT, AMP_VIRTIO_CONFIG) == 0);
    }
    return NULL;
}

static void *change_eventfds(void *context)
{
    struct storm *s = context;
    uint32_t queue;

    while (!s->over) {
        for (queue = 0; queue < QUEUES; ++queue) {
            set_eventfd(s->fd, s->event, AMP_VIRTIO_CALL, queue);
            set_eventfd(s->fd, s->event, AMP_VIRTIO_KICK, queue);
        }
        for (queue = 0; queue < QUEUES; ++queue) {
            set_eventfd(s->fd, -1, AMP_VIRTIO_CALL, queue);
            set_eventfd(s->fd, -1, AMP_VIRTIO_KICK, queue);
        }
    }
    return NULL;
}

/* Answers whatever comes. EAGAIN, ESTALE: a stop was faster. */
static void *answer_all(void *context)
{
    struct storm *s = context;
    struct amp_virtio_event event;

    while (!s->over) {
        if (next_event(s->fd, &event))
            must(reply(s->fd, event.kind, event.seq, 0) > 0 || errno == ESTALE);
        else
            must(errno == EAGAIN);
    }
    return NULL;
}

void try_storm(int partition, unsigned int milliseconds)
{
    struct storm s = { .partition = partition, .fd = open_device(partition, 0), .event = eventfd(0, EFD_NONBLOCK) };
    void *(*const parts[])(void *) = { signal_calls, change_eventfds, answer_all };
    const uint64_t end = now_ms() + milliseconds;
    unsigned int starts = 0;
    pthread_t threads[3];
    size_t i;

    must(s.fd >= 0 && fcntl(s.fd, F_SETFL, O_NONBLOCK) == 0);
    for (i = 0; i < 3; ++i)
        must(pthread_create(&threads[i], NULL, parts[i], &s) == 0);
    while (now_ms() < end || starts < 3) {
        must(act(partition, AMP_IOC_START) == AMP_STATUS_OK);
        usleep(20000);
        must(act(partition, AMP_IOC_STOP) == AMP_STATUS_OK);
        ++starts;
    }
    s.over = true;
    for (i = 0; i < 3; ++i)
        pthread_join(threads[i], NULL);
    close(s.event);
    close(s.fd);
    printf("hostile virtio: %u starts in a storm of calls\n", starts);
}

/* ---- a partition that goes ---- */

static void *wait_event(void *context)
{
    struct amp_virtio_event event;

    refused(ENODEV, read(*(int *)context, &event, sizeof(event)));
    return NULL;
}

static void use_dead_device(int fd, int event)
{
    const struct amp_virtio_eventfd call = { .fd = event, .what = AMP_VIRTIO_CALL };
    struct pollfd poller = { .fd = fd, .events = POLLIN };
    struct amp_virtio_info info;
    const uint64_t one = 1;

    refused(ENODEV, read(fd, &info, sizeof(info)));
    refused(ENODEV, reply(fd, AMP_VIRTIO_RUN, 1, 0));
    refused(ENODEV, ioctl(fd, AMP_IOC_VIRTIO_INFO, &info));
    refused(ENODEV, ioctl(fd, AMP_IOC_VIRTIO_EVENTFD, &call));
    refused(ENODEV, ioctl(fd, AMP_IOC_VIRTIO_INTERRUPT, AMP_VIRTIO_USED));
    must(poll(&poller, 1, 0) == 1 && (poller.revents & POLLHUP));
    must(write(event, &one, 8) == 8); /* still armed: must reach nobody */
}

void try_destroyed(const struct machine *m)
{
    int partition = create(m), fd = open_device(partition, 1), memory = open_memory(partition), event = eventfd(0, 0);
    volatile uint32_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, (off_t)RAM + 0x20000);
    pthread_t reader;

    must(fd >= 0 && memory >= 0 && mapped != MAP_FAILED);
    mapped[0] = 1;
    must(accept_run(fd) == 0);
    set_eventfd(fd, event, AMP_VIRTIO_CALL, 0);
    set_eventfd(fd, event, AMP_VIRTIO_KICK, 0);
    must(pthread_create(&reader, NULL, wait_event, &fd) == 0);
    usleep(100000); /* most likely it waits by now; either way it has to get ENODEV */
    must(act(partition, AMP_IOC_DESTROY) == AMP_STATUS_OK);
    must(pthread_join(reader, NULL) == 0);
    refused(ENODEV, open_device(partition, 0));
    refused(ENODEV, open_memory(partition));
    close(partition);
    use_dead_device(fd, event);
    must(mmap(NULL, 4096, PROT_READ, MAP_SHARED, memory, (off_t)RAM) == MAP_FAILED && errno == ENODEV);
    partition = create(m); /* in the place of the first: core, doorbell slot, interrupt */
    must(act(partition, AMP_IOC_START) == AMP_STATUS_OK);
    use_dead_device(fd, event);
    must(act(partition, AMP_IOC_DESTROY) == AMP_STATUS_OK);
    close(partition);
    must(mapped[0] == 1);
    munmap((void *)(uintptr_t)mapped, 4096);
    close(memory);
    close(fd);
    close(event);
}
