// SPDX-License-Identifier: GPL-2.0-only
// A driver of the entropy device at transport 0 (virtio 1.2, 4.2 and 5.4) that says what each step gave: registers, a buffer filled by
// the device, its interrupt. Boot arguments: "rounds=N" buffers (default 3), "stay" waits for configuration changes then, "resets=N"
// restarts the partition while the configuration space's first word, the number of the run, is not above N.
#include "amp/guest/guest.h"

#define TRANSPORT 0x0a000000u
#define INTID 48u
#define QUEUE_SIZE 8u
#define BUFFER_SIZE 16u

/* virtio 1.2, 4.2.2 */
enum {
    MAGIC = 0x000, VERSION = 0x004, DEVICE_ID = 0x008, DEVICE_FEATURES = 0x010, DEVICE_FEATURES_SEL = 0x014, DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024, QUEUE_SEL = 0x030, QUEUE_NUM_MAX = 0x034, QUEUE_NUM = 0x038, QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050, INTERRUPT_STATUS = 0x060, INTERRUPT_ACK = 0x064, STATUS = 0x070, QUEUE_DESC = 0x080, QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0, CONFIG = 0x100,
};
/* 2.1: ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK */
enum { STEP_FOUND = 1, STEP_DRIVER = 3, STEP_FEATURES = 11, STEP_READY = 15 };

static struct {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
} descriptors[QUEUE_SIZE] __attribute__((aligned(16)));
static volatile uint16_t available[2 + QUEUE_SIZE] __attribute__((aligned(4)));
static volatile struct {
    uint16_t flags, index;
    struct {
        uint32_t id, length;
    } ring[QUEUE_SIZE];
} used __attribute__((aligned(4)));
static volatile uint8_t buffer[BUFFER_SIZE] __attribute__((aligned(16)));
static volatile uint32_t interrupts, last_status, changes;

static uint32_t get(uint32_t offset) { return amp_mmio_read32(TRANSPORT + offset); }
static void put(uint32_t offset, uint32_t value) { amp_mmio_write32(TRANSPORT + offset, value); }

static void put_address(uint32_t offset, const volatile void *pointer)
{
    put(offset, (uint32_t)(uintptr_t)pointer);
    put(offset + 4, (uint32_t)((uint64_t)(uintptr_t)pointer >> 32));
}

static void on_interrupt(uint32_t intid, void *context)
{
    (void)intid, (void)context;
    last_status = get(INTERRUPT_STATUS);
    put(INTERRUPT_ACK, last_status);
    interrupts += last_status & 1;
    changes += last_status >> 1 & 1;
}

static bool set_up(void)
{
    put(STATUS, 0);
    put(STATUS, STEP_FOUND);
    put(STATUS, STEP_DRIVER);
    put(DEVICE_FEATURES_SEL, 1);
    amp_printf("virtio-probe: features 0x%x, queue of %u\n", get(DEVICE_FEATURES), get(QUEUE_NUM_MAX));
    put(DRIVER_FEATURES_SEL, 1);
    put(DRIVER_FEATURES, 1);
    put(STATUS, STEP_FEATURES);
    if (get(STATUS) != STEP_FEATURES)
        return false;
    put(QUEUE_SEL, 0);
    put(QUEUE_NUM, QUEUE_SIZE);
    put_address(QUEUE_DESC, descriptors);
    put_address(QUEUE_DRIVER, available);
    put_address(QUEUE_DEVICE, &used);
    put(QUEUE_READY, 1);
    put(STATUS, STEP_READY);
    return get(STATUS) == STEP_READY;
}

/* Interrupts are masked but for the moment in which one is taken, so that none slips in before the WFI. */
static void sleep_until_interrupt(void)
{
    amp_cpu_wait();
    amp_irq_unmask();
    amp_isb();
    amp_irq_mask();
}

static void fetch(uint16_t round)
{
    uint32_t sum = 0, before = interrupts;

    descriptors[0].address = (uintptr_t)buffer;
    descriptors[0].length = BUFFER_SIZE;
    descriptors[0].flags = 2; /* the device writes */
    available[2 + round % QUEUE_SIZE] = 0;
    amp_dsb();
    available[1] = (uint16_t)(round + 1);
    amp_dsb();
    put(QUEUE_NOTIFY, 0);
    while (used.index != (uint16_t)(round + 1) || interrupts == before)
        sleep_until_interrupt();
    for (uint32_t i = 0; i < BUFFER_SIZE; i++)
        sum += buffer[i];
    amp_printf("virtio-probe: %u bytes, sum %u, used index %u, interrupt status %u\n", used.ring[round % QUEUE_SIZE].length, sum,
               used.index, last_status);
}

int main(void)
{
    uint32_t run, rounds = (uint32_t)amp_bootarg_number("rounds", 3);

    amp_printf("virtio-probe: magic 0x%x, version %u, device %u, then %u\n", get(MAGIC), get(VERSION), get(DEVICE_ID),
               amp_mmio_read32(TRANSPORT + 31 * 0x200 + DEVICE_ID));
    amp_irq_enable(INTID, true, on_interrupt, NULL);
    if (!set_up()) {
        amp_printf("virtio-probe: the device did not take the driver's status\n");
        return 1;
    }
    run = get(CONFIG);
    amp_printf("virtio-probe: ready, run %u\n", run);
    for (uint16_t round = 0; round < rounds; round++)
        fetch(round);
    if (run <= amp_bootarg_number("resets", 0))
        amp_psci_system_reset();
    for (uint32_t seen = 1; amp_bootarg("stay"); seen++) {
        while (changes < seen)
            sleep_until_interrupt();
        amp_printf("virtio-probe: configuration changed, %u times\n", changes);
    }
    amp_printf("virtio-probe: bye\n");
    return 0;
}
