/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ampctl <-> module. /dev/amp (0600) answers INFO, LIST, CREATE, OPEN; CREATE and OPEN return a descriptor of one partition
 * that answers the rest. A partition that was created and neither started nor kept is undone when its last descriptor
 * closes; a started or kept one lives until DESTROY.
 *
 * Every structure's pads must be zero and its `size` field, where it has one, sizeof: else EINVAL. Errors are real errno
 * values; where a structure holds a report, it is filled in on failure too.
 */
#ifndef AMP_ABI_IOCTL_H
#define AMP_ABI_IOCTL_H

#include "types.h"
#include "version.h"
#include "status.h"
#include "exit.h"
#ifdef __KERNEL__
#include <linux/ioctl.h>
#else
#include <sys/ioctl.h>
#endif

#define AMP_DEVICE "/dev/amp"

/* amp_query.state */
#define AMP_STATE_CREATED 1u
#define AMP_STATE_LOADED 2u
#define AMP_STATE_RUNNING 3u
#define AMP_STATE_PAUSED 4u
#define AMP_STATE_STOPPED 5u
#define AMP_STATE_CRASHED 6u
#define AMP_STATE_LOST 7u /* its core does not answer and did not turn off: only a reboot brings it back */

struct amp_info {
    uint16_t abi_major, abi_minor;
    uint32_t gic_version;
    uint32_t host_el;      /* 1 or 2: where dom0's kernel runs */
    uint32_t partition_count;
    uint64_t donated_cpus[8]; /* bit n of word n/64: Linux CPU n is held by a partition */
    uint64_t monitor_bytes;   /* memory of one monitor image with its data and stack */
    uint32_t kick_sgi;
    uint32_t maintenance_intid;
    uint64_t counter_hz;
    uint64_t reserved[8];
};
AMP_ABI_SIZE(struct amp_info, 168);

struct amp_list_entry {
    char name[AMP_NAME_SIZE];
    uint32_t id;
    uint32_t state;
};
AMP_ABI_SIZE(struct amp_list_entry, 40);

struct amp_list {
    uint64_t entries; /* user pointer to struct amp_list_entry[capacity] */
    uint32_t capacity;
    uint32_t count; /* out: how many there are, also where more than capacity */
};
AMP_ABI_SIZE(struct amp_list, 16);

struct amp_create {
    uint64_t descriptor; /* user pointer to a struct amp_partition blob */
    uint32_t descriptor_size;
    int32_t fd; /* out */
    struct amp_report report;
};
AMP_ABI_SIZE(struct amp_create, 32);

struct amp_open {
    char name[AMP_NAME_SIZE];
    int32_t fd; /* out */
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_open, 40);

/*
 * Bytes that belong at gpa whenever the partition starts. The module keeps them, so that it can start again from clean memory.
 * LOAD_IMAGE says that they are the guest's own program: whoever loads another one replaces all of these, and nothing else
 * (not the device tree, the info page, an initrd or a file).
 */
struct amp_segment {
    uint64_t gpa;
    uint64_t data; /* user pointer */
    uint64_t size;
    struct amp_report report;
};
AMP_ABI_SIZE(struct amp_segment, 40);

/* START, STOP, PAUSE, RESUME, DESTROY, KEEP, CLEAR, CORE_RELEASE: no argument but where to report. */
struct amp_action {
    struct amp_report report;
    uint64_t elapsed_ns; /* out: how long it took */
};
AMP_ABI_SIZE(struct amp_action, 24);

struct amp_assign {
    uint32_t cpu; /* Linux's number */
    uint32_t pad;
    struct amp_report report;
};
AMP_ABI_SIZE(struct amp_assign, 24);

#define AMP_NO_CPU 0xffffffffu

struct amp_query {
    char name[AMP_NAME_SIZE];
    uint32_t id;
    uint32_t state;
    uint32_t cpu; /* AMP_NO_CPU: none assigned */
    uint32_t doorbell_intid;
    uint32_t channel_count;
    uint32_t resets; /* times the guest restarted itself by SYSTEM_RESET */
    uint64_t starts;
    uint64_t memory_bytes;  /* guest memory from Linux */
    uint64_t channel_bytes; /* shared memory of its channels */
    uint64_t monitor_bytes; /* monitor, its tables and shared pages */
    uint64_t segment_bytes; /* image kept for a restart */
    uint64_t start_ticks;   /* counter when START was called */
    uint64_t now_ticks;
    uint64_t counter_hz;
    struct amp_report failure; /* AMP_STATE_LOST, or why the last restart failed */
    uint64_t instance[2]; /* drawn at random by CREATE, never 0: no other partition, of whatever name, had or will have it */
    uint64_t reserved[2];
    struct amp_stats stats;
    struct amp_exit_record exit;
};
AMP_ABI_SIZE(struct amp_query, 880);

/* amp_read_stream.which */
#define AMP_STREAM_LOG 0u
#define AMP_STREAM_CONSOLE 1u

/* Read the monitor's log or the console's history without consuming it. */
struct amp_read_stream {
    uint32_t which;
    uint32_t size;     /* in: of the buffer; out: bytes copied */
    uint64_t data;     /* user pointer */
    uint64_t position; /* in: where to begin; out: where the next call goes on */
    uint64_t lost;     /* out: bytes between the wanted and the first copied one */
};
AMP_ABI_SIZE(struct amp_read_stream, 32);

/* amp_eventfd.what */
#define AMP_EVENT_STATE 0u
#define AMP_EVENT_CONSOLE 1u
#define AMP_EVENT_CHANNEL 2u /* + channel index */

struct amp_eventfd {
    int32_t fd; /* -1: forget the one that was set */
    uint32_t what;
};
AMP_ABI_SIZE(struct amp_eventfd, 8);

/* One descriptor of device `device` of the virtio array; EBUSY while another is open. */
struct amp_virtio_open {
    uint32_t device;
    int32_t fd; /* out */
};
AMP_ABI_SIZE(struct amp_virtio_open, 8);

/*
 * A descriptor that can do nothing but mmap the partition's memory, at offset gpa. Unlike the partition's own it maps any range
 * below AMP_GPA_LIMIT: what is no memory there raises SIGBUS when it is touched.
 */
struct amp_memory_open {
    int32_t fd; /* out */
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_memory_open, 8);

/* on /dev/amp */
#define AMP_IOC_INFO _IOR('A', 0x01, struct amp_info)
#define AMP_IOC_LIST _IOWR('A', 0x02, struct amp_list)
#define AMP_IOC_CREATE _IOWR('A', 0x03, struct amp_create)
#define AMP_IOC_OPEN _IOWR('A', 0x04, struct amp_open)
/*
 * on a partition: mmap at offset gpa maps its memory (MEMORY and FIXED regions); poll reports POLLIN when the state changed
 * since the last QUERY through this descriptor.
 */
#define AMP_IOC_QUERY _IOR('A', 0x10, struct amp_query)
#define AMP_IOC_LOAD _IOWR('A', 0x11, struct amp_segment)
#define AMP_IOC_CLEAR _IOWR('A', 0x12, struct amp_action) /* forget all segments */
#define AMP_IOC_KEEP _IOWR('A', 0x13, struct amp_action)
#define AMP_IOC_START _IOWR('A', 0x14, struct amp_action)
#define AMP_IOC_STOP _IOWR('A', 0x15, struct amp_action)
#define AMP_IOC_PAUSE _IOWR('A', 0x16, struct amp_action)
#define AMP_IOC_RESUME _IOWR('A', 0x17, struct amp_action)
#define AMP_IOC_DESTROY _IOWR('A', 0x18, struct amp_action)
#define AMP_IOC_ASSIGN _IOWR('A', 0x19, struct amp_assign)
#define AMP_IOC_RELEASE _IOWR('A', 0x1a, struct amp_action)
#define AMP_IOC_READ_STREAM _IOWR('A', 0x1b, struct amp_read_stream)
#define AMP_IOC_EVENTFD _IOW('A', 0x1c, struct amp_eventfd)
#define AMP_IOC_VIRTIO_OPEN _IOWR('A', 0x1d, struct amp_virtio_open)
#define AMP_IOC_MEMORY_OPEN _IOWR('A', 0x1e, struct amp_memory_open)
#define AMP_IOC_LOAD_IMAGE _IOWR('A', 0x1f, struct amp_segment) /* LOAD of what another firmware takes the place of */

/*
 * /dev/amp-<partition>-console: read gives the console's bytes from now on (history by READ_STREAM), write is the guest's
 * input, poll. /dev/amp-<partition>-<channel>: read takes one message (EMSGSIZE, message kept, where the buffer is too
 * small), write sends one (EAGAIN when full and O_NONBLOCK; EMSGSIZE when it can never fit), poll; mmap at 0 maps the
 * channel's memory, DOORBELL then calls the guest. One open descriptor per channel: EBUSY for the next.
 */
struct amp_channel_info {
    char partition[AMP_NAME_SIZE];
    char channel[AMP_NAME_SIZE];
    uint64_t size;
    uint32_t side;
    uint32_t peer_generation; /* changes when the guest attached anew */
    uint64_t reserved[2];
};
AMP_ABI_SIZE(struct amp_channel_info, 96);
#define AMP_IOC_CHANNEL_INFO _IOR('A', 0x20, struct amp_channel_info)
#define AMP_IOC_CHANNEL_DOORBELL _IO('A', 0x21)

/*
 * A virtio device's descriptor belongs to its back end, which may be unprivileged: it reaches that one device and nothing else.
 * read() takes one struct amp_virtio_event (EAGAIN with O_NONBLOCK; POLLIN while there is one), write() one struct
 * amp_virtio_reply. An event is there until it is replied to: a back end that comes after one that died reads it again. The
 * partition's destruction shows as POLLHUP and ENODEV.
 *
 * AMP_VIRTIO_RUN comes first on every new descriptor and whenever the partition starts: state that the back end kept belongs to
 * run `run` or is void. START waits for the reply, because from it on the back end touches no memory on behalf of an earlier
 * run; a back end that is silent for five seconds makes START fail (AMP_STATUS_BACKEND_SILENT).
 */
#define AMP_VIRTIO_RUN 1u
#define AMP_VIRTIO_ACCESS 2u
/* The memory is loaded and the guest of the run runs: for those that asked for it by AMP_VIRTIO_TELL_UP in the reply to RUN. */
#define AMP_VIRTIO_UP 3u
#define AMP_VIRTIO_TELL_UP 1u

struct amp_virtio_event {
    uint32_t kind;   /* AMP_VIRTIO_RUN, AMP_VIRTIO_ACCESS, AMP_VIRTIO_UP */
    uint32_t seq;    /* goes into the reply */
    uint32_t offset; /* ACCESS: as in struct amp_virtio_access */
    uint32_t width;
    uint32_t write;
    uint32_t pad;
    uint64_t value; /* ACCESS: what the guest writes. RUN, UP: number of the run, 1 with the first start; 0 before it */
};
AMP_ABI_SIZE(struct amp_virtio_event, 32);

struct amp_virtio_reply {
    uint32_t kind; /* of the event */
    uint32_t seq;  /* of the event; ESTALE where it is not the present one */
    uint64_t value; /* ACCESS: what a read gives; RUN: AMP_VIRTIO_TELL_UP or 0; UP: 0 */
};
AMP_ABI_SIZE(struct amp_virtio_reply, 16);

struct amp_virtio_info {
    char partition[AMP_NAME_SIZE];
    char name[AMP_NAME_SIZE];
    uint32_t device;
    uint32_t device_id;
    uint32_t queue_count;
    uint32_t intid;
    uint64_t run; /* as in AMP_VIRTIO_RUN */
    uint64_t reserved[4];
};
AMP_ABI_SIZE(struct amp_virtio_info, 120);

/*
 * An eventfd for queue `queue`. KICK is signalled when the driver notifies the queue, and once when it is set, since the driver
 * may have done so before; CALL raises the used-buffer interrupt whenever somebody signals it (vhost's two files). They end
 * with the descriptor.
 */
#define AMP_VIRTIO_KICK 0u
#define AMP_VIRTIO_CALL 1u

struct amp_virtio_eventfd {
    int32_t fd; /* -1: forget the one that was set */
    uint32_t what;
    uint32_t queue;
    uint32_t pad;
};
AMP_ABI_SIZE(struct amp_virtio_eventfd, 16);

/* InterruptStatus bits (virtio 1.2, 4.2.2): the argument of AMP_IOC_VIRTIO_INTERRUPT, by value */
#define AMP_VIRTIO_USED 1u
#define AMP_VIRTIO_CONFIG 2u

#define AMP_IOC_VIRTIO_INFO _IOR('A', 0x30, struct amp_virtio_info)
#define AMP_IOC_VIRTIO_EVENTFD _IOW('A', 0x31, struct amp_virtio_eventfd)
#define AMP_IOC_VIRTIO_INTERRUPT _IO('A', 0x32)

#endif
