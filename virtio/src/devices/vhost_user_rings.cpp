// SPDX-License-Identifier: GPL-2.0-only
// What a back end is told before it has the rings: features, memory, the inflight buffer, each queue.
#include "vhost_user.hpp"

#include "vhost_calls.hpp"

#include <algorithm>
#include <cstring>

namespace amp::virtio::vhost_user {
namespace {

std::uint64_t address_of(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

// Without those borders where memory goes on both here and for the guest: the table has few places.
std::vector<MemoryRegion> merged(std::span<const MemoryRegion> regions) {
    std::vector<MemoryRegion> result;
    for (const MemoryRegion& region : regions) {
        MemoryRegion* last = result.empty() ? nullptr : &result.back();
        if (last && last->gpa + last->size == region.gpa && last->base + last->size == region.base)
            last->size += region.size;
        else
            result.push_back(region);
    }
    return result;
}

} // namespace

// The kicks are not armed yet, and a ring starts with its first kick: until run() nothing is in flight that was not before.
void FrontEnd::tell_rings() {
    const std::vector<MemoryRegion> regions = merged(memory_->regions());
    if (regions.size() > regions_max) {
        give_up("a vhost-user back end takes " + std::to_string(regions_max) + " pieces of memory, and the partition has " +
                std::to_string(regions.size()));
        return;
    }
    state_ = State::starting;
    store(Phase::talking);
    connection_.set_value(Request::set_features,
                          (session_->features() & found_.features) | (found_.features & has_protocol_features));
    tell_memory(regions);
    if (kind_.at_start)
        kind_.at_start(*this, *session_);
    if (has(protocol_feature::inflight_shmfd))
        tell_inflight();
    connection_.then([this]() -> Outcome<Done> {
        for (unsigned i = 0; i < wanted_.size(); ++i)
            if (wanted_[i])
                tell_queue(session_->queue(i)->raw(), i);
        connection_.then([this] { return run(); });
        return Done{};
    });
}

void FrontEnd::tell_memory(const std::vector<MemoryRegion>& regions) {
    MemoryTable table{};
    for (const MemoryRegion& region : regions)
        table.regions[table.count++] = {region.gpa, region.size, address_of(region.base), region.gpa};
    const std::vector<int> fds(regions.size(), memory_fd_);
    const std::size_t size = offsetof(MemoryTable, regions) + regions.size() * sizeof(Region);
    connection_.set(Request::set_mem_table, std::as_bytes(std::span(&table, 1)).first(size), fds);
}

// The buffer that the back end before this one had, or a new one of this one's.
void FrontEnd::tell_inflight() {
    if (const Inflight* had = link_->inflight()) {
        const int fd = had->fd.get();
        connection_.set_value(Request::set_inflight_fd, InflightMessage{had->size, had->offset, had->queues, had->queue_size, 0},
                              std::span(&fd, 1));
        return;
    }
    InflightMessage wanted{};
    wanted.queues = static_cast<std::uint16_t>(wanted_.size());
    for (unsigned i = 0; i < wanted_.size(); ++i)
        if (wanted_[i])
            wanted.queue_size = std::max(wanted.queue_size, session_->queue(i)->raw().size);
    connection_.get(Request::get_inflight_fd, std::as_bytes(std::span(&wanted, 1)), {20, sizeof(wanted), true},
                    [this, wanted](Answer& answer) { return take_inflight(answer, wanted); });
}

Outcome<Done> FrontEnd::take_inflight(Answer& answer, InflightMessage asked) {
    InflightMessage got{};
    std::memcpy(&got, answer.bytes.data(), answer.bytes.size());
    if (!got.size) { // how a back end says that it has none after all
        found_.protocol_features &= ~protocol_feature::inflight_shmfd;
        return Done{};
    }
    Inflight inflight{0, std::move(answer.fd), got.size, got.offset, asked.queues, asked.queue_size};
    if (auto good = check_inflight(inflight); !good)
        return connection_.error(good.error());
    if (auto kept = link_->keep(std::move(inflight)); !kept)
        return Err{kept.error()};
    tell_inflight();
    return Done{};
}

void FrontEnd::tell_queue(const RawQueue& raw, unsigned queue) {
    vhost_vring_addr address{};
    address.index = queue;
    address.desc_user_addr = address_of(raw.desc_here);
    address.avail_user_addr = address_of(raw.driver_here);
    address.used_user_addr = address_of(raw.device_here);
    const int call = rings_[queue].call.get(), kick = rings_[queue].kick.get();
    const std::uint64_t index = queue;
    connection_.set_value(Request::set_vring_num, vhost_vring_state{queue, raw.size});
    connection_.set_value(Request::set_vring_base, vhost_vring_state{queue, raw.next_available});
    connection_.set_value(Request::set_vring_addr, address);
    connection_.set_value(Request::set_vring_call, index, std::span(&call, 1));
    connection_.set_value(Request::set_vring_kick, index, std::span(&kick, 1));
    if (found_.features & has_protocol_features) // without it a ring is enabled from the start
        connection_.set_value(Request::set_vring_enable, vhost_vring_state{queue, 1});
}

} // namespace amp::virtio::vhost_user
