// SPDX-License-Identifier: GPL-2.0-only
// The socket device (virtio 1.2, 5.10), served by the kernel's vhost-vsock; only the event queue is ours. Connections do not
// outlive a worker, so that the next tells the driver to give up those it had.
#include "amp/virtio/devices/back_end.hpp"
#include "configuration_bytes.hpp"
#include "vhost.hpp"
#include "vhost_calls.hpp"

#include <cerrno>
#include <cstring>

namespace amp::virtio {
namespace {

constexpr unsigned vhost_queues = 2; // receive, transmit
constexpr unsigned event_queue = 2;
constexpr std::uint64_t seqpacket = feature::bit(1);
constexpr std::uint32_t event_transport_reset = 0;

struct Configuration {
    std::uint64_t guest_cid;
};

class VhostVsock final : public BackEnd {
public:
    VhostVsock(const DeviceSettings& settings, const Surroundings& surroundings, Vhost vhost)
        : loop_(surroundings.loop), port_(surroundings.port), log_(surroundings.log), name_(settings.name), vhost_(std::move(vhost)),
          configuration_{settings.cid} {}

    std::uint32_t id() const override { return facts_of(DeviceType::vsock).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::vsock).queues; }
    std::uint64_t features() const override { return vhost_.features() & seqpacket; }
    std::uint64_t ring_features() const override { return vhost_.ring_features(); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        session_ = &session;
        auto prepared = vhost_.prepare(session, vhost_queues, loop_, port_, [this](unsigned queue) { refused(queue); });
        if (!prepared) {
            log_(name_ + ": vhost-vsock: " + prepared.error());
            return false;
        }
        if (!set_running(1)) {
            log_(name_ + ": VHOST_VSOCK_SET_RUNNING: " + std::strerror(errno));
            return false;
        }
        if (session.resumed())
            report_reset(session.queue(event_queue));
        return true;
    }
    void notified(unsigned) override {}
    void stop_queue(unsigned queue) override {
        if (queue == event_queue)
            return;
        set_running(0); // of both; a driver that stops one stops the device
        vhost_.stop_queue(queue);
    }
    void reset() override {
        if (!std::exchange(session_, nullptr))
            return;
        for (unsigned queue = 0; queue < vhost_queues; ++queue)
            stop_queue(queue);
    }

private:
    void refused(unsigned queue) {
        stop_queue(queue);
        if (Queue* broken = session_->queue(queue))
            broken->give_up(QueueError::refused);
    }
    bool set_running(int running) { return ::ioctl(vhost_.descriptor(), VHOST_VSOCK_SET_RUNNING, &running) == 0; }

    static void report_reset(Queue* queue) {
        Chain chain;
        if (!queue || !queue->pop(chain))
            return;
        const bool told = chain.write_value(0, event_transport_reset);
        queue->complete(chain.head(), told ? sizeof(event_transport_reset) : 0);
        queue->flush();
    }

    Loop& loop_;
    DevicePort& port_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    Vhost vhost_;
    Configuration configuration_;
    Session* session_ = nullptr;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_vsock(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto vhost = Vhost::open("/dev/vhost-vsock", "vhost_vsock", surroundings.memory);
    if (!vhost)
        return Err{vhost.error()};
    std::uint64_t cid = settings.cid;
    if (::ioctl(vhost->descriptor(), VHOST_VSOCK_SET_GUEST_CID, &cid) != 0)
        return Err{"vsock CID " + std::to_string(cid) + ": " + std::strerror(errno) +
                   (errno == EADDRINUSE ? "; another guest has it" : "")};
    return std::unique_ptr<BackEnd>(std::make_unique<VhostVsock>(settings, surroundings, std::move(*vhost)));
}

} // namespace amp::virtio
