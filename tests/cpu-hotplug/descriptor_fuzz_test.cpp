// SPDX-License-Identifier: GPL-2.0-only
// Hostile bytes: whatever the descriptor check accepts must satisfy what the rest of the module takes for granted, and it may
// never read beyond the blob (the sanitizer watches). Same numbers on every run.
#include "descriptor.h"

#include <cerrno>
#include <random>

#include <catch2/catch.hpp>

#include "descriptor_builder.hpp"

using namespace amp::test;

namespace {

constexpr unsigned rounds = 300000;

// Values that wrap, sign-flip or sit on a border.
uint64_t nasty(std::mt19937_64& random) {
    static const uint64_t values[] = {0, 1, 7, 8, 31, 32, 63, 64, 0xff, 0x1000, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
                                      0xfffffff8, 0xffffffff, 0x100000000, AMP_GPA_LIMIT, 0xfffffffffffff000, ~0ull};
    return (random() & 1) != 0 ? values[random() % (sizeof(values) / sizeof(values[0]))] : random();
}

void mutate(std::vector<uint8_t>& bytes, std::mt19937_64& random) {
    for (uint64_t n = 1 + random() % 3; n != 0; --n) {
        const size_t width = size_t{1} << random() % 4;
        const size_t at = random() % (bytes.size() / width) * width;
        const uint64_t value = nasty(random);
        std::memcpy(bytes.data() + at, &value, width);
    }
}

template <class T>
const T* array(const std::vector<uint8_t>& bytes, uint32_t offset, uint32_t count) {
    REQUIRE(offset % 8 == 0);
    REQUIRE(uint64_t{offset} + uint64_t{count} * sizeof(T) <= bytes.size());
    return reinterpret_cast<const T*>(bytes.data() + offset);
}

bool apart(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size) { return a + a_size <= b || b + b_size <= a; }

// What virtio*.c and the monitor rely on: indices below the arrays' sizes, and a window that is nobody else's.
void require_sound_virtio(const std::vector<uint8_t>& bytes) {
    const auto& d = *reinterpret_cast<const amp_partition*>(bytes.data());
    REQUIRE(d.virtio_count <= AMP_VIRTIO_MAX);
    const auto* device = array<amp_virtio>(bytes, d.virtio_offset, d.virtio_count);
    const auto* region = array<amp_region>(bytes, d.region_offset, d.region_count);
    for (uint32_t i = 0; i < d.virtio_count; ++i) {
        REQUIRE(device[i].queue_count <= AMP_VIRTIO_QUEUES_MAX);
        REQUIRE(device[i].intid < AMP_INTID_LIMIT);
        REQUIRE(std::memchr(device[i].name, 0, AMP_NAME_SIZE) != nullptr);
    }
    if (d.virtio_gpa == 0) {
        REQUIRE(d.virtio_count == 0);
        return;
    }
    REQUIRE(d.virtio_gpa <= AMP_GPA_LIMIT - AMP_VIRTIO_WINDOW);
    for (uint32_t i = 0; i < d.region_count; ++i) {
        REQUIRE(apart(d.virtio_gpa, AMP_VIRTIO_WINDOW, region[i].gpa, region[i].size));
    }
}

// Written anew, not shared with the check: what memory.c, channel.c and the monitor rely on.
void require_sound(const std::vector<uint8_t>& bytes) {
    const auto& d = *reinterpret_cast<const amp_partition*>(bytes.data());
    REQUIRE(d.size == bytes.size());
    REQUIRE(d.core_count == 1);
    REQUIRE(d.channel_count <= AMP_CHANNELS_MAX);
    array<amp_core>(bytes, d.core_offset, d.core_count);
    array<amp_irq>(bytes, d.irq_offset, d.irq_count);
    const auto* region = array<amp_region>(bytes, d.region_offset, d.region_count);
    const auto* channel = array<amp_channel>(bytes, d.channel_offset, d.channel_count);
    uint64_t memory_of_channel[AMP_CHANNELS_MAX] = {};
    for (uint32_t i = 0; i < d.region_count; ++i) {
        REQUIRE(region[i].size != 0);
        REQUIRE(region[i].gpa + region[i].size <= AMP_GPA_LIMIT);
        REQUIRE((region[i].gpa | region[i].size | region[i].pa) % AMP_PAGE_SIZE == 0);
        for (uint32_t j = 0; j < i; ++j) {
            REQUIRE(apart(region[i].gpa, region[i].size, region[j].gpa, region[j].size));
        }
        if (region[i].kind == AMP_REGION_CHANNEL) {
            REQUIRE(region[i].channel < d.channel_count);
            memory_of_channel[region[i].channel] += region[i].size;
        }
    }
    for (uint32_t i = 0; i < d.channel_count; ++i) {
        REQUIRE(memory_of_channel[i] == channel[i].size);
        REQUIRE(channel[i].side <= 1);
        REQUIRE(std::memchr(channel[i].name, 0, AMP_NAME_SIZE) != nullptr);
        REQUIRE(std::memchr(channel[i].peer, 0, AMP_NAME_SIZE) != nullptr);
    }
    REQUIRE(std::memchr(d.name, 0, AMP_NAME_SIZE) != nullptr);
    require_sound_virtio(bytes);
}

std::vector<uint8_t> valid_bytes() {
    const Blob b = make_blob();
    std::vector<uint8_t> bytes(sizeof(b));
    std::memcpy(bytes.data(), &b, sizeof(b));
    return bytes;
}

} // namespace

TEST_CASE("a mutated descriptor is refused with a reason, or sound") {
    std::mt19937_64 random(20261122);
    const std::vector<uint8_t> original = valid_bytes();
    unsigned accepted = 0;
    amp_report report{};
    for (unsigned i = 0; i < rounds; ++i) {
        std::vector<uint8_t> bytes = original;
        mutate(bytes, random);
        const int error = check_bytes(bytes.data(), bytes.size(), report);
        if (error == 0) {
            require_sound(bytes);
            ++accepted;
        } else if (error != -EINVAL || report.status == AMP_STATUS_OK) {
            FAIL("refused without a reason in round " << i);
        }
    }
    // the fuzz is worth nothing if it never, or always, gets past the check
    CHECK(accepted > rounds / 100);
    CHECK(accepted < rounds / 2);
}

TEST_CASE("a cut descriptor is refused at every length") {
    const std::vector<uint8_t> original = valid_bytes();
    amp_report report{};
    for (size_t size = 0; size < original.size(); ++size) {
        std::vector<uint8_t> bytes(original.begin(), original.begin() + static_cast<std::ptrdiff_t>(size));
        if (size >= sizeof(amp_partition)) {
            reinterpret_cast<amp_partition*>(bytes.data())->size = static_cast<uint32_t>(size);
        }
        CHECK(check_bytes(bytes.data(), size, report) == -EINVAL);
    }
}

TEST_CASE("random bytes behind a good header are refused or sound") {
    std::mt19937_64 random(1);
    amp_report report{};
    for (unsigned i = 0; i < 20000; ++i) {
        std::vector<uint8_t> bytes = valid_bytes();
        for (size_t at = sizeof(amp_partition); at < bytes.size(); ++at) {
            bytes[at] = static_cast<uint8_t>(random());
        }
        if (check_bytes(bytes.data(), bytes.size(), report) == 0) {
            require_sound(bytes);
        }
    }
}
