/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#ifndef CONFORMANCE_DEBUG_H
#define CONFORMANCE_DEBUG_H

#include <stdint.h>

/* MDSCR_EL1 */
#define MDSCR_SS (1ull << 0)
#define MDSCR_KDE (1ull << 13)
#define MDSCR_MDE (1ull << 15)

/* ESR_EL1.EC of debug exceptions taken without a change of level, and of BRK */
enum { CLASS_BREAKPOINT = 0x31, CLASS_STEP = 0x33, CLASS_WATCHPOINT = 0x35, CLASS_BRK = 0x3c };

void debug_reset(void);

#endif
