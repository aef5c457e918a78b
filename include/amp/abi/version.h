/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The version of everything in include/amp/abi. A reader refuses another major; a minor only adds (fields in former pads,
 * new call numbers, new list entries at the end). docs/abi.md keeps the changelog, in the commit that changes a layout.
 */
#ifndef AMP_ABI_VERSION_H
#define AMP_ABI_VERSION_H

#define AMP_ABI_MAJOR 2
#define AMP_ABI_MINOR 1

#endif
