// SPDX-License-Identifier: GPL-2.0-only
// Sends software interrupts to every core by every way the interrupt controller has. Expected: nobody but itself gets one.
#include "amp/guest/guest.h"

#define GICD_SGIR 0xf00

#define TO_ALL_BUT_SELF (1ull << 40)

static uint32_t taken;

static void on_sgi(uint32_t intid, void *context)
{
    (void)intid;
    (void)context;
    taken++;
}

static void send(uint64_t value)
{
    AMP_SYSREG_WRITE(s3_0_c12_c11_5, value); /* ICC_SGI1R_EL1 */
    AMP_SYSREG_WRITE(s3_0_c12_c11_6, value); /* ICC_ASGI1R_EL1 */
    AMP_SYSREG_WRITE(s3_0_c12_c11_7, value); /* ICC_SGI0R_EL1 */
}

static void send_gicv3(uint64_t sgi)
{
    for (uint64_t affinity = 0; affinity < 256; affinity++) {
        send(sgi << 24 | affinity << 16 | 0xffff);
        send(sgi << 24 | affinity << 32 | 0xffff);
        send(sgi << 24 | affinity << 48 | 0xffff);
        send(sgi << 24 | (affinity & 15) << 44 | 0xffff); /* range selector */
    }
    send(sgi << 24 | TO_ALL_BUT_SELF);
    send(sgi << 24 | TO_ALL_BUT_SELF | 0xffff);
}

static void send_gicv2(uint32_t sgi)
{
    for (uint32_t targets = 0; targets < 256; targets++)
        amp_mmio_write32(amp_platform.gicd + GICD_SGIR, targets << 16 | sgi);
    for (uint32_t filter = 1; filter < 4; filter++)
        amp_mmio_write32(amp_platform.gicd + GICD_SGIR, filter << 24 | 0xffu << 16 | sgi);
}

int main(void)
{
    amp_printf("misbehave: software interrupts to every core\n");
    (void)amp_exception_skip(true);
    for (uint32_t sgi = 0; sgi < 16; sgi++)
        amp_irq_enable(sgi, true, on_sgi, NULL);
    for (uint32_t sgi = 0; sgi < 16; sgi++) {
        if (amp_platform.gic_version == 3)
            send_gicv3(sgi);
        else
            send_gicv2(sgi);
    }
    amp_printf("misbehave: survived, %u came to myself\n", taken);
    for (;;)
        amp_cpu_wait();
}
