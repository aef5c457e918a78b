// SPDX-License-Identifier: GPL-2.0-only
// The network device (virtio 1.2, 5.1) of a vhost-user back end: frames, offloads and the header's form are the back end's,
// address, MTU and link state our configuration's. After a worker's or a back end's death the next goes on at the used index in
// guest memory, which is right for back ends that finish in the order in which they take; frames may be lost, as on a wire.
#include "amp/virtio/devices/back_end.hpp"
#include "configuration_bytes.hpp"
#include "net_layout.hpp"
#include "vhost_user.hpp"

#include <utility>

namespace amp::virtio {
namespace {

using vhost_user::FrontEnd;

// What a back end need not know of, since the configuration space is ours.
constexpr std::uint64_t features_of_configuration = net::feature::mac | net::feature::mtu | net::feature::status;

std::uint64_t offered(const DeviceSettings& settings, const FrontEnd& front_end) {
    return net::without_unmet(net::features_of(settings) & (front_end.features() | features_of_configuration));
}

class VhostUserNet final : public BackEnd {
public:
    VhostUserNet(const DeviceSettings& settings, const Surroundings& surroundings, FrontEnd front_end)
        : loop_(surroundings.loop), port_(surroundings.port), log_(surroundings.log), name_(settings.name),
          front_end_(std::move(front_end)), configuration_(net::configuration_of(settings)),
          features_(offered(settings, front_end_)) {
        front_end_.watch(loop_);
    }
    ~VhostUserNet() override { front_end_.stop_watching(loop_); }

    std::uint32_t id() const override { return facts_of(DeviceType::net).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::net).queues; }
    std::uint16_t queue_size_max(unsigned) const override { return FrontEnd::queue_size; }
    std::uint64_t features() const override { return features_; }
    std::uint64_t ring_features() const override { return front_end_.ring_features(); }
    bool accepts(std::uint64_t features) const override { return net::features_agree(features); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        active_ = true;
        // Before the rings: a back end looks at it when they start.
        if (session.features() & net::feature::mtu)
            if (auto told = front_end_.tell_mtu(configuration_.mtu); !told)
                return fails(told.error());
        if (auto started = front_end_.start(session, port_); !started)
            return fails(started.error());
        return true;
    }
    void notified(unsigned queue) override { front_end_.kick(queue); }
    void stop_queue(unsigned queue) override { front_end_.stop_queue(queue, port_); }
    void reset() override {
        if (!std::exchange(active_, false))
            return;
        for (unsigned queue = 0; queue < queue_count(); ++queue)
            stop_queue(queue);
    }

private:
    bool fails(const std::string& why) {
        log_(name_ + ": " + why);
        return false;
    }

    Loop& loop_;
    DevicePort& port_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    FrontEnd front_end_;
    net::Configuration configuration_;
    std::uint64_t features_;
    bool active_ = false;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_user_net(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto front_end = FrontEnd::open(settings.target, surroundings, facts_of(DeviceType::net).queues);
    if (!front_end)
        return Err{front_end.error()};
    return std::unique_ptr<BackEnd>(std::make_unique<VhostUserNet>(settings, surroundings, std::move(*front_end)));
}

} // namespace amp::virtio
