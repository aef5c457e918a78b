/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The CPU interface: GICC frame of a GICv2 (IHI 0048B, 4.4), ICC registers of a GICv3 (IHI 0069, 12.2). */
#include "gic_cpu.h"

#include "gic.h"

enum { CTLR = 0x00, PMR = 0x04, BPR = 0x08, IAR = 0x0c, EOIR = 0x10, RPR = 0x14, HPPIR = 0x18, APR = 0xd0, DIR = 0x1000 };
enum { CTLR_BOTH_GROUPS = 3, CTLR_FIQEN = 1 << 3, CTLR_EOIMODE = 1 << 9 };
#define APR_COUNT 4u /* for up to seven bits of group priority; those that are not there read as zero */
#define SGIR_SELF (2u << 24)

#define ICC_PMR s3_0_c4_c6_0
#define ICC_IAR0 s3_0_c12_c8_0
#define ICC_EOIR0 s3_0_c12_c8_1
#define ICC_BPR0 s3_0_c12_c8_3
#define ICC_AP0R0 s3_0_c12_c8_4
#define ICC_AP1R0 s3_0_c12_c9_0
#define ICC_DIR s3_0_c12_c11_1
#define ICC_RPR s3_0_c12_c11_3
#define ICC_SGI1R s3_0_c12_c11_5
#define ICC_IAR1 s3_0_c12_c12_0
#define ICC_EOIR1 s3_0_c12_c12_1
#define ICC_HPPIR1 s3_0_c12_c12_2
#define ICC_BPR1 s3_0_c12_c12_3
#define ICC_CTLR s3_0_c12_c12_4
#define ICC_IGRPEN0 s3_0_c12_c12_6
#define ICC_IGRPEN1 s3_0_c12_c12_7
/* The macros of cpu.h make strings of their arguments; these let the names above be replaced before. */
#define GET(name) AMP_SYSREG_READ(name)
#define PUT(name, value) \
    do { \
        AMP_SYSREG_WRITE(name, value); \
        amp_isb(); \
    } while (0)

static uint32_t gicc_read(uint32_t offset)
{
    return amp_mmio_read32(amp_platform.gicc + offset);
}

static void gicc_write(uint32_t offset, uint32_t value)
{
    amp_mmio_write32(amp_platform.gicc + offset, value);
    amp_dsb();
}

uint32_t gic_acknowledge(void)
{
    uint32_t iar = gic_is_v3() ? (uint32_t)GET(ICC_IAR1) : gicc_read(IAR);

    amp_dsb();
    return iar;
}

void gic_end(uint32_t acknowledged)
{
    if (gic_is_v3())
        PUT(ICC_EOIR1, acknowledged);
    else
        gicc_write(EOIR, acknowledged);
}

void gic_deactivate(uint32_t acknowledged)
{
    if (gic_is_v3())
        PUT(ICC_DIR, acknowledged);
    else
        gicc_write(DIR, acknowledged);
}

uint32_t gic_highest_pending(void)
{
    return gic_is_v3() ? (uint32_t)GET(ICC_HPPIR1) : gicc_read(HPPIR);
}

uint8_t gic_running_priority(void)
{
    return (uint8_t)(gic_is_v3() ? GET(ICC_RPR) : gicc_read(RPR));
}

void gic_set_mask(uint8_t priority)
{
    if (gic_is_v3())
        PUT(ICC_PMR, priority);
    else
        gicc_write(PMR, priority);
}

void gic_set_split_end(bool split)
{
    if (gic_is_v3())
        PUT(ICC_CTLR, split ? 2 : 0);
    else
        gicc_write(CTLR, CTLR_BOTH_GROUPS | (split ? CTLR_EOIMODE : 0));
}

void gic_enable_interface(bool enable)
{
    if (gic_is_v3())
        PUT(ICC_IGRPEN1, enable);
    else
        gicc_write(CTLR, enable ? CTLR_BOTH_GROUPS : 0);
}

/* ICC_BPR1 counts from one bit further up than GICC_BPR for group 0 (IHI 0069, 4.8.2; IHI 0048B, 3.3.3). */
void gic_set_group_bits(unsigned lowest)
{
    if (gic_is_v3())
        PUT(ICC_BPR1, lowest);
    else
        gicc_write(BPR, lowest - 1);
}

uint32_t gic_active_priorities(void)
{
    uint32_t all = 0;

    if (gic_is_v3())
        return (uint32_t)GET(ICC_AP1R0);
    for (uint32_t n = 0; n < APR_COUNT; n++)
        all |= gicc_read(APR + 4 * n);
    return all;
}

void gic_send_self(uint32_t sgi)
{
    amp_dsb();
    if (gic_is_v3())
        PUT(ICC_SGI1R, (uint64_t)sgi << 24 | 1); /* the machine has one core, of affinity 0.0.0.0 */
    else
        gicd_write(GICD_SGIR, SGIR_SELF | sgi);
}

void gic_group0_as_fiq(void)
{
    if (!gic_is_v3()) /* a GICv3 has no other way */
        gicc_write(CTLR, CTLR_BOTH_GROUPS | CTLR_FIQEN);
}

uint32_t gic_acknowledge_fiq(void)
{
    uint32_t iar = gic_is_v3() ? (uint32_t)GET(ICC_IAR0) : gicc_read(IAR);

    amp_dsb();
    return iar;
}

void gic_end_fiq(uint32_t acknowledged)
{
    if (gic_is_v3())
        PUT(ICC_EOIR0, acknowledged);
    else
        gicc_write(EOIR, acknowledged);
}

void gic_cpu_reset(void)
{
    gic_set_mask(0xff);
    gic_set_split_end(false);
    gic_enable_interface(true);
    if (gic_is_v3()) {
        PUT(ICC_IGRPEN0, 1);
        PUT(ICC_BPR0, 0);
        PUT(ICC_BPR1, 0);
        PUT(ICC_AP0R0, 0);
        PUT(ICC_AP1R0, 0);
    } else {
        gicc_write(BPR, 0);
        for (uint32_t n = 0; n < APR_COUNT; n++)
            gicc_write(APR + 4 * n, 0);
    }
}
