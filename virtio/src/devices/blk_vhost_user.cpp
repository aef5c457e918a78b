// SPDX-License-Identifier: GPL-2.0-only
// The block device (virtio 1.2, 5.2) of a vhost-user back end: its configuration and its features, as far as this file knows them.
// A request that is forgotten would never end: where a back end's death leaves it unknown which were in flight, the driver is asked
// for a reset.
#include "amp/virtio/devices/back_end.hpp"
#include "blk_layout.hpp"
#include "vhost_user.hpp"

#include <cstring>
#include <utility>

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
        vhost_user::Kind kind;
        kind.name = name_;
        kind.log = log_;
        kind.compare = [this](auto before, auto now) { return compare(before, now); };
        kind.at_start = [this](FrontEnd&, Session& session) { tell_writeback(session); };
        front_end_.watch(loop_, std::move(kind));
    }
    ~VhostUserDisk() override { front_end_.stop_watching(loop_); }

    std::uint32_t id() const override { return facts_of(DeviceType::blk).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::blk).queues; }
    std::uint16_t queue_size_max(unsigned) const override { return FrontEnd::queue_size; }
    std::uint64_t features() const override { return front_end_.features() & known_features; }
    std::uint64_t ring_features() const override { return front_end_.ring_features(); }
    [[nodiscard]] bool takes_kicks() const override { return true; }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        const std::span<const std::byte> configuration = front_end_.config();
        for (std::size_t i = 0; i < to.size() && offset + i < configuration.size(); ++i)
            to[i] = configuration[offset + i];
    }
    void write_config(std::uint32_t offset, std::span<const std::byte> from) override {
        // The one field that a driver writes (5.2.5.2).
        if (!(features_ & blk::feature::config_wce) || offset != writeback_at || from.size() != 1)
            return;
        if (auto written = front_end_.write_config(offset, from); !written)
            log_(name_ + ": " + written.error());
    }

    bool activate(Session& session) override {
        features_ = session.features();
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
        front_end_.reset(port_);
    }

private:
    static constexpr std::size_t writeback_at = offsetof(blk::Configuration, writeback);

    // A disk may have grown; whatever else a driver has read holds until its reset. The write cache is as the driver left it.
    Outcome<Done> compare(std::span<const std::byte> before, std::span<std::byte> now) {
        std::uint64_t sectors_before = 0, sectors_now = 0;
        std::memcpy(&sectors_before, before.data(), sizeof(sectors_before));
        std::memcpy(&sectors_now, now.data(), sizeof(sectors_now));
        if (sectors_now < sectors_before)
            return Err{"has a disk of " + std::to_string(sectors_now) + " sectors, and the driver knows one of " +
                       std::to_string(sectors_before)};
        writeback_differs_ = now[writeback_at] != before[writeback_at];
        now[writeback_at] = before[writeback_at];
        if (std::memcmp(before.data() + sizeof(sectors_now), now.data() + sizeof(sectors_now), now.size() - sizeof(sectors_now)) != 0)
            return Err{std::string("has another block size or other limits than the driver knows")};
        return Done{};
    }

    void tell_writeback(Session& session) {
        if (std::exchange(writeback_differs_, false) && (session.features() & blk::feature::config_wce))
            front_end_.tell_config(writeback_at, front_end_.config().subspan(writeback_at, 1));
    }

    Loop& loop_;
    DevicePort& port_;
    std::function<void(const std::string&)> log_;
    std::string name_;
    FrontEnd front_end_;
    std::uint64_t features_ = 0; // of the session
    bool writeback_differs_ = false;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_vhost_user_disk(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto front_end = FrontEnd::open(settings.target, surroundings, facts_of(DeviceType::blk).queues);
    if (!front_end)
        return Err{front_end.error()};
    if (settings.read_only && !(front_end->features() & blk::feature::read_only))
        return Err{"the vhost-user back end at " + settings.target + ": lets a guest write, and the description says read-only; " +
                   "start the back end read-only, too"};
    if (auto configuration = front_end->read_config(configuration_bytes); !configuration)
        return Err{configuration.error()};
    return std::unique_ptr<BackEnd>(std::make_unique<VhostUserDisk>(settings, surroundings, std::move(*front_end)));
}

} // namespace amp::virtio
