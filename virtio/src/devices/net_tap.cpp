// SPDX-License-Identifier: GPL-2.0-only
// The network device (virtio 1.2, 5.1) on a TAP, in this process: packets go between the guest's buffers and the TAP without a
// copy of ours. What stands in a packet's header is checked by the kernel's TAP; how long anything is, by us.
#include "amp/virtio/devices/back_end.hpp"
#include "amp/virtio/devices/tap.hpp"
#include "configuration_bytes.hpp"
#include "net_layout.hpp"
#include "net_receive.hpp"
#include "net_transmit.hpp"

#include <cerrno>
#include <cstring>
#include <sys/epoll.h>

namespace amp::virtio {
namespace {

using net::Receiver;
using net::Transmitter;

class TapNet final : public BackEnd {
public:
    TapNet(const DeviceSettings& settings, const Surroundings& surroundings)
        : loop_(surroundings.loop), log_(surroundings.log), name_(settings.name), tap_(surroundings.lasting),
          features_(net::features_of(settings)), configuration_(net::configuration_of(settings)) {}
    ~TapNet() override { listen(0); }

    std::uint32_t id() const override { return facts_of(DeviceType::net).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::net).queues; }
    std::uint64_t features() const override { return features_; }
    bool accepts(std::uint64_t features) const override { return net::features_agree(features); }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        session_ = &session;
        if (!set_tap_offload(tap_, session.features())) {
            log_(name_ + ": the TAP does not take the guest's offloads: " + std::strerror(errno));
            return false;
        }
        if (!set_tap_send_buffer(tap_, TapUser::process)) {
            log_(name_ + ": the TAP's send buffer: " + std::strerror(errno));
            return false;
        }
        receiver_.begin(session.queue(net::receive_queue), session.features() & net::feature::mergeable);
        transmitter_.begin(session.queue(net::transmit_queue));
        return true;
    }
    void notified(unsigned queue) override { queue == net::receive_queue ? receive() : transmit(); }
    void stop_queue(unsigned queue) override {
        if (queue == net::receive_queue) {
            receiver_.end();
            listen(listening_ & ~std::uint32_t{EPOLLIN});
        } else {
            transmitter_.end();
            listen(listening_ & ~std::uint32_t{EPOLLOUT});
        }
    }
    void reset() override {
        for (const unsigned queue : {net::receive_queue, net::transmit_queue})
            stop_queue(queue);
        session_ = nullptr;
    }

private:
    void listen(std::uint32_t events) {
        if (events == listening_ || gone_)
            return;
        if (!listening_)
            loop_.add(tap_, events, [this](std::uint32_t ready) { tap_ready(ready); });
        else if (!events)
            loop_.remove(tap_);
        else
            loop_.change(tap_, events);
        listening_ = events;
    }

    void tap_ready(std::uint32_t ready) {
        if (ready & EPOLLERR) {
            interface_is_gone();
            return;
        }
        if (ready & EPOLLIN)
            receive();
        if (ready & EPOLLOUT)
            transmit();
    }

    void receive() {
        if (!session_ || gone_)
            return;
        switch (receiver_.receive(tap_)) {
        case Receiver::Result::more: // perhaps with a packet that is not in the TAP any more
            loop_.later([this] { receive(); });
            [[fallthrough]];
        case Receiver::Result::drained: listen(listening_ | EPOLLIN); break;
        case Receiver::Result::starved: listen(listening_ & ~std::uint32_t{EPOLLIN}); break;
        case Receiver::Result::failed: interface_is_gone(); break;
        }
    }

    void transmit() {
        const Transmitter::Result result = transmitter_.transmit(gone_ ? -1 : tap_);
        const bool waits = result == Transmitter::Result::full;
        listen(waits ? listening_ | EPOLLOUT : listening_ & ~std::uint32_t{EPOLLOUT});
        if (result == Transmitter::Result::more)
            loop_.later([this] { transmit(); });
    }

    void interface_is_gone() {
        log_(name_ + ": the TAP interface was deleted; the link is down until the back end starts anew");
        listen(0);
        gone_ = true;
        configuration_.status = 0;
        if (session_)
            session_->config_changed();
    }

    Loop& loop_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    int tap_;
    std::uint64_t features_;
    net::Configuration configuration_;
    Session* session_ = nullptr;
    Receiver receiver_;
    Transmitter transmitter_;
    std::uint32_t listening_ = 0;
    bool gone_ = false;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_tap_net(const DeviceSettings& settings, const Surroundings& surroundings) {
    return std::unique_ptr<BackEnd>(std::make_unique<TapNet>(settings, surroundings));
}

} // namespace amp::virtio
