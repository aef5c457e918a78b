/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Every memory access to shared words that the ring makes, spelled once per language: kernel C by the kernel's own macros,
 * C11 and C++ by the compiler's atomic builtins. Nothing else in ipc-ring orders memory. See docs/memory-ordering.md.
 */
#ifndef AMP_RING_ORDER_H
#define AMP_RING_ORDER_H

#ifdef __KERNEL__

#include <asm/barrier.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>

static inline uint32_t amp_load_relaxed(const uint32_t *word) { return READ_ONCE(*word); }
static inline uint32_t amp_load_acquire(const uint32_t *word) { return smp_load_acquire(word); }
static inline void amp_store_relaxed(uint32_t *word, uint32_t value) { WRITE_ONCE(*word, value); }
static inline void amp_store_release(uint32_t *word, uint32_t value) { smp_store_release(word, value); }
static inline void amp_full_barrier(void) { smp_mb(); }

#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint32_t amp_load_relaxed(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_RELAXED); }
static inline uint32_t amp_load_acquire(const uint32_t *word) { return __atomic_load_n(word, __ATOMIC_ACQUIRE); }
static inline void amp_store_relaxed(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELAXED); }
static inline void amp_store_release(uint32_t *word, uint32_t value) { __atomic_store_n(word, value, __ATOMIC_RELEASE); }

/*
 * gcc says that its TSan does not follow fences. Nothing is published by this one (that is release/acquire); it only decides
 * which of two stores is seen, so TSan misses nothing by not following it.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
static inline void amp_full_barrier(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

#endif
#endif
