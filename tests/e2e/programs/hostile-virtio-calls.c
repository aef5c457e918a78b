/* SPDX-License-Identifier: GPL-2.0-only */
/* hostile-virtio's wrong calls on a partition that does not run: opening, mapping, reading and writing, eventfds. */
#include "hostile-virtio.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void *map(int fd, uint64_t gpa, size_t size, int flags)
{
    return mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, (off_t)gpa);
}

static void try_opening(int partition)
{
    struct amp_virtio_open *hidden = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd, child;

    refused(EINVAL, open_device(partition, DEVICES));
    refused(EINVAL, open_device(partition, 0xffffffff));
    refused(EFAULT, ioctl(partition, AMP_IOC_VIRTIO_OPEN, NULL));
    refused(EFAULT, ioctl(partition, AMP_IOC_VIRTIO_OPEN, hidden)); /* device 0, and no place for the number */
    fd = open_device(partition, 0);
    must(fd >= 0); /* the failure before left it closed */
    must(fcntl(fd, F_GETFD) == FD_CLOEXEC);
    refused(EBUSY, open_device(partition, 0));
    child = fork();
    if (child == 0) {
        usleep(200000);
        _exit(0);
    }
    close(fd);
    refused(EBUSY, open_device(partition, 0)); /* the child has it */
    waitpid(child, NULL, 0);
    fd = open_device(partition, 0);
    must(fd >= 0);
    close(fd);
    munmap(hidden, 4096);
}

/* The signal that a load or a store there ends a process with; 0: none. */
static int signal_of_touch(volatile uint32_t *word, bool store)
{
    const pid_t child = fork();
    int status = 0;

    if (child == 0) {
        if (store)
            *word = 1;
        else
            (void)*word;
        _exit(0);
    }
    must(child > 0 && waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* A vhost-user back end may map all that is below a region along with it: only memory is there. */
static void try_holes(int fd)
{
    const uint64_t before = RAM - 0x10000, size = RAM_SIZE + 0x20000;
    volatile uint8_t *all = map(fd, before, size, MAP_SHARED);
    volatile uint8_t *nothing = map(fd, 0x0a000000, 4096, MAP_SHARED);
    volatile uint8_t *last = map(fd, AMP_GPA_LIMIT - 4096, 4096, MAP_SHARED);
    int store;

    must(all != MAP_FAILED && nothing != MAP_FAILED && last != MAP_FAILED);
    for (store = 0; store < 2; ++store) {
        must(signal_of_touch((volatile uint32_t *)all, store) == SIGBUS);
        must(signal_of_touch((volatile uint32_t *)(all + 0x10000 - 4), store) == SIGBUS);
        must(signal_of_touch((volatile uint32_t *)(all + 0x10000 + 0x10000), store) == 0);
        must(signal_of_touch((volatile uint32_t *)(all + 0x10000 + RAM_SIZE), store) == SIGBUS);
        must(signal_of_touch((volatile uint32_t *)nothing, store) == SIGBUS);
        must(signal_of_touch((volatile uint32_t *)last, store) == SIGBUS);
    }
    munmap((void *)(uintptr_t)all, size);
    munmap((void *)(uintptr_t)nothing, 4096);
    munmap((void *)(uintptr_t)last, 4096);
    must(map(fd, AMP_GPA_LIMIT, 4096, MAP_SHARED) == MAP_FAILED && errno == EINVAL);
    must(map(fd, AMP_GPA_LIMIT - 4096, 8192, MAP_SHARED) == MAP_FAILED && errno == EINVAL);
    must(map(fd, 0x7ffffffffffff000, 4096, MAP_SHARED) == MAP_FAILED);
    must(map(fd, RAM, 4096, MAP_PRIVATE) == MAP_FAILED && errno == EINVAL);
    must(map(fd, 0x0a000000, 4096, MAP_PRIVATE) == MAP_FAILED && errno == EINVAL);
}

static void try_memory(int partition)
{
    struct amp_memory_open call = { .fd = -1, .pad = 1 };
    volatile uint32_t *memory;
    uint32_t word;
    int fd;

    refused(EINVAL, ioctl(partition, AMP_IOC_MEMORY_OPEN, &call));
    refused(EFAULT, ioctl(partition, AMP_IOC_MEMORY_OPEN, NULL));
    fd = open_memory(partition);
    must(fd >= 0);
    try_holes(fd);
    must(map(partition, RAM - 4096, 8192, MAP_SHARED) == MAP_FAILED && errno == EINVAL); /* none for the partition's own */
    must(map(partition, RAM, RAM_SIZE + 4096, MAP_SHARED) == MAP_FAILED && errno == EINVAL);
    refused(EINVAL, read(fd, &word, sizeof(word)));
    refused(EINVAL, write(fd, &word, sizeof(word)));
    refused(ENOTTY, ioctl(fd, AMP_IOC_QUERY, &word));
    refused(ENOTTY, ioctl(fd, AMP_IOC_DESTROY, &word));
    memory = map(fd, RAM + 0x10000, 4096, MAP_SHARED);
    must(memory != MAP_FAILED);
    close(fd);
    memory[0] = 0x12345678; /* the mapping outlives the descriptor */
    must(memory[0] == 0x12345678);
    munmap((void *)(uintptr_t)memory, 4096);
}

static void try_words(int partition)
{
    struct amp_virtio_event event, again;
    struct amp_virtio_info info;
    struct pollfd poller;
    void *hidden = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *nowhere = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int fd = open_device(partition, 1);

    must(fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0);
    refused(EINVAL, read(fd, &event, sizeof(event) - 1));
    refused(EFAULT, read(fd, hidden, sizeof(event)));
    must(next_event(fd, &event) && next_event(fd, &again));
    must(event.kind == AMP_VIRTIO_RUN && event.value == 0 && memcmp(&event, &again, sizeof(event)) == 0);
    refused(EINVAL, write(fd, &event, sizeof(struct amp_virtio_reply) - 1));
    refused(EINVAL, write(fd, &event, sizeof(struct amp_virtio_reply) + 1));
    refused(EFAULT, write(fd, nowhere, sizeof(struct amp_virtio_reply)));
    refused(EINVAL, reply(fd, 0, event.seq, 0));
    refused(EINVAL, reply(fd, 4, event.seq, 0));
    refused(EINVAL, reply(fd, AMP_VIRTIO_RUN, event.seq, 2));
    refused(EINVAL, reply(fd, AMP_VIRTIO_UP, event.seq, 1));
    refused(ESTALE, reply(fd, AMP_VIRTIO_UP, event.seq, 0)); /* nobody runs, and nobody asked */
    refused(ESTALE, reply(fd, AMP_VIRTIO_RUN, event.seq - 1, 0));
    refused(ESTALE, reply(fd, AMP_VIRTIO_ACCESS, event.seq, 0));
    must(accept_run(fd) == 0);
    refused(ESTALE, reply(fd, AMP_VIRTIO_RUN, event.seq, 0));
    refused(ESTALE, reply(fd, AMP_VIRTIO_ACCESS, 0, 0));
    refused(EAGAIN, read(fd, &event, sizeof(event)));
    poller = (struct pollfd){ .fd = fd, .events = POLLIN };
    must(poll(&poller, 1, 0) == 0);
    must(ioctl(fd, AMP_IOC_VIRTIO_INFO, &info) == 0);
    must(info.device == 1 && info.device_id == 1 && info.intid == 49 && info.queue_count == QUEUES && info.run == 0);
    must(!strcmp(info.partition, "hostile") && !strcmp(info.name, "second"));
    refused(EFAULT, ioctl(fd, AMP_IOC_VIRTIO_INFO, NULL));
    refused(EINVAL, ioctl(fd, AMP_IOC_VIRTIO_INTERRUPT, 0));
    refused(EINVAL, ioctl(fd, AMP_IOC_VIRTIO_INTERRUPT, 4));
    refused(EINVAL, ioctl(fd, AMP_IOC_VIRTIO_INTERRUPT, ~0ul));
    must(ioctl(fd, AMP_IOC_VIRTIO_INTERRUPT, AMP_VIRTIO_USED | AMP_VIRTIO_CONFIG) == 0); /* nobody runs: nothing */
    refused(ENOTTY, ioctl(fd, AMP_IOC_START, &info));
    refused(ENOTTY, ioctl(fd, AMP_IOC_VIRTIO_OPEN, &info));
    must(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, (off_t)RAM) == MAP_FAILED && errno == ENODEV);
    close(fd);
}

void try_descriptors(int partition)
{
    try_opening(partition);
    try_memory(partition);
    try_words(partition);
}

static long set_eventfd(int fd, int event, uint32_t what, uint32_t queue, uint32_t pad)
{
    const struct amp_virtio_eventfd call = { .fd = event, .what = what, .queue = queue, .pad = pad };

    return ioctl(fd, AMP_IOC_VIRTIO_EVENTFD, &call);
}

static void try_wrong_eventfds(int fd, uint32_t what)
{
    int pipes[2], closed = dup(fd);

    must(pipe(pipes) == 0);
    close(closed);
    refused(EBADF, set_eventfd(fd, closed, what, 0, 0));
    refused(EBADF, set_eventfd(fd, -2, what, 0, 0));
    refused(EBADF, set_eventfd(fd, 0x7fffffff, what, 0, 0));
    refused(EINVAL, set_eventfd(fd, pipes[0], what, 0, 0)); /* no eventfd */
    refused(EINVAL, set_eventfd(fd, fd, what, 0, 0));
    refused(EINVAL, set_eventfd(fd, -1, what, QUEUES, 0));
    refused(EINVAL, set_eventfd(fd, -1, what, 0xffffffff, 0));
    refused(EINVAL, set_eventfd(fd, -1, what, 0, 1));
    must(set_eventfd(fd, -1, what, 0, 0) == 0); /* forget none */
    close(pipes[0]);
    close(pipes[1]);
}

void try_eventfds(int partition)
{
    int fd = open_device(partition, 0), event = eventfd(0, EFD_NONBLOCK), other = eventfd(3, 0);
    uint64_t count = 1;
    uint32_t what, round;

    must(fd >= 0 && event >= 0 && other >= 0);
    refused(EFAULT, ioctl(fd, AMP_IOC_VIRTIO_EVENTFD, NULL));
    refused(EINVAL, set_eventfd(fd, event, AMP_VIRTIO_CALL + 1, 0, 0));
    for (what = AMP_VIRTIO_KICK; what <= AMP_VIRTIO_CALL; ++what)
        try_wrong_eventfds(fd, what);
    must(set_eventfd(fd, event, AMP_VIRTIO_KICK, 1, 0) == 0);
    must(read(event, &count, 8) == 8 && count == 1); /* once when it is set */
    must(set_eventfd(fd, -1, AMP_VIRTIO_KICK, 1, 0) == 0);
    refused(EAGAIN, read(event, &count, 8));
    for (round = 0; round < 100; ++round) /* one for both, set again and again, signalled before */
        for (what = AMP_VIRTIO_KICK; what <= AMP_VIRTIO_CALL; ++what)
            must(set_eventfd(fd, round % 2 ? other : event, what, round / 2 % QUEUES, 0) == 0);
    close(other); /* armed, and its last file closed */
    must(write(event, &count, 8) == 8);
    close(fd);
    must(write(event, &count, 8) == 8); /* nobody listens any more */
    close(event);
}
