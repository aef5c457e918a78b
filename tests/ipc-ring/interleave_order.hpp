// SPDX-License-Identifier: GPL-2.0-only
// Takes order.h's place in interleave_test.cpp: every access to the channel's header becomes a point where the scheduler may
// let the other side run, and stores pass through a store buffer as weak as the memory model allows.
#ifndef AMP_RING_ORDER_H
#define AMP_RING_ORDER_H

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace amp::test {
std::uint32_t model_load(const std::uint32_t* word);
void model_store(std::uint32_t* word, std::uint32_t value, bool release);
void model_barrier();
}  // namespace amp::test

static inline std::uint32_t amp_load_relaxed(const std::uint32_t* word) { return amp::test::model_load(word); }
static inline std::uint32_t amp_load_acquire(const std::uint32_t* word) { return amp::test::model_load(word); }
static inline void amp_store_relaxed(std::uint32_t* word, std::uint32_t value) { amp::test::model_store(word, value, false); }
static inline void amp_store_release(std::uint32_t* word, std::uint32_t value) { amp::test::model_store(word, value, true); }
static inline void amp_full_barrier() { amp::test::model_barrier(); }

#endif
