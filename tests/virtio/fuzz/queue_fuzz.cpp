// SPDX-License-Identifier: GPL-2.0-only
// A guest that makes up rings, descriptors and moments, for a queue whose worker now and then dies or left nonsense. The
// input is a list of acts with their arguments; values are near the sensible ones often enough to get deep.
#include <array>
#include <cstring>
#include <memory>

#include "amp/virtio/queue.hpp"
#include "input.hpp"
#include "support/driver.hpp"
#include "support/rig.hpp"

using namespace amp::virtio;
using amp::fuzz::Input;
using amp::fuzz::must;
using amp::test::Driver;
using amp::test::ram_gpa;

namespace {

constexpr std::uint64_t second_bytes = 0x100; // touches the first region in the guest, not here

class Fuzz {
public:
    Fuzz(Input& input, std::uint8_t choice)
        : input_(input), features_(feature::version_1 | ((choice & 1) != 0 ? feature::indirect_desc : 0) |
                                   ((choice & 2) != 0 ? feature::event_idx : 0)),
          first_(static_cast<std::byte*>(std::aligned_alloc(4096, amp::test::ram_bytes))), second_(new Second),
          driver_(first_.get(), static_cast<std::uint16_t>(1u << ((choice >> 2) % 5)), (choice & 2) != 0),
          state_(std::make_unique<QueueState>()) {
        const MemoryRegion regions[] = {{ram_gpa, amp::test::ram_bytes, first_.get()},
                                        {ram_gpa + amp::test::ram_bytes, second_bytes, second_->bytes}};
        memory_ = std::make_unique<GuestMemory>(GuestMemory::over(regions).value());
        std::memset(first_.get() + Driver::buffers_offset, 0, amp::test::ram_bytes - Driver::buffers_offset);
        driver_.describe(*state_);
        restart();
    }

    void act() {
        switch (input_.byte() % 16) {
        case 0:
        case 1: driver_.descriptor(input_.byte() % 16u) = descriptor(); break;
        case 2: driver_.indirect(input_.byte() % size(), input_.byte() % 16u) = descriptor(); break;
        case 3:
        case 4: driver_.offer(static_cast<std::uint16_t>(input_.byte() % (size() + 1))); break;
        case 5: driver_.available_index() = input_.half(); break;
        case 6:
        case 7: pop(); break;
        case 8: queue_->complete(input_.half(), input_.word()); break;
        case 9: queue_->complete(chain_.head(), static_cast<std::uint32_t>(chain_.writable_bytes())); break;
        case 10: queue_->flush(); break;
        case 11: (input_.byte() & 1) != 0 ? queue_->disable_notifications() : void(queue_->enable_notifications()); break;
        case 12: first_[input_.half()] = std::byte{input_.byte()}; break;
        case 13: replace(); break;
        case 14:
        case 15: offer_well(); break;
        }
        must(queue_->in_flight() <= queue_->size()); // the size in a state that was changed may be another
    }

private:
    struct Free {
        void operator()(std::byte* memory) const { std::free(memory); }
    };
    struct Second {
        alignas(16) std::byte bytes[second_bytes];
    };

    // What a good driver would offer: the way to the deeper places.
    void offer_well() {
        std::array<amp::test::Buffer, 4> buffers{};
        const std::size_t count = 1 + input_.byte() % buffers.size();
        const std::size_t readable = input_.byte() % (count + 1);
        for (std::size_t i = 0; i < count; i++) {
            const std::uint64_t places[] = {Driver::gpa_of(Driver::buffers_offset) + input_.byte(),
                                            ram_gpa + amp::test::ram_bytes - input_.byte() % 64u};
            buffers[i] = {places[i % 2], input_.byte() % 64u, i >= readable};
        }
        driver_.add(std::span(buffers).first(count), (input_.byte() & 1) != 0);
        driver_.show();
        driver_.collect();
    }

    std::uint32_t size() const { return driver_.size(); }

    Descriptor descriptor() {
        const std::uint8_t kind = input_.byte();
        const std::uint64_t addresses[] = {
            ram_gpa + Driver::buffers_offset + input_.byte(), driver_.indirect_gpa(kind % size()),
            ram_gpa + amp::test::ram_bytes - (kind & 31), ram_gpa + amp::test::ram_bytes + second_bytes - (kind & 31),
            ram_gpa + input_.half(), input_.number(8), UINT64_MAX - (kind & 31), 0};
        const std::uint32_t lengths[] = {input_.byte(), (kind & 15u) * 16u, 0, input_.word()};
        return {addresses[kind % 8], lengths[(kind >> 3) % 4], static_cast<std::uint16_t>(input_.byte() & 7),
                static_cast<std::uint16_t>(input_.byte() % (size() + 2))};
    }

    bool is_inside(const iovec& piece) const {
        const auto* place = static_cast<const std::byte*>(piece.iov_base);
        const auto inside = [place, &piece](const std::byte* base, std::size_t bytes) {
            return place >= base && place < base + bytes && piece.iov_len <= static_cast<std::size_t>(base + bytes - place);
        };
        return piece.iov_len != 0 && (inside(first_.get(), amp::test::ram_bytes) || inside(second_->bytes, second_bytes));
    }

    void pop() {
        if (!queue_->pop(chain_)) {
            return;
        }
        std::uint64_t readable = 0;
        std::uint64_t writable = 0;
        for (const iovec& piece : chain_.readable()) {
            must(is_inside(piece));
            readable += piece.iov_len;
        }
        for (const iovec& piece : chain_.writable()) {
            must(is_inside(piece));
            writable += piece.iov_len;
        }
        must(readable == chain_.readable_bytes() && writable == chain_.writable_bytes());
        must(chain_.readable().size() + chain_.writable().size() <= chain_max);
        std::byte bytes[300];
        chain_.read(input_.byte(), bytes);
        chain_.write(input_.byte(), bytes);
    }

    // The next worker; before it, perhaps, a reset, or a worker that was the guest's wrote the state.
    void replace() {
        const std::uint8_t how = input_.byte();
        if (how % 4 == 1) {
            *state_ = {};
            driver_.describe(*state_);
            driver_.restart();
        } else if (how % 4 == 2) {
            auto bytes = std::as_writable_bytes(std::span(state_.get(), 1));
            const unsigned near = how >> 2;
            const std::size_t places[] = {input_.half() % bytes.size(), offsetof(QueueState, size) + near,
                                          offsetof(QueueState, in_flight) + near, offsetof(QueueState, log) + near};
            bytes[places[input_.byte() % 4]] = std::byte{input_.byte()};
        }
        restart();
    }

    // A worker without a queue that starts has none; only a reset helps.
    void restart() {
        queue_ = std::make_unique<Queue>(*memory_, *state_, 0, owner_);
        if (!queue_->start(features_)) {
            must(queue_->is_broken());
            *state_ = {};
            driver_.describe(*state_);
            driver_.restart();
            queue_ = std::make_unique<Queue>(*memory_, *state_, 0, owner_);
            must(queue_->start(features_));
        }
    }

    Input& input_;
    std::uint64_t features_;
    std::unique_ptr<std::byte[], Free> first_;
    std::unique_ptr<Second> second_;
    Driver driver_;
    std::unique_ptr<QueueState> state_;
    std::unique_ptr<GuestMemory> memory_;
    amp::test::Owner owner_;
    std::unique_ptr<Queue> queue_;
    Chain chain_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    Fuzz fuzz(input, input.byte());
    while (!input.empty()) {
        fuzz.act();
    }
    return 0;
}
