// SPDX-License-Identifier: GPL-2.0-only
// A device's rings in the hands of a vhost-user back end: another process of dom0 that gets the partition's memory, the rings'
// addresses and the queues' two eventfds, after which this process has no part in the traffic. It goes on with what an earlier
// worker had, and takes the next back end where one ends; what kind of device it is, its configuration and its features, is the
// caller's.
#pragma once

#include "amp/virtio/devices/back_end.hpp"
#include "amp/virtio/devices/vhost_user_link.hpp"
#include "vhost_user_connection.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace amp::virtio::vhost_user {

class FrontEnd;

// What a kind of device has of its own.
struct Kind {
    std::string name;
    std::function<void(const std::string&)> log = [](const std::string&) {};
    // Where a back end ended with requests in flight and nobody knows which: go on behind them (a network, which may lose
    // frames), or ask the driver for a reset (a disk).
    bool may_lose_requests = false;
    // Whether a driver can go on with the configuration that the next back end has; why not. It may put into `now` what the
    // driver has written. Without it, both have to be the same.
    std::function<Outcome<Done>(std::span<const std::byte> before, std::span<std::byte> now)> compare;
    // Before a back end gets the rings: what it has to be told then, by tell() and tell_config().
    std::function<void(FrontEnd&, Session&)> at_start;
};

class FrontEnd {
public:
    static constexpr std::uint16_t queue_size = 256; // the largest

    // Finds out what the back end can do, or what an earlier worker found out.
    static Outcome<FrontEnd> open(const std::string& path, const Surroundings& surroundings, unsigned queues);
    FrontEnd(FrontEnd&&) = default; // before watch()

    // The same until a reset, whichever back end there is.
    [[nodiscard]] std::uint64_t features() const { return facts_.features; }
    [[nodiscard]] std::uint64_t ring_features() const { return facts_.features & (feature::indirect_desc | feature::event_idx); }
    // Of the back end that is there.
    [[nodiscard]] bool has(std::uint64_t protocol_feature) const { return found_.protocol_features & protocol_feature; }
    // From now on it stays where it is.
    void watch(Loop& loop, Kind kind);
    void stop_watching(Loop& loop);

    // Once, before watch().
    Outcome<std::vector<std::byte>> read_config(std::uint32_t size);
    // As the driver was told.
    [[nodiscard]] std::span<const std::byte> config() const { return std::span(facts_.config).first(facts_.config_size); }
    // A back end that is away is told by at_start.
    Outcome<Done> write_config(std::uint32_t offset, std::span<const std::byte> bytes);

    // In at_start
    template <typename T> void tell(Request request, const T& value) { connection_.set_value(request, value); }
    void tell_config(std::uint32_t offset, std::span<const std::byte> bytes);

    // The back end begins with the session's queues, now or when there is one; DEVICE_NEEDS_RESET where that can't be. An error
    // is the driver's: a queue is not there.
    Outcome<Done> start(Session& session, DevicePort& port);
    // It leaves the queue alone when this returns; one that does not answer loses the connection.
    void stop_queue(unsigned queue, DevicePort& port);
    // All of them, and the session is over. Also where this worker has not started any: an earlier one may have.
    void reset(DevicePort& port);
    // As if the driver had.
    void kick(unsigned queue);

private:
    enum class State {
        away,      // no back end
        agreeing,  // a new one is asked what it is
        different, // it is not what the driver was told; it is used after a reset
        idle,      // no ring runs
        starting,  // it gets the rings
        running,
    };

    FrontEnd(const std::string& path, const Surroundings& surroundings, unsigned queues);
    [[nodiscard]] LinkRecord& record() const { return link_->record(); }
    void store(Phase phase) { store_phase(record(), line_, phase); }
    void log(const std::string& what) const { kind_.log(kind_.name + ": " + what); }

    // vhost_user.cpp: lines come and go
    Outcome<Done> open_line();
    Outcome<Done> agree_at_once(Phase phase);
    void use(Line line);
    void take_next_line();
    void converse();
    void arm_timer();
    void lose(const std::string& why);
    void forget_line();
    // vhost_user_agree.cpp: what the back end is
    void agree();
    Outcome<Done> take_features(const Answer& answer);
    Outcome<Done> agree_on_rest();
    Outcome<Done> agreed();
    [[nodiscard]] Outcome<Done> fits(Session& session);
    void adopt();
    void ask_config();
    // vhost_user_rings.cpp: what it is told about rings
    void tell_rings();
    void tell_memory(const std::vector<MemoryRegion>& regions);
    void tell_inflight();
    void tell_queue(const RawQueue& raw, unsigned queue);
    Outcome<Done> take_inflight(Answer& answer, InflightMessage asked);
    // vhost_user_session.cpp
    void begin();
    Outcome<Done> run();
    Outcome<Done> arm(unsigned queue);
    void disarm(DevicePort& port);
    void settle();
    void give_up(const std::string& why);
    [[nodiscard]] bool is_quiet() const;
    bool finish();
    void end_session();
    void stop_ring(unsigned queue);

    Connection connection_;
    Link* link_;
    const GuestMemory* memory_;
    int memory_fd_;
    Kind kind_;
    Loop* loop_ = nullptr;
    OwnedFd timer_;

    State state_ = State::away;
    std::uint64_t line_ = 0; // its number
    std::vector<Ring> rings_;
    Facts facts_{}; // what the driver was told
    Facts found_{}; // of the back end that is there
    bool facts_known_ = false;
    std::uint32_t config_size_ = 0;

    Session* session_ = nullptr;
    DevicePort* port_ = nullptr;
    std::vector<bool> wanted_; // queues of the session
    bool config_changed_ = false;
};

} // namespace amp::virtio::vhost_user
