// SPDX-License-Identifier: GPL-2.0-only
// Every access to memory that somebody else writes meanwhile (the guest) or reads after our death (the next worker): one
// load or store of the stated width, never repeated or torn by the compiler, and the barriers by their purpose.
// docs/virtio.md names the partner of each.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "amp/virtio/layout.hpp"

namespace amp::virtio {

template <typename T>
T load_once(const T& word) {
    return __atomic_load_n(&word, __ATOMIC_RELAXED);
}
template <typename T>
T load_acquire(const T& word) {
    return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
template <typename T>
void store_once(T& word, T value) {
    __atomic_store_n(&word, value, __ATOMIC_RELAXED);
}
/// All that was stored before is seen by who sees this; a process that is killed has done all of it, or not this one.
template <typename T>
void store_release(T& word, T value) {
    __atomic_store_n(&word, value, __ATOMIC_RELEASE);
}

/*
 * gcc says that its TSan does not follow fences. Nothing is published by this one (that is release/acquire); it only decides
 * which of two stores is seen, so TSan misses nothing by not following it.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtsan"
#endif
/// Between "I store, then look whether you stored" and the same of the driver: one of both sees the other's.
inline void full_barrier() {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

/// A process that is killed has done all stores before this before any behind it. The processor gives that by itself: a
/// killed process stops between two instructions; only the compiler has to be told.
inline void death_barrier() {
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

/// A copy of a descriptor that stays as it is, whatever the guest does to the original. Indirect tables need not be aligned.
inline Descriptor load_descriptor(const std::byte* from) {
    std::uint64_t halves[2];
    if ((std::bit_cast<std::uintptr_t>(from) & 7) == 0) {
        const auto* words = static_cast<const std::uint64_t*>(static_cast<const void*>(from));
        halves[0] = load_once(words[0]);
        halves[1] = load_once(words[1]);
    } else {
        std::uint8_t bytes[sizeof(Descriptor)];
        for (unsigned i = 0; i < sizeof(bytes); i++) {
            bytes[i] = load_once(*static_cast<const std::uint8_t*>(static_cast<const void*>(from + i)));
        }
        std::memcpy(halves, bytes, sizeof(halves));
    }
    return std::bit_cast<Descriptor>(halves);
}

} // namespace amp::virtio
