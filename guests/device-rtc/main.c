// SPDX-License-Identifier: GPL-2.0-only
// An assigned PL031 (Arm DDI 0224): sets its alarm, counts the interrupts, says what it saw. Boot arguments: "alarms=N" (default 3);
// "stay" waits for ever after them; "storm" leaves the alarm asserted and ends the interrupt without a word to the device;
// "active" goes away from inside the handler; "crash" and "reset" end so after the alarms. at=, intid=: where the description puts
// the device.
#include "amp/guest/guest.h"

#define RTC_DR 0x00
#define RTC_MR 0x04
#define RTC_LR 0x08
#define RTC_CR 0x0c
#define RTC_IMSC 0x10
#define RTC_RIS 0x14
#define RTC_ICR 0x1c
#define RTC_PERIPH_ID0 0xfe0

static uintptr_t rtc;
static volatile uint32_t alarms;
static bool storm, active;

static void set_alarm(void)
{
    amp_mmio_write32(rtc + RTC_MR, amp_mmio_read32(rtc + RTC_DR) + 1);
}

static void on_alarm(uint32_t intid, void *context)
{
    (void)context;
    alarms++;
    if (storm)
        return;
    if (active) {
        amp_printf("device-rtc: interrupt %u stays active\n", intid);
        for (;;)
            amp_cpu_wait();
    }
    amp_mmio_write32(rtc + RTC_ICR, 1);
    amp_printf("device-rtc: alarm %u, interrupt %u\n", alarms, intid);
    set_alarm();
}

int main(void)
{
    uint32_t wanted = (uint32_t)amp_bootarg_number("alarms", 3);
    uint32_t intid = (uint32_t)amp_bootarg_number("intid", 34);
    uint64_t end;

    rtc = (uintptr_t)amp_bootarg_number("at", 0x09010000);
    storm = amp_bootarg("storm");
    active = amp_bootarg("active");
    amp_printf("device-rtc: PL031 id 0x%x at 0x%lx, %u seconds\n", amp_mmio_read32(rtc + RTC_PERIPH_ID0) & 0xff, rtc,
               amp_mmio_read32(rtc + RTC_DR));
    amp_mmio_write32(rtc + RTC_ICR, 1);
    amp_mmio_write32(rtc + RTC_CR, 1);
    amp_mmio_write32(rtc + RTC_IMSC, 1);
    amp_irq_enable(intid, false, on_alarm, NULL);
    set_alarm();
    while (storm || active) {
    }
    end = amp_timer_now() + 60 * amp_timer_frequency();
    while (alarms < wanted && amp_timer_now() < end) {
    }
    amp_report(alarms >= wanted, "%u of %u alarms", alarms, wanted);
    while (amp_bootarg("stay"))
        amp_cpu_wait();
    if (amp_bootarg("crash"))
        (void)amp_mmio_read32(0x10000000); // nothing is there
    if (amp_bootarg("reset"))
        amp_psci_system_reset();
    return (int)amp_report_end();
}
