// SPDX-License-Identifier: GPL-2.0-only
// The console device (virtio 1.2, 5.3), one port, on a pseudo-terminal or on whoever is connected to a socket. Output never makes
// the guest wait; input waits for the guest.
#include "amp/virtio/devices/back_end.hpp"
#include "output_buffer.hpp"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace amp::virtio {
namespace {

constexpr unsigned receive_queue = 0;
constexpr unsigned transmit_queue = 1;
constexpr std::size_t chain_limit = 64 * 1024; // output of one chain; more is cut, since nobody may fill our memory
constexpr unsigned batch = 64;

class Console final : public BackEnd {
public:
    Console(const DeviceSettings& settings, const Surroundings& surroundings)
        : loop_(surroundings.loop), is_socket_(settings.kind == "unix") {
        if (is_socket_) {
            listener_ = surroundings.lasting;
            wait_for_client();
        } else {
            peer_ = surroundings.lasting;
        }
    }
    ~Console() override {
        listen(0);
        if (is_socket_)
            loop_.remove(listener_);
    }

    std::uint32_t id() const override { return facts_of(DeviceType::console).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::console).queues; }
    std::uint64_t features() const override { return 0; }
    void read_config(std::uint32_t, std::span<std::byte>) const override {}

    bool activate(Session& session) override {
        receive_ = session.queue(receive_queue);
        transmit_ = session.queue(transmit_queue);
        return true;
    }
    void notified(unsigned queue) override { queue == receive_queue ? input() : output(); }
    void stop_queue(unsigned queue) override {
        (queue == receive_queue ? receive_ : transmit_) = nullptr;
        if (queue == receive_queue)
            have_buffer_ = starved_ = false;
        update();
    }
    void reset() override {
        stop_queue(receive_queue);
        stop_queue(transmit_queue);
    }

private:
    void wait_for_client() {
        loop_.add(listener_, EPOLLIN, [this](std::uint32_t) { accept_client(); });
    }

    // One at a time; the next waits in the listener's queue.
    void accept_client() {
        client_ = OwnedFd(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (!client_)
            return;
        loop_.remove(listener_);
        peer_ = client_.get();
        write_out();
    }

    void peer_is_gone() {
        if (!is_socket_)
            return;
        listen(0);
        peer_ = -1;
        client_.reset();
        wait_for_client();
    }

    void listen(std::uint32_t events) {
        if (events == listening_ || peer_ < 0)
            return;
        if (!listening_)
            loop_.add(peer_, events, [this](std::uint32_t ready) { peer_ready(ready); });
        else if (!events)
            loop_.remove(peer_);
        else
            loop_.change(peer_, events);
        listening_ = events;
    }
    // A client is also listened to for its end, which no mask can leave out.
    void update() {
        const std::uint32_t input = receive_ && !starved_ ? std::uint32_t{EPOLLIN} : 0;
        const std::uint32_t end = is_socket_ ? std::uint32_t{EPOLLRDHUP} : 0;
        listen(input | end | (pending_.empty() ? 0 : std::uint32_t{EPOLLOUT}));
    }

    void peer_ready(std::uint32_t ready) {
        if (ready & (EPOLLHUP | EPOLLERR)) {
            peer_is_gone();
            return;
        }
        if (ready & EPOLLOUT)
            write_out();
        if (ready & EPOLLIN && peer_ >= 0)
            input();
        else if (ready & EPOLLRDHUP)
            peer_is_gone();
    }

    void write_out() {
        if (peer_ >= 0 && !pending_.write_to(peer_)) {
            peer_is_gone();
            return;
        }
        update();
    }

    void output() {
        if (!transmit_)
            return;
        for (unsigned done = 0;;) {
            transmit_->disable_notifications();
            while (done < batch && transmit_->pop(chain_)) {
                take_output();
                transmit_->complete(chain_.head(), 0);
                ++done;
            }
            transmit_->flush();
            write_out();
            if (done >= batch)
                loop_.later([this] { output(); });
            if (done >= batch || transmit_->enable_notifications())
                return;
        }
    }

    void take_output() {
        std::array<std::byte, 4096> part;
        for (std::size_t offset = 0; offset < chain_limit;) {
            const std::size_t size = chain_.read(offset, part);
            pending_.append({static_cast<const char*>(static_cast<const void*>(part.data())), size});
            offset += size;
            if (size < part.size())
                return;
        }
    }

    void input() {
        starved_ = false;
        if (receive_ && peer_ >= 0) {
            receive_->disable_notifications();
            const bool alive = take_input();
            receive_->flush();
            // No buffer, and the guest knows that it has to kick with the next: until then nobody listens.
            starved_ = !have_buffer_ && receive_->enable_notifications();
            if (!alive)
                peer_is_gone();
        }
        update();
    }

    // False: the other side is gone. A buffer that is taken and not filled is kept for the next input.
    bool take_input() {
        for (unsigned done = 0; done < batch; ++done) {
            if (!have_buffer_)
                have_buffer_ = receive_->pop(buffer_);
            if (!have_buffer_)
                return true;
            const auto pieces = buffer_.writable();
            const ssize_t size = pieces.empty() ? 0 : ::readv(peer_, pieces.data(), static_cast<int>(pieces.size()));
            if (size < 0)
                return errno == EAGAIN || errno == EINTR || !is_socket_;
            if (size == 0 && !pieces.empty())
                return false;
            receive_->complete(buffer_.head(), static_cast<std::uint32_t>(size));
            have_buffer_ = false;
        }
        return true;
    }

    Loop& loop_;
    bool is_socket_;
    int listener_ = -1;
    int peer_ = -1;
    OwnedFd client_;
    Queue* receive_ = nullptr;
    Queue* transmit_ = nullptr;
    Chain chain_;
    Chain buffer_; // for input
    bool have_buffer_ = false;
    bool starved_ = false; // the guest gave no buffer for input
    OutputBuffer pending_;
    std::uint32_t listening_ = 0;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_console(const DeviceSettings& settings, const Surroundings& surroundings) {
    return std::unique_ptr<BackEnd>(std::make_unique<Console>(settings, surroundings));
}

} // namespace amp::virtio
