/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What a guest may call the monitor for, by HVC #0 or SMC #0 from EL1, beside PSCI and the SMCCC discovery calls. SMC Calling
 * Convention (Arm DEN 0028) 1.1: function in w0, arguments x1-x3, result x0; x4-x17 are preserved
 * (in AArch32: r0, r1-r3, r0; r4 and up). The numbers are of the
 * range for vendor-specific hypervisor services (DEN 0028, section 6). Unknown calls return AMP_HVC_NOT_SUPPORTED.
 */
#ifndef AMP_ABI_HYPERCALL_H
#define AMP_ABI_HYPERCALL_H

/* Vendor-specific hypervisor service UID query; the answer in w0-w3 */
#define AMP_HVC_CALL_UID 0x8600ff01
#define AMP_HVC_UID0 0x7f0d5a4d
#define AMP_HVC_UID1 0x4f3a6b21
#define AMP_HVC_UID2 0x9d52c8e6
#define AMP_HVC_UID3 0x2b817ac3
/* -> AMP_ABI_MAJOR << 16 | AMP_ABI_MINOR */
#define AMP_HVC_VERSION 0xc6000000
/* x1 = channel index of this partition: the peer looks at its ring. OK, NOT_CONNECTED (no peer now), INVALID (no such channel) */
#define AMP_HVC_DOORBELL 0xc6000001

/* The same for a 32-bit guest, which has no 64-bit calls */
#define AMP_HVC_VERSION32 0x86000000
#define AMP_HVC_DOORBELL32 0x86000001

#define AMP_HVC_OK 0
#define AMP_HVC_NOT_SUPPORTED (-1)
#define AMP_HVC_INVALID (-2)
#define AMP_HVC_NOT_CONNECTED (-3)

#endif
