// SPDX-License-Identifier: GPL-2.0-only
// The network device (virtio 1.2, 5.1) on a TAP, with the kernel's vhost-net on the rings. After a worker's death the next goes on
// at the used index in guest memory, which is right since vhost-net finishes in the order in which it takes.
#include "amp/virtio/devices/back_end.hpp"
#include "amp/virtio/devices/tap.hpp"
#include "configuration_bytes.hpp"
#include "net_layout.hpp"
#include "vhost.hpp"
#include "vhost_calls.hpp"

#include <cerrno>
#include <cstring>

namespace amp::virtio {
namespace {

class VhostNet final : public BackEnd {
public:
    VhostNet(const DeviceSettings& settings, const Surroundings& surroundings, Vhost vhost)
        : loop_(surroundings.loop), port_(surroundings.port), log_(surroundings.log), name_(settings.name), tap_(surroundings.lasting),
          vhost_(std::move(vhost)), configuration_(net::configuration_of(settings)), features_(net::features_of(settings)) {
        // vhost has a say in the header's form only; the offloads are the TAP's.
        if (!(vhost_.features() & net::feature::mergeable))
            features_ &= ~net::feature::mergeable;
    }

    std::uint32_t id() const override { return facts_of(DeviceType::net).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::net).queues; }
    std::uint64_t features() const override { return features_; }
    std::uint64_t ring_features() const override { return vhost_.ring_features(); }
    bool accepts(std::uint64_t features) const override { return net::features_agree(features); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        session_ = &session;
        auto prepared = vhost_.prepare(session, queue_count(), loop_, port_, [this](unsigned queue) { refused(queue); });
        if (!prepared) {
            log_(name_ + ": vhost-net: " + prepared.error());
            return false;
        }
        if (!set_tap_offload(tap_, session.features()))
            return fails("the TAP does not take the guest's offloads");
        if (!set_tap_send_buffer(tap_, TapUser::vhost))
            return fails("the TAP's send buffer");
        for (unsigned queue = 0; queue < queue_count(); ++queue)
            if (!set_backend(queue, tap_))
                return fails("VHOST_NET_SET_BACKEND");
        return true;
    }
    void notified(unsigned) override {}
    void stop_queue(unsigned queue) override {
        set_backend(queue, -1);
        vhost_.stop_queue(queue);
    }
    void reset() override {
        if (!std::exchange(session_, nullptr))
            return;
        for (unsigned queue = 0; queue < queue_count(); ++queue)
            stop_queue(queue);
    }

private:
    void refused(unsigned queue) {
        stop_queue(queue);
        if (Queue* broken = session_->queue(queue))
            broken->give_up(QueueError::refused);
    }
    bool set_backend(unsigned queue, int fd) {
        vhost_vring_file file{queue, fd};
        return ::ioctl(vhost_.descriptor(), VHOST_NET_SET_BACKEND, &file) == 0;
    }
    bool fails(const char* what) {
        log_(name_ + ": vhost-net: " + what + ": " + std::strerror(errno));
        return false;
    }

    Loop& loop_;
    DevicePort& port_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    int tap_;
    Vhost vhost_;
    net::Configuration configuration_;
    std::uint64_t features_;
    Session* session_ = nullptr;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_net(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto vhost = Vhost::open("/dev/vhost-net", "vhost_net", surroundings.memory);
    if (!vhost)
        return Err{vhost.error() + "; or use the back end tap:" + settings.target + ", which needs no vhost"};
    return std::unique_ptr<BackEnd>(std::make_unique<VhostNet>(settings, surroundings, std::move(*vhost)));
}

} // namespace amp::virtio
