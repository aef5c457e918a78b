// SPDX-License-Identifier: GPL-2.0-only
// The block device (virtio 1.2, 5.2) of a vhost-user back end: its configuration and its features, as far as this file knows them.
// After a worker's or a back end's death nobody knows which requests were in flight, and one that is forgotten would never end:
// the driver is asked for a reset.
#include "amp/virtio/devices/back_end.hpp"
#include "blk_layout.hpp"
#include "vhost_user.hpp"

#include <cstring>

namespace amp::virtio {
namespace {

using vhost_user::FrontEnd;

// Up to write_zeroes_may_unmap and its padding: what each back end has, whatever came later.
constexpr std::uint32_t configuration_bytes = 60;

constexpr std::uint64_t known_features = blk::feature::size_max | blk::feature::seg_max | blk::feature::geometry |
                                         blk::feature::read_only | blk::feature::block_size | blk::feature::flush |
                                         blk::feature::topology | blk::feature::config_wce | blk::feature::discard |
                                         blk::feature::write_zeroes;

class VhostUserDisk final : public BackEnd {
public:
    VhostUserDisk(const DeviceSettings& settings, const Surroundings& surroundings, FrontEnd front_end)
        : loop_(surroundings.loop), port_(surroundings.port), log_(surroundings.log), name_(settings.name),
          front_end_(std::move(front_end)) {
        front_end_.watch(loop_);
    }
    ~VhostUserDisk() override { front_end_.stop_watching(loop_); }

    Outcome<Done> take_configuration() {
        auto bytes = front_end_.read_config(configuration_bytes);
        if (!bytes)
            return Err{bytes.error()};
        configuration_ = std::move(*bytes);
        return Done{};
    }

    std::uint32_t id() const override { return facts_of(DeviceType::blk).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::blk).queues; }
    std::uint16_t queue_size_max(unsigned) const override { return FrontEnd::queue_size; }
    std::uint64_t features() const override { return front_end_.features() & known_features; }
    std::uint64_t ring_features() const override { return front_end_.ring_features(); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        for (std::size_t i = 0; i < to.size() && offset + i < configuration_.size(); ++i)
            to[i] = configuration_[offset + i];
    }
    void write_config(std::uint32_t offset, std::span<const std::byte> from) override {
        // The one field that a driver writes (5.2.5.2).
        if (!(features_ & blk::feature::config_wce) || offset != offsetof(blk::Configuration, writeback) || from.size() != 1)
            return;
        if (auto written = front_end_.write_config(offset, from); !written)
            log_(name_ + ": " + written.error());
        else if (auto taken = take_configuration(); !taken)
            log_(name_ + ": " + taken.error());
    }

    bool activate(Session& session) override {
        if (session.resumed()) {
            log_(name_ + ": the connection to the back end was lost, and nobody knows which requests were in flight; the driver is " +
                 "asked for a reset");
            return false;
        }
        features_ = session.features();
        active_ = true;
        if (auto started = front_end_.start(session, port_); !started) {
            log_(name_ + ": " + started.error());
            return false;
        }
        return true;
    }
    void notified(unsigned queue) override { front_end_.kick(queue); }
    void stop_queue(unsigned queue) override { front_end_.stop_queue(queue, port_); }
    void reset() override {
        features_ = 0;
        if (std::exchange(active_, false))
            stop_queue(0);
    }

private:
    Loop& loop_;
    DevicePort& port_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    FrontEnd front_end_;
    std::vector<std::byte> configuration_;
    std::uint64_t features_ = 0; // of the session
    bool active_ = false;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_user_disk(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto front_end = FrontEnd::open(settings.target, surroundings, facts_of(DeviceType::blk).queues);
    if (!front_end)
        return Err{front_end.error()};
    if (settings.read_only && !(front_end->features() & blk::feature::read_only))
        return Err{"the vhost-user back end at " + settings.target + ": lets a guest write, and the description says read-only; " +
                   "start the back end read-only, too"};
    auto disk = std::make_unique<VhostUserDisk>(settings, surroundings, std::move(*front_end));
    if (auto taken = disk->take_configuration(); !taken)
        return Err{taken.error()};
    return std::unique_ptr<BackEnd>(std::move(disk));
}

} // namespace amp::virtio
