// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/emit.hpp"

#include <catch2/catch.hpp>
#include <cstring>

#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

template <typename T>
T read_at(const Bytes& blob, std::size_t offset) {
    T value;
    REQUIRE(offset % 8 == 0);
    REQUIRE(offset + sizeof value <= blob.size());
    std::memcpy(&value, blob.data() + offset, sizeof value);
    return value;
}

Bytes descriptor(unsigned gic_version, std::size_t which = 0) {
    return emit_descriptor(
        plans_for(source_text("dts/examples/guest-to-guest.dts"), qemu_world(gic_version), image_disk()).at(which));
}

} // namespace

TEST_CASE("the head of a descriptor") {
    const Bytes blob = descriptor(3);
    const auto head = read_at<amp_partition>(blob, 0);
    CHECK(head.magic == AMP_PARTITION_MAGIC);
    CHECK(head.abi_major == AMP_ABI_MAJOR);
    CHECK(head.size == blob.size());
    CHECK(head.flags == AMP_PARTITION_CONSOLE);
    CHECK(std::string(head.name) == "control");
    CHECK(head.id == 1);
    CHECK(head.gic_version == 3);
    CHECK(head.entry == 0x40000000);
    CHECK(head.gicd_gpa == 0x08000000);
    CHECK(head.gicr_gpa == 0x080a0000);
    CHECK(head.gicc_gpa == 0);
    CHECK(head.console_gpa == 0x09000000);
    CHECK(head.console_intid == 33);
    CHECK(head.doorbell_intid == 224);
    CHECK(head.core_count == 1);
    CHECK(head.region_count == 4);
    CHECK(head.irq_count == 0);
    CHECK(head.channel_count == 2);
    for (const auto reserved : head.reserved) {
        CHECK(reserved == 0);
    }
}

TEST_CASE("with GICv2 the CPU interface takes the redistributor's place") {
    const auto head = read_at<amp_partition>(descriptor(2), 0);
    CHECK(head.gic_version == 2);
    CHECK(head.gicr_gpa == 0);
    CHECK(head.gicc_gpa == 0x08010000);
}

TEST_CASE("a 32-bit image makes the VCPU start in AArch32") {
    const auto flags_of = [](const std::string& image, const std::string& more) {
        std::string dts = description(more);
        dts.replace(dts.find("guest.elf"), 9, image);
        return read_at<amp_partition>(emit_descriptor(plans_for(dts, qemu_world(), image_disk()).at(0)), 0).flags;
    };
    CHECK(flags_of("guest.elf", "") == AMP_PARTITION_CONSOLE);
    CHECK(flags_of("guest32.elf", "") == (AMP_PARTITION_CONSOLE | AMP_PARTITION_AARCH32));
    CHECK(flags_of("guest32.elf", "amp,aarch32;") == (AMP_PARTITION_CONSOLE | AMP_PARTITION_AARCH32));
    CHECK(flags_of("guest.bin", "") == AMP_PARTITION_CONSOLE);
    CHECK(flags_of("guest.bin", "amp,aarch32;") == (AMP_PARTITION_CONSOLE | AMP_PARTITION_AARCH32));
}

TEST_CASE("the arrays of a descriptor") {
    const Bytes blob = descriptor(3, 1);
    const auto head = read_at<amp_partition>(blob, 0);
    const auto core = read_at<amp_core>(blob, head.core_offset);
    CHECK(core.cpu == 2);
    CHECK(core.mpidr == 2);
    std::size_t channels_seen = 0;
    for (std::uint32_t i = 0; i < head.region_count; ++i) {
        const auto region = read_at<amp_region>(blob, head.region_offset + i * sizeof(amp_region));
        CHECK(region.pa == 0);
        CHECK(region.gpa % AMP_PAGE_SIZE == 0);
        CHECK(region.size % AMP_PAGE_SIZE == 0);
        if (region.kind == AMP_REGION_CHANNEL) {
            const auto channel = read_at<amp_channel>(blob, head.channel_offset + region.channel * sizeof(amp_channel));
            CHECK(region.size == channel.size);
            CHECK((region.access & AMP_ACCESS_EXECUTE) == 0);
            ++channels_seen;
        }
    }
    CHECK(channels_seen == 2);
    const auto link = read_at<amp_channel>(blob, head.channel_offset + sizeof(amp_channel));
    CHECK(std::string(link.name) == "link");
    CHECK(std::string(link.peer) == "control");
    CHECK(link.peer_kind == AMP_PEER_PARTITION);
    CHECK(link.side == 1); // the larger id
    CHECK(link.intid == 97);
    CHECK(link.size == 0x3000);
    CHECK(head.channel_offset + 2 * sizeof(amp_channel) == blob.size());
}
