/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile-ioctl ROUNDS SEED CPU MPIDR DOORBELL GIC: throws wrong descriptors, segments, calls and pointers at /dev/amp. Each
 * must be answered by an errno or be harmless; the scenario looks at the kernel log and the machine afterwards. A descriptor
 * that is right is sent first, and mutations of it after, so that the checks behind the first one are reached too.
 */
#include <amp/abi/ioctl.h>
#include <amp/abi/partition.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM 0x40000000ull
#define RAM_SIZE 0x200000ull

struct descriptor {
    struct amp_partition head;
    struct amp_core core;
    struct amp_region regions[2];
    struct amp_channel channel;
    struct amp_virtio virtio[2];
};

static uint64_t random_state;
static unsigned int accepted, refused;
static uint32_t why_refused; /* AMP_STATUS_* of the last one */

/* xorshift64*: the same seed gives the same run. */
static uint64_t any(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1dull;
}

static uint64_t below(uint64_t limit)
{
    return any() % limit;
}

static uint64_t interesting(void)
{
    static const uint64_t values[] = { 0, 1, 2, 7, 8, 31, 32, 63, 64, 65, 0xfff, 0x1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
                                       0xffffffff, 0x40000000, 0x8000000000, 0x7fffffffffffffff, 0x8000000000000000,
                                       0xfffffffffffff000, 0xffffffffffffffff };
    return below(2) ? values[below(sizeof(values) / sizeof(values[0]))] : any();
}

static struct descriptor right_descriptor(char **argv)
{
    uint32_t gic = (uint32_t)strtoul(argv[6], NULL, 0);
    struct descriptor d = {
        .head = {
            .magic = AMP_PARTITION_MAGIC, .abi_major = AMP_ABI_MAJOR, .abi_minor = AMP_ABI_MINOR, .size = sizeof(d),
            .name = "hostile", .id = 60, .gic_version = gic, .entry = RAM, .gicd_gpa = 0x08000000,
            .gicr_gpa = gic == 3 ? 0x080a0000 : 0, .gicc_gpa = gic == 2 ? 0x08010000 : 0,
            .doorbell_intid = (uint32_t)strtoul(argv[5], NULL, 0),
            .core_offset = offsetof(struct descriptor, core), .core_count = 1,
            .region_offset = offsetof(struct descriptor, regions), .region_count = 2,
            .channel_offset = offsetof(struct descriptor, channel), .channel_count = 1,
            .virtio_gpa = 0x0a000000, .virtio_offset = offsetof(struct descriptor, virtio), .virtio_count = 2,
        },
        .core = { .cpu = (uint32_t)strtoul(argv[3], NULL, 0), .mpidr = strtoull(argv[4], NULL, 0) },
        .regions = {
            { .gpa = 0x0c010000, .size = 0x10000, .kind = AMP_REGION_CHANNEL, .access = AMP_ACCESS_READ | AMP_ACCESS_WRITE },
            { .gpa = RAM, .size = RAM_SIZE, .kind = AMP_REGION_MEMORY,
              .access = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE },
        },
        .channel = { .name = "ctrl", .peer = "dom0", .size = 0x10000, .peer_kind = AMP_PEER_DOM0, .intid = 96 },
        .virtio = { { .name = "net0", .device_id = 1, .intid = 48, .queue_count = 2 },
                    { .name = "rng0", .device_id = 4, .intid = 49, .queue_count = 1 } },
    };
    return d;
}

/* The partition's descriptor, or -1. */
static int create(int device, const void *bytes, uint32_t size)
{
    struct amp_create call = { .descriptor = (uintptr_t)bytes, .descriptor_size = size, .fd = -1 };

    if (ioctl(device, AMP_IOC_CREATE, &call) == 0) {
        ++accepted;
        return call.fd;
    }
    ++refused;
    why_refused = call.report.status;
    if (errno == ENOTTY || errno == ENOSYS) {
        perror("CREATE");
        exit(1);
    }
    return -1;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* A few words, bytes or the length changed. */
static void try_mutation(int device, const struct descriptor *right)
{
    unsigned char bytes[2 * sizeof(*right)];
    uint32_t size = sizeof(*right);
    uint64_t changes = 1 + below(4);

    memcpy(bytes, right, sizeof(*right));
    memcpy(bytes + sizeof(*right), right, sizeof(*right));
    while (changes--) {
        uint64_t value = interesting();
        size_t width = (size_t)1 << below(4);

        memcpy(bytes + below(sizeof(*right) / width) * width, &value, width);
    }
    if (!below(8))
        size = (uint32_t)below(sizeof(bytes) + 1);
    close_if_open(create(device, bytes, size));
}

static void try_noise(int device)
{
    static unsigned char bytes[AMP_PARTITION_SIZE_MAX + 64];
    size_t size = below(sizeof(bytes)), i;

    for (i = 0; i < size; ++i)
        bytes[i] = (unsigned char)any();
    if (below(2) && size >= sizeof(struct amp_partition)) {
        struct amp_partition *head = (struct amp_partition *)bytes;

        head->magic = AMP_PARTITION_MAGIC;
        head->abi_major = AMP_ABI_MAJOR;
        head->abi_minor = AMP_ABI_MINOR;
        head->size = (uint32_t)size;
    }
    close_if_open(create(device, bytes, (uint32_t)size));
}

/* An address that is null, unmapped, the kernel's, the end of memory, or ours. */
static uint64_t wild_pointer(void)
{
    static unsigned char ours[4096];
    const uint64_t pointers[] = { 0, 1, 0x1000, 0xffff000000000000, 0xffffffffffffffff, 0x0000ffffffffff00, (uintptr_t)ours };

    return pointers[below(sizeof(pointers) / sizeof(pointers[0]))];
}

static const unsigned long calls[] = { AMP_IOC_INFO, AMP_IOC_LIST, AMP_IOC_CREATE, AMP_IOC_OPEN, AMP_IOC_QUERY, AMP_IOC_LOAD,
                                       AMP_IOC_LOAD_IMAGE, AMP_IOC_CLEAR, AMP_IOC_KEEP, AMP_IOC_STOP, AMP_IOC_PAUSE, AMP_IOC_RESUME,
                                       AMP_IOC_READ_STREAM, AMP_IOC_EVENTFD, AMP_IOC_CHANNEL_INFO, AMP_IOC_CHANNEL_DOORBELL,
                                       AMP_IOC_VIRTIO_INFO, AMP_IOC_VIRTIO_EVENTFD, AMP_IOC_VIRTIO_INTERRUPT };

static void try_wild_call(int fd)
{
    unsigned long call = below(4) ? calls[below(sizeof(calls) / sizeof(calls[0]))] : (unsigned long)(uint32_t)any();

    (void)!ioctl(fd, call, wild_pointer());
}

static void try_wild_content(int fd)
{
    uint64_t words[32];
    size_t i;

    for (i = 0; i < sizeof(words) / sizeof(words[0]); ++i)
        words[i] = below(3) ? interesting() : wild_pointer();
    (void)!ioctl(fd, calls[5 + below(9)], words);
}

static void try_wild_mapping(int fd)
{
    static const uint64_t offsets[] = { 0, RAM, RAM + RAM_SIZE, RAM - 0x1000, 0x0c010000, 0x08000000, 0x7ffffffffffff000 };
    size_t size = (size_t)(1 + below(1024)) * 0x1000;
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                        (off_t)offsets[below(sizeof(offsets) / sizeof(offsets[0]))]);

    if (memory != MAP_FAILED) {
        *(volatile char *)memory = 1;
        munmap(memory, size);
    }
}

/* Events into, and replies from, anywhere. */
static void try_wild_words(int fd)
{
    (void)!read(fd, (void *)(uintptr_t)wild_pointer(), below(2) ? sizeof(struct amp_virtio_event) : below(64));
    (void)!write(fd, (const void *)(uintptr_t)wild_pointer(), sizeof(struct amp_virtio_reply));
}

/* A partition that is right, its calls not. KEEP may have kept it: it is destroyed by name. */
static void misuse_partition(int device, const struct descriptor *right, unsigned long rounds)
{
    struct amp_action destroy = { .elapsed_ns = 0 };
    struct amp_virtio_open back_end = { .device = 1 };
    unsigned long i;
    int fd = create(device, right, sizeof(*right));

    if (fd < 0 || ioctl(fd, AMP_IOC_VIRTIO_OPEN, &back_end) != 0 || fcntl(back_end.fd, F_SETFL, O_NONBLOCK) != 0) {
        fprintf(stderr, "the right descriptor was refused: %s\n", strerror(errno));
        exit(1);
    }
    for (i = 0; i < rounds; ++i) {
        try_wild_call(fd);
        try_wild_content(fd);
        try_wild_mapping(fd);
        try_wild_call(device);
        try_wild_call(back_end.fd);
        try_wild_words(back_end.fd);
    }
    close(back_end.fd);
    if (ioctl(fd, AMP_IOC_DESTROY, &destroy) != 0) {
        perror("DESTROY");
        exit(1);
    }
    close(fd);
}

/* ---- devices ---- */

struct device_descriptor {
    struct amp_partition head;
    struct amp_core core;
    struct amp_region regions[2];
    struct amp_irq irq;
};

/* A partition with one physical region and one interrupt, of which only those two can be wrong. */
static struct device_descriptor with_device(const struct descriptor *right, uint32_t kind, uint64_t pa, uint64_t size, uint32_t intid)
{
    struct device_descriptor d = {
        .head = right->head,
        .core = right->core,
        .regions = {
            { .gpa = 0x10000000, .size = size, .pa = pa, .kind = kind, .access = AMP_ACCESS_READ | AMP_ACCESS_WRITE },
            right->regions[1],
        },
        .irq = { .intid = intid, .guest_intid = 40, .flags = AMP_IRQ_LEVEL },
    };

    d.head.size = sizeof(d);
    d.head.core_offset = offsetof(struct device_descriptor, core);
    d.head.region_offset = offsetof(struct device_descriptor, regions);
    d.head.irq_offset = offsetof(struct device_descriptor, irq);
    d.head.irq_count = 1;
    d.head.channel_offset = 0;
    d.head.channel_count = 0;
    d.head.virtio_offset = 0;
    d.head.virtio_count = 0;
    return d;
}

static int try_device(int device, const struct descriptor *right, uint32_t kind, uint64_t pa, uint64_t size, uint32_t intid)
{
    struct device_descriptor d = with_device(right, kind, pa, size, intid);

    return create(device, &d, sizeof(d));
}

#define FREE_PA 0x0b000000ull /* QEMU's virt has nothing there */
#define FREE_SPI 200u

/* What must never be a partition's, on QEMU's virt. */
static void try_devices(int device, const struct descriptor *right)
{
    static const struct {
        uint32_t kind;
        uint64_t pa, size;
        uint32_t intid;
        const char *what;
    } wrong[] = {
        { AMP_REGION_DEVICE, 0x08000000, 0x1000, FREE_SPI, "the distributor" },
        { AMP_REGION_DEVICE, 0x0800f000, 0x2000, FREE_SPI, "the distributor's last page" },
        { AMP_REGION_DEVICE, 0x07fff000, 0x2000000, FREE_SPI, "all of the interrupt controller" },
        { AMP_REGION_DEVICE, 0x40000000, 0x200000, FREE_SPI, "RAM" },
        { AMP_REGION_DEVICE, 0x3ffff000, 0x2000, FREE_SPI, "the first page of RAM" },
        { AMP_REGION_DEVICE, 0x09000000, 0x1000, FREE_SPI, "dom0's console" },
        { AMP_REGION_DEVICE, 0x09010000, 0x1000, FREE_SPI, "the clock, which Linux's driver has" },
        { AMP_REGION_FIXED, 0x40000000, 0x200000, FREE_SPI, "RAM that is not reserved" },
        { AMP_REGION_FIXED, FREE_PA, 0x1000, FREE_SPI, "memory where there is none" },
        { AMP_REGION_DEVICE, 0xfffffffff000, 0x2000, FREE_SPI, "the end of the address space" },
        { AMP_REGION_DEVICE, FREE_PA + 0x200, 0x1000, FREE_SPI, "half a page" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 33, "the interrupt of dom0's console" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 34, "the interrupt of the clock" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 27, "the timer's interrupt" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 5, "the kick" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 1019, "an interrupt that is not there" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 1023, "no interrupt" },
        { AMP_REGION_DEVICE, FREE_PA, 0x1000, 0xffffffff, "an interrupt beyond all" },
    };
    size_t i;
    int fd, shared;

    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); ++i) {
        const bool irq = wrong[i].kind == AMP_REGION_DEVICE && wrong[i].intid != FREE_SPI;

        if (try_device(device, right, wrong[i].kind, wrong[i].pa, wrong[i].size, wrong[i].intid) >= 0) {
            fprintf(stderr, "a partition got %s\n", wrong[i].what);
            exit(1);
        }
        if (irq ? why_refused != AMP_STATUS_BAD_IRQ : why_refused != AMP_STATUS_BAD_PHYSICAL && why_refused != AMP_STATUS_BAD_REGION) {
            fprintf(stderr, "%s: refused, but with status %u\n", wrong[i].what, why_refused);
            exit(1);
        }
    }
    fd = try_device(device, right, AMP_REGION_DEVICE, FREE_PA, 0x1000, FREE_SPI);
    if (fd < 0) {
        fprintf(stderr, "a free device was refused: %s\n", strerror(errno));
        exit(1);
    }
    for (shared = 0; shared < 2; ++shared) { /* the registers, then the interrupt, of the one that exists */
        struct device_descriptor d = with_device(right, AMP_REGION_DEVICE, shared ? FREE_PA + 0x1000 : FREE_PA, 0x1000,
                                                 shared ? FREE_SPI : FREE_SPI + 1);

        strcpy(d.head.name, "second");
        d.head.id = 61;
        if (create(device, &d, sizeof(d)) >= 0 || why_refused != (shared ? AMP_STATUS_BAD_IRQ : AMP_STATUS_BAD_PHYSICAL)) {
            fprintf(stderr, "two partitions got one device, or the second was refused with status %u\n", why_refused);
            exit(1);
        }
    }
    close(fd);
    printf("hostile devices: %zu refused\n", i + 2);
}

static uint8_t *map_reserved(int fd)
{
    void *at = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0x10000000);

    if (at == MAP_FAILED) {
        perror("mmap of reserved memory");
        exit(1);
    }
    return at;
}

/* A mapping that outlives its partition keeps reserved memory from the next one, which it could read, and which would be
   scrubbed with the mapping's end. */
static void try_reserved(int device, const struct descriptor *right, uint64_t pa)
{
    uint8_t *old, *new;
    struct amp_action action = { 0 };
    int fd = try_device(device, right, AMP_REGION_FIXED, pa, 0x1000, FREE_SPI);

    if (fd < 0) {
        fprintf(stderr, "reserved memory was refused with status %u\n", why_refused);
        exit(1);
    }
    old = map_reserved(fd);
    old[0] = 0x5a;
    if (ioctl(fd, AMP_IOC_DESTROY, &action) < 0) {
        perror("destroy");
        exit(1);
    }
    close(fd);
    if (try_device(device, right, AMP_REGION_FIXED, pa, 0x1000, FREE_SPI) >= 0 || why_refused != AMP_STATUS_BAD_PHYSICAL) {
        fprintf(stderr, "reserved memory that is still mapped got a second owner, or was refused with %u\n", why_refused);
        exit(1);
    }
    munmap(old, 0x1000);
    fd = try_device(device, right, AMP_REGION_FIXED, pa, 0x1000, FREE_SPI);
    if (fd < 0) {
        fprintf(stderr, "reserved memory did not come back: status %u\n", why_refused);
        exit(1);
    }
    new = map_reserved(fd);
    if (new[0] != 0) {
        fprintf(stderr, "reserved memory was not scrubbed\n");
        exit(1);
    }
    munmap(new, 0x1000);
    close(fd);
    printf("hostile reserved memory: kept apart\n");
}

int main(int argc, char **argv)
{
    struct descriptor right;
    unsigned long i, rounds;
    int device;

    if (argc != 8) {
        fprintf(stderr, "usage: hostile-ioctl ROUNDS SEED CPU MPIDR DOORBELL GIC RESERVED\n");
        return 2;
    }
    rounds = strtoul(argv[1], NULL, 0);
    random_state = strtoull(argv[2], NULL, 0) | 1;
    right = right_descriptor(argv);
    device = open(AMP_DEVICE, O_RDWR | O_CLOEXEC);
    if (device < 0) {
        perror(AMP_DEVICE);
        return 1;
    }
    misuse_partition(device, &right, rounds / 4 + 1);
    try_devices(device, &right);
    try_reserved(device, &right, strtoull(argv[7], NULL, 16));
    for (i = 0; i < rounds; ++i) {
        try_mutation(device, &right);
        try_noise(device);
    }
    printf("hostile descriptors: %u refused, %u accepted and undone\n", refused, accepted);
    return 0;
}
