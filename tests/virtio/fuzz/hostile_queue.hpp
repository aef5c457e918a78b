// SPDX-License-Identifier: GPL-2.0-only
// A queue whose driver makes up rings and descriptors, for fuzz targets of what stands behind a queue. Each act is one that a good
// driver would do, or a word that none would write; values are near the sensible ones.
#ifndef AMP_TESTS_VIRTIO_FUZZ_HOSTILE_QUEUE_HPP
#define AMP_TESTS_VIRTIO_FUZZ_HOSTILE_QUEUE_HPP

#include <array>

#include "input.hpp"
#include "support/rig.hpp"

namespace amp::fuzz {

class HostileQueue {
public:
    // What a device expects at the begin of a chain.
    using Contents = std::size_t (*)(Input& input, std::byte* place);

    explicit HostileQueue(Input& input, Contents contents) : input_(input), contents_(contents), rig(16) {}

    void act() {
        switch (input_.byte() % 8) {
        case 0: rig.driver.descriptor(input_.byte() % 16u) = descriptor(); break;
        case 1: rig.driver.indirect(input_.byte() % 16u, input_.byte() % 16u) = descriptor(); break;
        case 2: rig.driver.offer(static_cast<std::uint16_t>(input_.byte() % 17)); break;
        case 3: rig.ram.data()[input_.half()] = std::byte{input_.byte()}; break;
        case 4: rig.driver.collect(); break;
        default: offer_well(); break;
        }
    }

    // As after a reset, where the queue is broken.
    bool mend() {
        if (!rig.queue->is_broken())
            return false;
        *rig.state = {};
        rig.driver.describe(*rig.state);
        rig.driver.restart();
        must(rig.restart());
        return true;
    }

private:
    std::uint32_t length() {
        const std::uint32_t lengths[] = {input_.byte() % 20u, input_.byte(), input_.half(), 512u * (input_.byte() % 8u)};
        return lengths[input_.byte() % 4];
    }

    virtio::Descriptor descriptor() {
        const std::uint8_t kind = input_.byte();
        const std::uint64_t addresses[] = {rig.buffer(input_.byte()), rig.driver.indirect_gpa(kind % 16u),
                                           test::ram_gpa + test::ram_bytes - (kind & 31), input_.number(8)};
        return {addresses[kind % 4], length(), static_cast<std::uint16_t>(input_.byte() & 7),
                static_cast<std::uint16_t>(input_.byte() % 18)};
    }

    void offer_well() {
        std::array<test::Buffer, 5> buffers{};
        const std::size_t count = 1 + input_.byte() % buffers.size();
        const std::size_t readable = input_.byte() % (count + 1);
        const std::size_t begin = contents_(input_, rig.buffer_bytes());
        for (std::size_t i = 0; i < count; i++) {
            const bool whole = i == 0 && input_.byte() % 4 != 0;
            buffers[i] = {rig.buffer(0x800 * i), whole ? static_cast<std::uint32_t>(begin) : length(), i >= readable};
        }
        rig.driver.collect();
        if (!rig.driver.add(std::span(buffers).first(count), (input_.byte() & 1) != 0))
            rig.driver.collect();
        rig.driver.show();
    }

    Input& input_;
    Contents contents_;

public:
    test::Rig rig;
};

} // namespace amp::fuzz

#endif
