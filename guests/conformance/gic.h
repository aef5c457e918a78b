/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The interrupt controller as the tests use it: GICv2 (Arm IHI 0048B) and GICv3 (IHI 0069) with the differences inside. Tests
 * run in the group that needs no set-up of groups: 0 of a GICv2, 1 of a GICv3. Both arrive as IRQ.
 */
#ifndef CONFORMANCE_GIC_H
#define CONFORMANCE_GIC_H

#include "amp/guest/guest.h"

/* Offsets in the distributor; private interrupts of a GICv3 have theirs in the redistributor's second frame. */
enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_IIDR = 0x008,
    GICD_IGROUPR = 0x080,
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_ISPENDR = 0x200,
    GICD_ICPENDR = 0x280,
    GICD_ISACTIVER = 0x300,
    GICD_ICACTIVER = 0x380,
    GICD_IPRIORITYR = 0x400,
    GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00,
    GICD_SGIR = 0xf00,
    GICD_CPENDSGIR = 0xf10,
    GICD_SPENDSGIR = 0xf20,
    GICD_IROUTER = 0x6000,
};

/* SPIs of the virt machine that no device is wired to, and their number */
#define SPI_FIRST 208u
#define SPI_COUNT 32u
#define INTID_NONE 1023u
#define PRIORITY_DEFAULT 0xa0u

bool gic_is_v3(void);
uint32_t gicd_read(uint32_t offset);
void gicd_write(uint32_t offset, uint32_t value);
/* Base of the frame with this INTID's registers. */
uintptr_t gic_frame(uint32_t intid);

/* One bit of a set or clear register. Writes are complete when the call returns (GICD_CTLR.RWP). */
void gic_set(uint32_t reg, uint32_t intid);
bool gic_get(uint32_t reg, uint32_t intid);
void gic_set_group(uint32_t intid, unsigned group);
void gic_set_priority(uint32_t intid, uint8_t priority);
uint8_t gic_priority(uint32_t intid);
void gic_set_edge(uint32_t intid, bool edge);
void gic_sync(void);
/* Enabled, of this priority, edge-triggered if it is an SPI */
void gic_prepare(uint32_t intid, uint8_t priority);
void gic_enable_groups(bool group0, bool group1); /* in the distributor */

/* CPU interface */
uint32_t gic_acknowledge(void);
void gic_end(uint32_t acknowledged);
void gic_deactivate(uint32_t acknowledged);
uint32_t gic_highest_pending(void);
uint8_t gic_running_priority(void);
void gic_set_mask(uint8_t priority);
void gic_set_split_end(bool split); /* EOImode */
void gic_enable_interface(bool enable);
/* Bits 7 to `lowest` of a priority are its group priority. */
void gic_set_group_bits(unsigned lowest);
uint32_t gic_active_priorities(void);
void gic_send_self(uint32_t sgi);
/* Group 0 as FIQ; acknowledged and ended in its own registers on a GICv3. */
void gic_group0_as_fiq(void);
uint32_t gic_acknowledge_fiq(void);
void gic_end_fiq(uint32_t acknowledged);

/* Everything as the tests want to find it: nothing enabled, pending or active, priorities equal, level-triggered. */
void gic_reset(void);

#endif
