// SPDX-License-Identifier: GPL-2.0-only
// A driver's session over workers and back ends: what runs goes on, what was in flight is accounted for, what can't go on is reset.
#include "vhost_user.hpp"

#include "amp/virtio/access.hpp"
#include "vhost_calls.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace amp::virtio::vhost_user {
namespace {

// While a VCPU stands still, and the partition's other devices with it.
constexpr std::chrono::milliseconds longest_stop{2000};

} // namespace

Outcome<Done> FrontEnd::start(Session& session, DevicePort& port) {
    for (unsigned i = 0; i < wanted_.size(); ++i) {
        wanted_[i] = session.queue(i) != nullptr;
        if (!wanted_[i] && !session.resumed())
            return connection_.error("queue " + std::to_string(i) + " is not there; the driver did not set it up");
    }
    session_ = &session;
    port_ = &port;
    if (!session.resumed()) {
        store_release(record().accounted, 1u);
        link_->forget_inflight();
    }
    if (state_ == State::running && session.resumed()) { // with an earlier worker's connection: there is nothing to say
        if (auto done = run(); !done)
            lose(done.error());
        return Done{};
    }
    if (state_ == State::running)
        lose("rings run on it that are not this session's");
    settle();
    if (session_ && (state_ == State::idle || state_ == State::different)) {
        begin();
        converse();
    }
    return Done{};
}

// There is a session, a back end that has no ring, and nothing to wait for.
void FrontEnd::begin() {
    state_ = State::different;
    if (auto good = fits(*session_); !good) {
        give_up(good.error());
        return;
    }
    adopt();
    if (!load_once(record().accounted) && !has(protocol_feature::inflight_shmfd)) {
        link_->forget_inflight(); // this one can't read it
        settle();
    }
    if (session_)
        tell_rings();
}

// The back end has the rings. Noted before anybody kicks, so that no request is forgotten.
Outcome<Done> FrontEnd::run() {
    store_release(record().accounted, 0u);
    store(Phase::running);
    state_ = State::running;
    for (unsigned i = 0; i < wanted_.size(); ++i)
        if (wanted_[i])
            if (auto armed = arm(i); !armed)
                return armed;
    if (std::exchange(config_changed_, false))
        session_->config_changed();
    return Done{};
}

// What was signalled while nobody listened is signalled again.
Outcome<Done> FrontEnd::arm(unsigned queue) {
    const Ring& ring = rings_[queue];
    for (const auto& [what, fd] : {std::pair{AMP_VIRTIO_CALL, ring.call.get()}, std::pair{AMP_VIRTIO_KICK, ring.kick.get()}})
        if (const int error = port_->set_eventfd(what, queue, fd))
            return Err{"the module's eventfds of queue " + std::to_string(queue) + ": " + std::strerror(error)};
    const std::uint64_t one = 1;
    for (const OwnedFd* fd : {&ring.call, &ring.kick})
        static_cast<void>(::write(fd->get(), &one, sizeof(one))); // full: it is signalled
    return Done{};
}

void FrontEnd::disarm(DevicePort& port) {
    for (unsigned i = 0; i < wanted_.size(); ++i) {
        if (!wanted_[i])
            continue;
        port.set_eventfd(AMP_VIRTIO_KICK, i, -1);
        port.set_eventfd(AMP_VIRTIO_CALL, i, -1);
    }
    port.interrupt(AMP_VIRTIO_USED); // the back end may have ended between used ring and call
}

// All that the driver has made available is used.
bool FrontEnd::is_quiet() const {
    for (unsigned i = 0; i < wanted_.size(); ++i) {
        virtio::Queue* queue = wanted_[i] ? session_->queue(i) : nullptr;
        if (!queue)
            continue;
        const RawQueue raw = queue->raw();
        const auto* available = static_cast<const std::uint16_t*>(static_cast<const void*>(raw.driver_here + 2));
        if (load_acquire(*available) != raw.next_available)
            return false;
    }
    return true;
}

// No back end has the rings. Which requests did the last one have?
void FrontEnd::settle() {
    if (load_once(record().accounted) || link_->inflight())
        return; // none, or the next one is told
    if (!is_quiet() && !kind_.may_lose_requests) {
        give_up("requests were in flight at a back end that ended, nobody knows which, and it keeps no inflight buffer "
                "(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD)");
        return;
    }
    store_release(record().accounted, 1u);
}

void FrontEnd::give_up(const std::string& why) {
    log(why + "; the driver is asked for a reset");
    Session& session = *std::exchange(session_, nullptr);
    session.needs_reset();
}

// What was begun is done, or the connection is lost.
bool FrontEnd::finish() {
    const auto done = connection_.finish(longest_stop);
    if (!done)
        lose(done.error());
    else
        arm_timer();
    return line_ != 0;
}

void FrontEnd::stop_ring(unsigned queue) {
    const vhost_vring_state which{queue, 0};
    if (found_.features & has_protocol_features)
        connection_.set_value(Request::set_vring_enable, which);
    // Its answer says that the ring is stopped.
    connection_.get(Request::get_vring_base, std::as_bytes(std::span(&which, 1)), {sizeof(which), sizeof(which)}, {});
}

void FrontEnd::stop_queue(unsigned queue, DevicePort& port) {
    if (queue >= wanted_.size() || !wanted_[queue])
        return;
    if (state_ == State::starting)
        finish();
    if (state_ == State::running) {
        store(Phase::talking);
        stop_ring(queue);
        if (finish())
            store(Phase::running);
        port.set_eventfd(AMP_VIRTIO_KICK, queue, -1);
        port.set_eventfd(AMP_VIRTIO_CALL, queue, -1);
    }
    wanted_[queue] = false;
    if (std::ranges::none_of(wanted_, [](bool one) { return one; }))
        end_session();
}

void FrontEnd::reset(DevicePort& port) {
    if (state_ == State::running || state_ == State::starting)
        for (unsigned i = 0; i < wanted_.size(); ++i)
            stop_queue(i, port);
    end_session();
}

void FrontEnd::end_session() {
    session_ = nullptr;
    store_release(record().accounted, 1u);
    link_->forget_inflight();
    wanted_.assign(wanted_.size(), true);
    if (state_ == State::running || state_ == State::different) {
        if (state_ == State::different)
            adopt();
        state_ = State::idle;
        store(Phase::idle);
    }
}

void FrontEnd::kick(unsigned queue) {
    const std::uint64_t one = 1;
    if (state_ == State::running && queue < rings_.size() && rings_[queue].kick)
        static_cast<void>(::write(rings_[queue].kick.get(), &one, sizeof(one))); // full: it has been kicked
}

} // namespace amp::virtio::vhost_user
