/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* What irq.c needs of an interrupt controller; gicv2.c and gicv3.c provide it. */
#ifndef AMP_GUEST_GIC_H
#define AMP_GUEST_GIC_H

#include <stdbool.h>
#include <stdint.h>

struct amp_gic {
    void (*init)(void);
    void (*enable)(uint32_t intid, bool edge);
    void (*disable)(uint32_t intid);
    void (*send_self)(uint32_t sgi);
    uint32_t (*acknowledge)(void); /* the whole value that end() takes; INTID in bits 9:0 */
    void (*end)(uint32_t acknowledged);
};

extern const struct amp_gic amp_gicv2, amp_gicv3;

/* Distributor registers that both versions share (Arm IHI 0048, 4.3; IHI 0069, 12.9) */
enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_IGROUPR = 0x080,
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_IPRIORITYR = 0x400,
    GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00,
    GICD_SGIR = 0xf00,
    GICD_IROUTER = 0x6000,
};

#define GIC_PRIORITY 0xa0
#define GIC_FIRST_SPI 32

/* Number of INTIDs that the distributor has, from GICD_TYPER.ITLinesNumber. */
uint32_t amp_gic_intid_count(void);
/* Edge or level of an SPI. */
void amp_gic_configure(uint32_t intid, bool edge);

#endif
