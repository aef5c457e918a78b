/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Everything of the guest library. A guest provides `int main(void)`; when that returns, the partition ends. */
#ifndef AMP_GUEST_GUEST_H
#define AMP_GUEST_GUEST_H

#include "amp/guest/channel.h"
#include "amp/guest/console.h"
#include "amp/guest/cpu.h"
#include "amp/guest/exception.h"
#include "amp/guest/hypercall.h"
#include "amp/guest/info.h"
#include "amp/guest/irq.h"
#include "amp/guest/mmio.h"
#include "amp/guest/timer.h"

#endif
