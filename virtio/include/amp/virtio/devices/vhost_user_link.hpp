// SPDX-License-Identifier: GPL-2.0-only
// What a vhost-user device needs beyond the death of its worker, and of its back end: the supervisor makes connections and holds
// them, the worker talks. A record in memory that both have tells how far the talk got; it lives as long as the supervisor does,
// and so do the connections.
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace amp::virtio::vhost_user {

constexpr std::uint32_t config_max = 256; // bytes of a configuration space

// Of a line. A line that the record does not speak of is `fresh`: nothing has been said on it.
enum class Phase : std::uint8_t {
    fresh,
    talking, // there are messages under way: who finds this knows nothing of the line and has to give it up
    idle,    // all is agreed on, no ring runs
    running, // the back end has the rings; there is nothing to say
};

// What a back end said of itself.
struct Facts {
    std::uint64_t features;
    std::uint64_t protocol_features; // those that are used
    std::uint32_t config_size;
    std::uint32_t pad;
    std::byte config[config_max];
};

// Each change is one store, so that a worker may die between any two of them (docs/virtio.md). Read with suspicion: the worker
// before may have been taken over.
struct LinkRecord {
    std::uint64_t phase;    // number of the line << 8 | Phase
    std::uint64_t inflight; // the buffer that knows this session's requests in flight; 0: none
    // 1: no back end has worked on this session's rings, or it is known what was in flight when it ended. 0 also where an earlier
    // supervisor's record is gone, and nobody knows.
    std::uint32_t accounted;
    std::uint32_t current;  // 1, 2: facts[current - 1] is what the driver was told; 0: no back end has spoken yet
    Facts facts[2];
};

Phase phase_of(const LinkRecord& record, std::uint64_t line);
void store_phase(LinkRecord& record, std::uint64_t line, Phase phase);
std::optional<Facts> facts_in(const LinkRecord& record);
void store_facts(LinkRecord& record, const Facts& facts);

struct Ring {
    OwnedFd kick, call;
};
// A connection with the eventfds that are used on it. All new with each connection: an earlier back end may still have the old ones.
struct Line {
    std::uint64_t number = 0; // 0: there is none
    OwnedFd socket;
    std::vector<Ring> rings;
};

// A back end's inflight buffer. Nobody here ever maps it.
struct Inflight {
    std::uint64_t number = 0; // 0: there is none
    OwnedFd fd;
    std::uint64_t size = 0, offset = 0;
    std::uint16_t queues = 0, queue_size = 0;
};

// Over a SOCK_SEQPACKET pair.
struct LinkMessage {
    enum Kind : std::uint32_t {
        line = 1, // supervisor: a new one; its socket, then kick and call of each queue
        lost = 2, // worker: that line is of no use any more
        keep = 3, // worker: the buffer that comes along
    };
    std::uint32_t kind;
    std::uint32_t pad;
    std::uint64_t number; // of the line, or of the buffer
    std::uint64_t size, offset;
    std::uint16_t queues, queue_size;
    std::uint32_t pad2;
};

// Whether a buffer is one to be held: memory (a file of some other kind may make its holder wait), of which it is a part.
Outcome<Done> check_inflight(const Inflight& inflight);

// The worker's end.
class Link {
public:
    Link(OwnedFd socket, LinkRecord& record, Line line, Inflight inflight)
        : socket_(std::move(socket)), record_(&record), line_(std::move(line)), inflight_(std::move(inflight)) {}

    // Readable when there is a new line.
    [[nodiscard]] int descriptor() const { return socket_.get(); }
    [[nodiscard]] LinkRecord& record() const { return *record_; }
    // The one that was there when the worker began; once.
    Line take_line() { return std::move(line_); }
    // Number 0: none. An error: the supervisor is gone.
    Outcome<Line> next_line();
    void lost(std::uint64_t line);

    // The buffer of the present session.
    [[nodiscard]] const Inflight* inflight() const;
    // From now on this one; the supervisor has it when this returns.
    Outcome<Done> keep(Inflight inflight);
    void forget_inflight();

private:
    OwnedFd socket_;
    LinkRecord* record_;
    Line line_;
    Inflight inflight_;
};

} // namespace amp::virtio::vhost_user
