// SPDX-License-Identifier: GPL-2.0-only
#include "amp/virtio/devices/vhost_user_link.hpp"

#include "amp/virtio/access.hpp"
#include "amp/virtio/devices/passing.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

namespace amp::virtio::vhost_user {
namespace {

constexpr std::uint64_t inflight_most = 16u << 20; // a buffer has some bytes for each descriptor

} // namespace

Phase phase_of(const LinkRecord& record, std::uint64_t line) {
    const std::uint64_t word = load_acquire(record.phase);
    if (word >> 8 != line)
        return Phase::fresh;
    const auto phase = static_cast<Phase>(word & 0xff);
    return phase == Phase::idle || phase == Phase::running ? phase : Phase::talking;
}

void store_phase(LinkRecord& record, std::uint64_t line, Phase phase) {
    store_release(record.phase, line << 8 | static_cast<std::uint64_t>(phase));
    death_barrier(); // before the message that follows
}

std::optional<Facts> facts_in(const LinkRecord& record) {
    const std::uint32_t current = load_acquire(record.current);
    if (current < 1 || current > 2)
        return std::nullopt;
    Facts facts = record.facts[current - 1];
    if (facts.config_size > config_max)
        return std::nullopt;
    return facts;
}

void store_facts(LinkRecord& record, const Facts& facts) {
    const std::uint32_t other = load_acquire(record.current) == 1 ? 2 : 1;
    record.facts[other - 1] = facts;
    store_release(record.current, other);
}

Outcome<Done> check_inflight(const Inflight& inflight) {
    // Asked first: only memory has seals, and nobody else's program answers for it.
    if (!inflight.fd || ::fcntl(inflight.fd.get(), F_GET_SEALS) < 0)
        return Err{std::string("its inflight buffer is no memfd")};
    struct stat file {};
    if (::fstat(inflight.fd.get(), &file) != 0)
        return Err{std::string("its inflight buffer: ") + std::strerror(errno)};
    const auto bytes = static_cast<std::uint64_t>(file.st_size);
    if (!inflight.size || inflight.size > inflight_most || inflight.offset > bytes || inflight.size > bytes - inflight.offset)
        return Err{"its inflight buffer has " + std::to_string(bytes) + " bytes, of which " + std::to_string(inflight.size) + " from " +
                   std::to_string(inflight.offset) + " on can't be, or are more than " + std::to_string(inflight_most)};
    return Done{};
}

Outcome<Line> Link::next_line() {
    LinkMessage message{};
    Received received = receive_with(socket_.get(), std::as_writable_bytes(std::span(&message, 1)), passed_most, MSG_DONTWAIT);
    if (received.bytes < 0 && (errno == EAGAIN || errno == EINTR))
        return Line{};
    if (received.bytes <= 0)
        return Err{std::string("the supervisor is gone")};
    // Descriptors that did not fit (this process has too many) leave a line that can't be used.
    if (received.bytes != sizeof(message) || received.cut || message.kind != LinkMessage::line || received.fds.size() % 2 != 1) {
        lost(message.number);
        return Line{};
    }
    Line line{message.number, std::move(received.fds[0]), {}};
    for (std::size_t i = 1; i + 1 < received.fds.size(); i += 2)
        line.rings.push_back({std::move(received.fds[i]), std::move(received.fds[i + 1])});
    return line;
}

void Link::lost(std::uint64_t line) {
    LinkMessage message{};
    message.kind = LinkMessage::lost;
    message.number = line;
    send_with(socket_.get(), std::as_bytes(std::span(&message, 1)), {});
}

const Inflight* Link::inflight() const {
    const std::uint64_t wanted = load_acquire(record_->inflight);
    return wanted && inflight_.fd && inflight_.number == wanted ? &inflight_ : nullptr;
}

Outcome<Done> Link::keep(Inflight inflight) {
    LinkMessage message{};
    message.kind = LinkMessage::keep;
    message.number = inflight.number = inflight_.number + 1;
    message.size = inflight.size;
    message.offset = inflight.offset;
    message.queues = inflight.queues;
    message.queue_size = inflight.queue_size;
    const int fd = inflight.fd.get();
    if (send_with(socket_.get(), std::as_bytes(std::span(&message, 1)), std::span(&fd, 1)) != sizeof(message))
        return Err{std::string("the supervisor does not take the inflight buffer: ") + std::strerror(errno)};
    inflight_ = std::move(inflight);
    store_release(record_->inflight, inflight_.number);
    return Done{};
}

void Link::forget_inflight() {
    store_release(record_->inflight, std::uint64_t{0});
    inflight_.fd.reset();
}

} // namespace amp::virtio::vhost_user
