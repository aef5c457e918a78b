// SPDX-License-Identifier: GPL-2.0-only
// One face for the three rings that are compared: push and pop of a message of N bytes, copied in and out, singly and in
// batches, over the same number of bytes of memory. Both benchmarks use it; nothing here measures.
#ifndef AMP_BENCH_QUEUES_HPP
#define AMP_BENCH_QUEUES_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#include <boost/lockfree/spsc_queue.hpp>
#include <rte_ring.h>
#include <rte_ring_elem.h>
#include <rte_ring_peek_zc.h>

#include "amp/ring/channel.h"

namespace amp::bench {

constexpr std::size_t ring_bytes = 256 * 1024;
constexpr std::size_t batch = 32;

struct Free {
    void operator()(void* memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<void, Free>;

inline Memory allocate(std::size_t size) {
    void* memory = std::aligned_alloc(4096, (size + 4095) / 4096 * 4096);
    if (memory == nullptr) {
        std::abort();
    }
    std::memset(memory, 0, size);  // no page fault is measured
    return Memory(memory);
}

template <std::size_t N>
using Message = std::array<std::byte, N>;

// Ours: variable length; the length is in the record, the message follows it.
template <std::size_t N>
class AmpRing {
public:
    AmpRing() : memory_(allocate(channel_size)) {
        if (amp_channel_init(memory_.get(), channel_size) != AMP_RING_OK ||
            amp_channel_attach(&producer_, memory_.get(), channel_size, 0) != AMP_RING_OK ||
            amp_channel_attach(&consumer_, memory_.get(), channel_size, 1) != AMP_RING_OK) {
            std::abort();
        }
    }
    bool push(const Message<N>& message) { return amp_tx_try_send(&producer_.tx, &message, N) == AMP_RING_OK; }
    bool pop(Message<N>& message) {
        std::uint32_t length = 0;
        return amp_rx_try_receive(&consumer_.rx, &message, N, &length) == AMP_RING_OK;
    }
    std::size_t push_many(const Message<N>* messages, std::size_t count) {
        std::size_t done = 0;
        while (done < count && amp_tx_try_stage(&producer_.tx, &messages[done], N) == AMP_RING_OK) {
            done++;
        }
        amp_tx_publish(&producer_.tx);
        return done;
    }
    std::size_t pop_many(Message<N>* messages, std::size_t count) {
        std::size_t done = 0;
        std::uint32_t length = 0;
        while (done < count && amp_rx_try_take(&consumer_.rx, &messages[done], N, &length) == AMP_RING_OK) {
            done++;
        }
        if (done != 0) {
            amp_rx_publish(&consumer_.rx);
        }
        return done;
    }

protected:
    static constexpr std::size_t channel_size = AMP_CHANNEL_HEADER_SIZE + 2 * ring_bytes;
    Memory memory_;
    alignas(128) amp_channel_end producer_;
    alignas(128) amp_channel_end consumer_;
};

// The same ring with a batch as one message, as one sends an array of equal elements; single messages as above.
template <std::size_t N>
class AmpPacked : public AmpRing<N> {
public:
    std::size_t push_many(const Message<N>* messages, std::size_t count) {
        const int status = amp_tx_try_send(&this->producer_.tx, messages, static_cast<std::uint32_t>(N * count));
        return status == AMP_RING_OK ? count : 0;
    }
    std::size_t pop_many(Message<N>* messages, std::size_t count) {
        std::uint32_t length = 0;
        const int status =
            amp_rx_try_receive(&this->consumer_.rx, messages, static_cast<std::uint32_t>(N * count), &length);
        return status == AMP_RING_OK ? length / N : 0;
    }
};

// Boost's queue carries elements of one type: an array of exactly the message's size.
template <std::size_t N>
class BoostQueue {
public:
    bool push(const Message<N>& message) { return queue_->push(message); }
    bool pop(Message<N>& message) { return queue_->pop(message); }
    std::size_t push_many(const Message<N>* messages, std::size_t count) { return queue_->push(messages, count); }
    std::size_t pop_many(Message<N>* messages, std::size_t count) { return queue_->pop(messages, count); }

private:
    // It allocates one element more than its capacity and uses the capacity.
    using Queue = boost::lockfree::spsc_queue<Message<N>, boost::lockfree::capacity<ring_bytes / N - 1>>;
    struct Destroy {
        void operator()(Queue* queue) const {
            queue->~Queue();
            std::free(queue);
        }
    };
    std::unique_ptr<Queue, Destroy> queue_{new (allocate(sizeof(Queue)).release()) Queue};
};

// DPDK's ring on memory of its own, without EAL and huge pages; `element` bytes an element, power-of-two many.
inline rte_ring* make_rte_ring(Memory& memory, unsigned element, unsigned count) {
    memory = allocate(sizeof(rte_ring) + static_cast<std::size_t>(element) * count);
    auto* ring = static_cast<rte_ring*>(memory.get());
    if (rte_ring_init(ring, "bench", count, RING_F_SP_ENQ | RING_F_SC_DEQ) != 0) {
        std::abort();
    }
    return ring;
}

// First way to carry a message by rte_ring: as an element of exactly its size.
template <std::size_t N>
class RteElements {
public:
    bool push(const Message<N>& message) {
        return rte_ring_sp_enqueue_elem(ring_, const_cast<Message<N>*>(&message), N) == 0;
    }
    bool pop(Message<N>& message) { return rte_ring_sc_dequeue_elem(ring_, &message, N) == 0; }
    std::size_t push_many(const Message<N>* messages, std::size_t count) {
        return rte_ring_sp_enqueue_burst_elem(ring_, messages, N, static_cast<unsigned>(count), nullptr);
    }
    std::size_t pop_many(Message<N>* messages, std::size_t count) {
        return rte_ring_sc_dequeue_burst_elem(ring_, messages, N, static_cast<unsigned>(count), nullptr);
    }

private:
    Memory memory_;
    rte_ring* ring_ = make_rte_ring(memory_, N, ring_bytes / N);
};

// Second way: the same elements, copied by memcpy in place (its "zero copy" calls), where the first copies by 32-bit words.
template <std::size_t N>
class RteInPlace {
public:
    bool push(const Message<N>& message) { return push_many(&message, 1) == 1; }
    bool pop(Message<N>& message) { return pop_many(&message, 1) == 1; }
    std::size_t push_many(const Message<N>* messages, std::size_t count) {
        rte_ring_zc_data place;
        const unsigned got =
            rte_ring_enqueue_zc_burst_elem_start(ring_, N, static_cast<unsigned>(count), &place, nullptr);
        if (got != 0) {
            std::memcpy(place.ptr1, messages, N * place.n1);
            if (got > place.n1) {
                std::memcpy(place.ptr2, messages + place.n1, N * (got - place.n1));
            }
            rte_ring_enqueue_zc_elem_finish(ring_, got);
        }
        return got;
    }
    std::size_t pop_many(Message<N>* messages, std::size_t count) {
        rte_ring_zc_data place;
        const unsigned got =
            rte_ring_dequeue_zc_burst_elem_start(ring_, N, static_cast<unsigned>(count), &place, nullptr);
        if (got != 0) {
            std::memcpy(messages, place.ptr1, N * place.n1);
            if (got > place.n1) {
                std::memcpy(messages + place.n1, place.ptr2, N * (got - place.n1));
            }
            rte_ring_dequeue_zc_elem_finish(ring_, got);
        }
        return got;
    }

private:
    Memory memory_;
    rte_ring* ring_ = make_rte_ring(memory_, N, ring_bytes / N);
};

}  // namespace amp::bench

#endif
