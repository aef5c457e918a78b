// SPDX-License-Identifier: GPL-2.0-only
// An assigned PL061 (Arm DDI 0190): its interrupt for a level that a pin has, taken again and again until the handler masks it. Boot
// arguments: at=, intid=: where the description puts the device; "stay" waits with the interrupt asserted and masked nowhere.
#include "amp/guest/guest.h"

#define GPIO_DATA_ALL 0x3fc
#define GPIO_DIR 0x400
#define GPIO_IS 0x404
#define GPIO_IEV 0x40c
#define GPIO_IE 0x410
#define GPIO_RIS 0x414
#define GPIO_MIS 0x418
#define GPIO_PERIPH_ID0 0xfe0
/* A pin that no one drives and reads as low. */
#define PIN (1u << 7)
#define ENOUGH 5u

static uintptr_t gpio;
static volatile uint32_t taken, wrong;
static bool stay;

static void on_level(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    if (amp_mmio_read32(gpio + GPIO_MIS) != PIN)
        wrong++;
    if (++taken >= ENOUGH && !stay)
        amp_mmio_write32(gpio + GPIO_IE, 0);
}

int main(void)
{
    uint32_t intid = (uint32_t)amp_bootarg_number("intid", 39);
    uint64_t end;

    gpio = (uintptr_t)amp_bootarg_number("at", 0x09030000);
    stay = amp_bootarg("stay");
    amp_printf("device-gpio: PL061 id 0x%x at 0x%lx\n", amp_mmio_read32(gpio + GPIO_PERIPH_ID0) & 0xff, gpio);
    amp_mmio_write32(gpio + GPIO_DIR, 0);
    amp_mmio_write32(gpio + GPIO_IE, 0);
    amp_mmio_write32(gpio + GPIO_IS, PIN);
    amp_mmio_write32(gpio + GPIO_IEV, (amp_mmio_read32(gpio + GPIO_DATA_ALL) & PIN) != 0 ? PIN : 0);
    amp_irq_enable(intid, false, on_level, NULL);
    amp_mmio_write32(gpio + GPIO_IE, PIN);
    end = amp_timer_now() + 60 * amp_timer_frequency();
    while ((stay || taken < ENOUGH) && amp_timer_now() < end) {
    }
    amp_report(taken == ENOUGH && wrong == 0, "%u interrupts of the PL061, %u not its own", taken, wrong);
    amp_report(amp_mmio_read32(gpio + GPIO_RIS) == PIN, "the level is there still, and masked");
    return (int)amp_report_end();
}
