// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
// A typed view of the C ring for C++20: spans instead of pointer and length, an enum that must be looked at instead of int.
// Every function is one call of spsc.h, doorbell.h or channel.h; there is no second algorithm here.
#ifndef AMP_RING_SPSC_HPP
#define AMP_RING_SPSC_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

#include "amp/ring/channel.h"

namespace amp::ring {

enum class [[nodiscard]] Status : int {
#define AMP_RING_STATUS_ENUMERATOR(name, number, text) name = number,
    AMP_RING_STATUS_LIST(AMP_RING_STATUS_ENUMERATOR)
#undef AMP_RING_STATUS_ENUMERATOR
};

constexpr const char* to_text(Status status) {
    switch (status) {
#define AMP_RING_STATUS_TEXT(name, number, text) \
    case Status::name: return text;
        AMP_RING_STATUS_LIST(AMP_RING_STATUS_TEXT)
#undef AMP_RING_STATUS_TEXT
    }
    return "unknown ring status";
}

/// A value that may travel as the bytes it consists of: no pointers into the sender, no constructor that the receiver skips.
template <typename T>
concept Message = std::is_trivially_copyable_v<T> && std::is_standard_layout_v<T> && !std::is_pointer_v<T>;

/// The sending half of a channel end. A reference: copies speak for the same half.
class Sender {
public:
    explicit Sender(amp_tx& tx) : tx_(&tx) {}

    [[nodiscard]] std::uint32_t max_message() const { return AMP_RING_MESSAGE_MAX(tx_->size); }

    Status try_send(std::span<const std::byte> message) {
        if (message.size() > max_message()) {
            return Status::TOO_LONG;
        }
        return Status{amp_tx_try_send(tx_, message.data(), static_cast<std::uint32_t>(message.size()))};
    }
    template <Message T>
    Status try_send_value(const T& message) {
        return try_send(std::as_bytes(std::span<const T, 1>(&message, 1)));
    }

    /// On OK `space` is where a message of up to `length` bytes is written before commit().
    Status reserve(std::uint32_t length, std::span<std::byte>& space) {
        void* place = nullptr;
        const Status status{amp_tx_reserve(tx_, length, &place)};
        space = status == Status::OK ? std::span(static_cast<std::byte*>(place), length) : std::span<std::byte>();
        return status;
    }
    Status commit(std::uint32_t used) { return Status{amp_tx_commit(tx_, used)}; }

    /// As commit() and try_send(), but the peer sees nothing until publish(), and then all of it at once.
    Status stage(std::uint32_t used) { return Status{amp_tx_stage(tx_, used)}; }
    Status try_stage(std::span<const std::byte> message) {
        if (message.size() > max_message()) {
            return Status::TOO_LONG;
        }
        return Status{amp_tx_try_stage(tx_, message.data(), static_cast<std::uint32_t>(message.size()))};
    }
    void publish() { amp_tx_publish(tx_); }

    [[nodiscard]] bool need_doorbell() { return amp_tx_need_doorbell(tx_); }
    /// FULL: the peer will ring when `length` bytes fit.
    Status arm(std::uint32_t length) { return Status{amp_tx_arm(tx_, length)}; }
    void disarm() { amp_tx_disarm(tx_); }

private:
    amp_tx* tx_;
};

/// The receiving half of a channel end.
class Receiver {
public:
    explicit Receiver(amp_rx& rx) : rx_(&rx) {}

    /// On OK `message` is the next message in shared memory, valid until release(); the peer can still change its bytes.
    Status peek(std::span<const std::byte>& message) {
        const void* place = nullptr;
        std::uint32_t length = 0;
        const Status status{amp_rx_peek(rx_, &place, &length)};
        message = status == Status::OK ? std::span(static_cast<const std::byte*>(place), length)
                                       : std::span<const std::byte>();
        return status;
    }
    void release() { amp_rx_release(rx_); }

    /// Steps behind the peeked message; its bytes stay valid until publish() gives back all that was taken.
    void take() { amp_rx_take(rx_); }
    void publish() { amp_rx_publish(rx_); }

    /// On OK `message` is shrunk to what was received; on TOO_SMALL it is left alone and so is the message.
    Status try_receive(std::span<std::byte>& message) {
        std::uint32_t length = 0;
        const auto capacity = static_cast<std::uint32_t>(message.size() < UINT32_MAX ? message.size() : UINT32_MAX);
        const Status status{amp_rx_try_receive(rx_, message.data(), capacity, &length)};
        if (status == Status::OK) {
            message = message.first(length);
        }
        return status;
    }

    [[nodiscard]] bool need_doorbell() { return amp_rx_need_doorbell(rx_); }
    /// EMPTY: the peer will ring for the next message.
    Status arm() { return Status{amp_rx_arm(rx_)}; }
    void disarm() { amp_rx_disarm(rx_); }
    void resync() { amp_rx_resync(rx_); }

private:
    amp_rx* rx_;
};

/// One end of a channel, for as long as this object lives. Not movable: sender and receiver refer to it.
class ChannelEnd {
public:
    ChannelEnd() = default;
    ChannelEnd(const ChannelEnd&) = delete;
    ChannelEnd& operator=(const ChannelEnd&) = delete;
    ~ChannelEnd() {
        if (attached_) {
            amp_channel_detach(&end_);
        }
    }

    Status attach(void* memory, std::uint64_t size, std::uint32_t side) {
        const Status status{amp_channel_attach(&end_, memory, size, side)};
        attached_ = status == Status::OK;
        return status;
    }

    /// Only after a successful attach().
    [[nodiscard]] Sender sender() { return Sender(end_.tx); }
    [[nodiscard]] Receiver receiver() { return Receiver(end_.rx); }
    [[nodiscard]] std::uint32_t peer_generation() const { return amp_channel_peer_generation(&end_); }
    [[nodiscard]] bool peer_attached() const { return amp_channel_peer_attached(&end_); }

private:
    amp_channel_end end_{};
    bool attached_ = false;
};

}  // namespace amp::ring

#endif
