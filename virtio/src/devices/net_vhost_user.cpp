// SPDX-License-Identifier: GPL-2.0-only
// The network device (virtio 1.2, 5.1) of a vhost-user back end: frames, offloads and the header's form are the back end's,
// address, MTU and link state our configuration's. After a back end's death the next goes on at the used index in guest memory,
// which is right for back ends that finish in the order in which they take; frames may be lost, as on a wire.
#include "amp/virtio/devices/back_end.hpp"
#include "configuration_bytes.hpp"
#include "net_layout.hpp"
#include "vhost_user.hpp"

namespace amp::virtio {
namespace {

using vhost_user::FrontEnd;

// What a back end need not know of, since the configuration space is ours.
constexpr std::uint64_t features_of_configuration = net::feature::mac | net::feature::mtu | net::feature::status;

class VhostUserNet final : public BackEnd {
public:
    VhostUserNet(const DeviceSettings& settings, const Surroundings& surroundings, FrontEnd front_end)
        : loop_(surroundings.loop), port_(surroundings.port), log_(surroundings.log), name_(settings.name),
          front_end_(std::move(front_end)), configuration_(net::configuration_of(settings)), supported_(net::features_of(settings)) {
        vhost_user::Kind kind;
        kind.name = name_;
        kind.log = log_;
        kind.may_lose_requests = true;
        kind.at_start = [this](FrontEnd&, Session& session) { tell_mtu(session); };
        front_end_.watch(loop_, std::move(kind));
    }
    ~VhostUserNet() override { front_end_.stop_watching(loop_); }

    std::uint32_t id() const override { return facts_of(DeviceType::net).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::net).queues; }
    std::uint16_t queue_size_max(unsigned) const override { return FrontEnd::queue_size; }
    std::uint64_t features() const override {
        return net::without_unmet(supported_ & (front_end_.features() | features_of_configuration));
    }
    std::uint64_t ring_features() const override { return front_end_.ring_features(); }
    bool accepts(std::uint64_t features) const override { return net::features_agree(features); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        if (auto started = front_end_.start(session, port_); !started)
            return fails(started.error());
        return true;
    }
    void notified(unsigned queue) override { front_end_.kick(queue); }
    void stop_queue(unsigned queue) override { front_end_.stop_queue(queue, port_); }
    void reset() override { front_end_.reset(port_); }

private:
    void tell_mtu(Session& session) {
        if ((session.features() & net::feature::mtu) && front_end_.has(vhost_user::protocol_feature::net_mtu))
            front_end_.tell(vhost_user::Request::net_set_mtu, std::uint64_t{configuration_.mtu});
    }
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
    std::uint64_t supported_;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_user_net(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto front_end = FrontEnd::open(settings.target, surroundings, facts_of(DeviceType::net).queues);
    if (!front_end)
        return Err{front_end.error()};
    return std::unique_ptr<BackEnd>(std::make_unique<VhostUserNet>(settings, surroundings, std::move(*front_end)));
}

} // namespace amp::virtio
