// SPDX-License-Identifier: GPL-2.0-only
// The descriptor walk. A buffer of length 0 is a buffer: it is nowhere, so its address is not looked at, but its place in
// the order counts.
#include "chain_reader.hpp"

#include "amp/virtio/access.hpp"

namespace amp::virtio {

QueueError ChainReader::read(std::uint16_t head, Chain& chain) const {
    chain.pieces_.clear();
    chain.readable_pieces_ = 0;
    chain.readable_bytes_ = chain.writable_bytes_ = 0;
    chain.writing_ = false;
    chain.head_ = head;
    const QueueError error = follow(table_, size_, head, false, chain);
    if (error != QueueError::none) {
        chain.pieces_.clear();
        chain.readable_pieces_ = 0;
        chain.readable_bytes_ = chain.writable_bytes_ = 0;
    }
    return error;
}

QueueError ChainReader::follow(const std::byte* table, std::uint32_t entries, std::uint32_t first, bool nested,
                               Chain& chain) const {
    std::uint32_t at = first;
    // More descriptors than there are: one came twice.
    for (std::uint32_t seen = 0; seen < entries; seen++) {
        const Descriptor descriptor = load_descriptor(table + std::size_t{at} * sizeof(Descriptor));
        const bool more = (descriptor.flags & descriptor_flag::next) != 0;
        if ((descriptor.flags & descriptor_flag::indirect) != 0) {
            // 2.7.5.3.1: no table in a table, and nothing behind one. Descriptors in front of one are allowed (2.7.5.3.2).
            return nested || more || !indirect_ ? QueueError::indirect_refused : follow_indirect(descriptor, chain);
        }
        if (const QueueError error = add(descriptor, chain); error != QueueError::none) {
            return error;
        }
        if (!more) {
            return QueueError::none;
        }
        if (descriptor.next >= entries) {
            return QueueError::head_out_of_range;
        }
        at = descriptor.next;
    }
    return QueueError::chain_loops;
}

QueueError ChainReader::follow_indirect(const Descriptor& descriptor, Chain& chain) const {
    if (descriptor.length == 0 || descriptor.length % sizeof(Descriptor) != 0) {
        return QueueError::indirect_refused;
    }
    const std::uint32_t entries = descriptor.length / sizeof(Descriptor);
    if (entries > chain_max) {
        return QueueError::chain_too_long;
    }
    const std::byte* table = memory_.at(descriptor.address, descriptor.length);
    // The WRITE flag of the descriptor that names the table means nothing (2.7.5.3.2).
    return table == nullptr ? QueueError::buffer_outside : follow(table, entries, 0, true, chain);
}

QueueError ChainReader::add(const Descriptor& descriptor, Chain& chain) const {
    const bool writes = (descriptor.flags & descriptor_flag::write) != 0;
    if (!writes && chain.writing_) {
        return QueueError::readable_after_writable;
    }
    chain.writing_ = writes;
    if (!memory_.gather(descriptor.address, descriptor.length, chain.pieces_)) {
        return QueueError::buffer_outside;
    }
    if (chain.pieces_.size() > chain_max) {
        return QueueError::chain_too_long;
    }
    (writes ? chain.writable_bytes_ : chain.readable_bytes_) += descriptor.length;
    if (!writes) {
        chain.readable_pieces_ = chain.pieces_.size();
    }
    // 2.7.5: no more than 2^32 bytes. The sums cannot overflow: each length has 32 bits, and this comes after each.
    const bool fits = chain.readable_bytes_ + chain.writable_bytes_ <= std::uint64_t{1} << 32;
    return fits ? QueueError::none : QueueError::chain_too_big;
}

} // namespace amp::virtio
