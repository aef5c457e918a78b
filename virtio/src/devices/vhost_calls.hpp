// SPDX-License-Identifier: GPL-2.0-only
// The kernel's vhost calls; without the ring helpers that come along, which are C only.
#pragma once

#define VIRTIO_RING_NO_LEGACY
#include <linux/vhost.h>
#include <sys/ioctl.h>
