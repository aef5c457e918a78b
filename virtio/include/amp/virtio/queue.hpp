// SPDX-License-Identifier: GPL-2.0-only
// The device's end of one split virtqueue (virtio 1.2, 2.7). Everything in the rings is hostile: a driver that breaks a rule
// breaks its queue, and the owner (Transport) asks the driver for a reset; no pointer leaves guest memory, no loop is
// unbounded. Used by one thread; it never waits, throws or allocates beyond a chain's lists.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "amp/virtio/chain.hpp"
#include "amp/virtio/memory.hpp"
#include "amp/virtio/queue_state.hpp"

namespace amp::virtio {

enum class QueueError : std::uint32_t {
    none,
    bad_size,          // not a power of two up to the limit
    bad_address,       // a part is misaligned or not guest memory
    available_jumped,  // more new chains than the queue has descriptors
    head_out_of_range, // an available entry, or a chain's next, names no descriptor
    head_in_flight,    // an available entry names a chain that was not given back yet
    chain_loops,       // more descriptors than the queue, or its table, has
    chain_too_long,    // more than chain_max pieces
    chain_too_big,     // more than 2^32 bytes
    buffer_outside,    // a buffer or an indirect table is not guest memory
    indirect_refused,  // an indirect descriptor: not negotiated, nested, with NEXT, bad length
    readable_after_writable,
    state_corrupt, // what the last worker left makes no sense
    given_up,      // the device's own reason
    refused,       // a back end with rings of its own (vhost) found something that makes no sense
};
const char* to_text(QueueError error);

/// Whoever owns queues; Transport.
class QueueOwner {
public:
    virtual void used(unsigned queue) = 0;
    virtual void broken(unsigned queue, QueueError error) = 0;

protected:
    ~QueueOwner() = default;
};

/// For a back end that handles the rings itself (vhost, vhost-user).
struct RawQueue {
    std::uint16_t size = 0;
    std::uint64_t desc = 0;
    std::uint64_t driver = 0;
    std::uint64_t device = 0;
    std::byte* desc_here = nullptr; // the same in this process
    std::byte* driver_here = nullptr;
    std::byte* device_here = nullptr;
    /// Where to start (VHOST_SET_VRING_BASE): the index in the used ring. A fresh queue's is 0; after a crash it is right
    /// for back ends that finish chains in the order in which they take them. A guest that forges it harms only itself.
    std::uint16_t next_available = 0;
};

/// Whether size and addresses make a queue; what Transport asks at QueueReady and Queue::start() again.
QueueError check_rings(const GuestMemory& memory, const QueueState& state);

class Queue {
public:
    Queue(const GuestMemory& memory, QueueState& state, unsigned index, QueueOwner& owner)
        : memory_(&memory), state_(&state), owner_(&owner), index_(index) {}

    /// Fresh state, or what an earlier worker left, whose decided reports are finished here and whose chains in flight pop()
    /// gives first. Once per object, before anything else. False: broken now, or before.
    bool start(std::uint64_t features);

    /// The next chain: first those in flight from an earlier worker, in their order, then new ones. False: there is none, or
    /// the queue is broken. Whoever waits for the next one afterwards calls enable_notifications() first.
    bool pop(Chain& chain);
    /// The device is done with a chain and has written `written` bytes from the start of its writable ones. Nothing is
    /// visible to the driver until flush(). Any order. False, and nothing happens: no such chain is in flight (any more).
    bool complete(std::uint16_t head, std::uint32_t written);
    /// Shows all completed chains to the driver at once and interrupts it if it wants that. Once per batch.
    void flush();

    /*
     * Before waiting for a kick:
     *     while (true) {
     *         queue.disable_notifications();
     *         while (queue.pop(chain)) { ... }
     *         queue.flush();
     *         if (queue.enable_notifications()) { break; } // asleep: the next chain brings a kick
     *     }
     * enable_notifications() returns false where a chain came in meanwhile, for which no kick might come.
     */
    bool enable_notifications();
    void disable_notifications();

    [[nodiscard]] unsigned index() const { return index_; }
    [[nodiscard]] std::uint16_t size() const { return size_; }
    [[nodiscard]] std::uint16_t in_flight() const { return in_flight_; }
    [[nodiscard]] bool is_broken() const { return state_->broken != 0; }
    /// Rings for others. Whoever uses this uses none of pop(), complete(), flush().
    [[nodiscard]] RawQueue raw() const;
    /// A device that finds nonsense in a chain beyond what it can report in the chain itself may give up on the queue.
    void give_up(QueueError error = QueueError::given_up);

private:
    bool recover();
    void publish(std::uint16_t used_index, std::uint16_t count);
    void find_in_flight();
    bool read_chain(Chain& chain, std::uint16_t head);
    bool look_for_more();
    void signal();

    const GuestMemory* memory_;
    QueueState* state_;
    QueueOwner* owner_;
    unsigned index_;

    std::byte* desc_ = nullptr;
    std::byte* driver_ = nullptr;
    std::byte* device_ = nullptr;
    std::uint64_t features_ = 0;
    std::uint64_t order_ = 0; // of the chain taken last
    std::vector<std::uint16_t> replay_; // last first
    std::bitset<queue_size_limit> completed_; // by head: in the log, not flushed
    std::uint16_t size_ = 0;
    std::uint16_t next_available_ = 0;
    std::uint16_t available_ = 0; // the driver's index when we last looked
    std::uint16_t used_index_ = 0;
    std::uint16_t signalled_ = 0; // used index when we last decided on an interrupt
    std::uint16_t logged_ = 0;    // completed and not flushed
    std::uint16_t in_flight_ = 0;
    bool signalled_valid_ = false;
};

} // namespace amp::virtio
