// SPDX-License-Identifier: GPL-2.0-only
// The entropy device (virtio 1.2, 5.4): fills buffers from the kernel's generator. It has no features, no configuration, and no
// state of its own.
#include "amp/virtio/devices/back_end.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/random.h>

namespace amp::virtio {
namespace {

// A chain gets no more, so that a huge one keeps nobody waiting; the driver asks again.
constexpr std::size_t chain_limit = 4096;
constexpr unsigned batch = 64;

class Rng final : public BackEnd {
public:
    explicit Rng(const Surroundings& surroundings) : loop_(surroundings.loop) {}

    std::uint32_t id() const override { return facts_of(DeviceType::rng).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::rng).queues; }
    std::uint64_t features() const override { return 0; }
    void read_config(std::uint32_t, std::span<std::byte>) const override {}

    bool activate(Session& session) override {
        queue_ = session.queue(0);
        return true;
    }
    void notified(unsigned) override { serve(); }
    void stop_queue(unsigned) override { queue_ = nullptr; }
    void reset() override { queue_ = nullptr; }

private:
    void serve() {
        for (unsigned done = 0; queue_;) {
            queue_->disable_notifications();
            while (done < batch && queue_->pop(chain_)) {
                queue_->complete(chain_.head(), fill());
                ++done;
            }
            queue_->flush();
            if (done >= batch) {
                loop_.later([this] { serve(); });
                return;
            }
            if (queue_->enable_notifications())
                return;
        }
    }

    std::uint32_t fill() {
        std::size_t filled = 0;
        for (const iovec& piece : chain_.writable()) {
            const std::size_t wanted = std::min(piece.iov_len, chain_limit - filled);
            const ssize_t got = wanted ? ::getrandom(piece.iov_base, wanted, 0) : 0;
            if (got <= 0)
                break;
            filled += static_cast<std::size_t>(got);
        }
        return static_cast<std::uint32_t>(filled);
    }

    Loop& loop_;
    Queue* queue_ = nullptr;
    Chain chain_;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_rng(const DeviceSettings&, const Surroundings& surroundings) {
    return std::unique_ptr<BackEnd>(std::make_unique<Rng>(surroundings));
}

} // namespace amp::virtio
