// SPDX-License-Identifier: GPL-2.0-only
// One good set of boot information, descriptor and extents; each test spoils one thing.
#include "core/partition.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <vector>

using namespace amp;

namespace {

struct Blob {
    amp_partition partition;
    amp_core core;
    amp_region region;
    amp_irq irq;
    amp_channel channel;
    amp_virtio virtio[2];
};

struct Given {
    Given() {
        std::uint64_t next = 0x43001000;
        for (amp_area* area : {&boot.descriptor, &boot.extents, &boot.mailbox, &boot.stats, &boot.exit_record, &boot.log,
                               &boot.console_out, &boot.console_in, &boot.slots}) {
            *area = {next, 0x1000};
            next += 0x1000;
        }
        boot.magic = AMP_BOOT_INFO_MAGIC;
        boot.abi_major = AMP_ABI_MAJOR;
        boot.size = sizeof(boot);
        boot.mpidr = 3;
        boot.monitor = {core.image_pa, 0x80000};
        boot.gic_version = 3;
        boot.gicd = {0x08000000, 0x10000};
        boot.gicr = {0x08100000, 0x20000};
        boot.gicc = {0x08010000, 0x2000};
        boot.gich = {0x08030000, 0x1000};
        boot.gicv = {0x08040000, 0x2000};
        boot.kick_sgi = 7;
        amp_partition& p = blob.partition;
        p.magic = AMP_PARTITION_MAGIC;
        p.abi_major = AMP_ABI_MAJOR;
        p.size = sizeof(blob);
        p.flags = AMP_PARTITION_CONSOLE;
        p.gic_version = 3;
        p.entry = 0x40000000;
        p.gicd_gpa = 0x08000000;
        p.gicr_gpa = 0x080a0000;
        p.console_gpa = 0x09000000;
        p.console_intid = 33;
        p.doorbell_intid = 72;
        p.core_offset = offsetof(Blob, core);
        p.region_offset = offsetof(Blob, region);
        p.irq_offset = offsetof(Blob, irq);
        p.channel_offset = offsetof(Blob, channel);
        p.core_count = p.region_count = p.irq_count = p.channel_count = 1;
        blob.core.mpidr = 3;
        blob.irq = {90, 40, 0, 0};
        blob.channel.intid = 96;
        p.virtio_gpa = 0x0a000000;
        p.virtio_offset = offsetof(Blob, virtio);
        p.virtio_count = 2;
        blob.virtio[0] = {"net0", 1, 48, 2, 0};
        blob.virtio[1] = {"disk0", 2, AMP_INTID_LIMIT - 1, AMP_VIRTIO_QUEUES_MAX, 0};
        extents = {{0x40000000, 0x80000000, 0x400000, AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE, 0},
                   {0x50000000, 0x90000000, 0x1000, AMP_ACCESS_READ, 0}};
    }

    void use_gicv2() {
        boot.gic_version = blob.partition.gic_version = 2;
        blob.partition.gicr_gpa = 0;
        blob.partition.gicc_gpa = 0x08010000;
    }
    std::uint32_t boot_status() { return check_boot_info(boot, core); }
    std::uint32_t descriptor_status() { return check_descriptor(blob.partition, boot, core); }
    std::uint32_t extent_status() {
        boot.extent_count = static_cast<std::uint32_t>(extents.size());
        return check_extents(extents.data(), blob.partition, boot, core);
    }

    CoreFacts core{3, 1ull << 40, AMP_GPA_LIMIT, 0x42001000, 0x42015000, 0x43000040, 0, false};
    amp_boot_info boot{};
    Blob blob{};
    std::vector<amp_extent> extents;
};

template <class Status>
void check_table(const std::vector<std::pair<std::uint32_t, std::function<void(Given&)>>>& table, Status status) {
    for (std::size_t i = 0; i < table.size(); ++i) {
        INFO("row " << i);
        Given given;
        table[i].second(given);
        CHECK(status(given) == table[i].first);
    }
}

} // namespace

TEST_CASE("the good ones pass") {
    Given given;
    CHECK(given.boot_status() == AMP_STATUS_OK);
    CHECK(given.descriptor_status() == AMP_STATUS_OK);
    CHECK(given.extent_status() == AMP_STATUS_OK);
    given.use_gicv2();
    CHECK(given.boot_status() == AMP_STATUS_OK);
    CHECK(given.descriptor_status() == AMP_STATUS_OK);
    CHECK(given.extent_status() == AMP_STATUS_OK);
}

TEST_CASE("a 32-bit guest passes on a core that can, and begins below 4 GiB") {
    Given given;
    given.core.aarch32 = true;
    given.blob.partition.flags |= AMP_PARTITION_AARCH32;
    CHECK(given.descriptor_status() == AMP_STATUS_OK);
    CHECK(given.extent_status() == AMP_STATUS_OK);
    given.blob.partition.dtb_gpa = 0x100000000;
    CHECK(given.extent_status() == AMP_STATUS_BAD_ENTRY);
    given.blob.partition.dtb_gpa = 0;
    given.extents[1] = {0x100000000, 0x90000000, 0x1000, AMP_ACCESS_READ | AMP_ACCESS_EXECUTE, 0};
    CHECK(given.extent_status() == AMP_STATUS_OK);
    given.blob.partition.entry = 0x100000000;
    CHECK(given.extent_status() == AMP_STATUS_BAD_ENTRY);
    given.blob.partition.flags &= ~AMP_PARTITION_AARCH32;
    CHECK(given.extent_status() == AMP_STATUS_OK);
}

TEST_CASE("boot information that can't be followed") {
    check_table(
        {
            {AMP_STATUS_BAD_MAGIC, [](Given& g) { g.boot.magic ^= 1; }},
            {AMP_STATUS_MONITOR_ABI, [](Given& g) { g.boot.abi_major += 1; }},
            {AMP_STATUS_MONITOR_ABI, [](Given& g) { g.boot.size -= 8; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.boot.gic_version = 4; }},
            {AMP_STATUS_BAD_FLAGS, [](Given& g) { g.boot.flags = AMP_BOOT_FLAGS + 1; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.mailbox.pa += 8; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.mailbox.size = 0; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.log.size = ~0ull; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.stats.pa = 1ull << 40; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.slots.pa = 0xfffffffffffff000; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.slots.pa = 0x42010000; }}, // in the monitor
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.monitor.pa += 0x1000; }},  // not where we run
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.monitor.size = 0x14000; }}, // no pool
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.boot.gicr.size = 0; }},
            {AMP_STATUS_BAD_PHYSICAL,
             [](Given& g) {
                 g.use_gicv2();
                 g.boot.gicv.size = 0x1000;
             }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.boot.slot = AMP_PARTITIONS_MAX; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.boot.extent_count = 0x1000 / 32 + 1; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.boot.kick_sgi = 16; }},
        },
        [](Given& g) { return g.boot_status(); });
}

TEST_CASE("descriptors that are refused") {
    check_table(
        {
            {AMP_STATUS_BAD_MAGIC, [](Given& g) { g.blob.partition.magic = 0; }},
            {AMP_STATUS_BAD_VERSION, [](Given& g) { g.blob.partition.abi_major = 0; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.size = 8; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.size = 0x2000; }}, // more than there is
            {AMP_STATUS_BAD_FLAGS, [](Given& g) { g.blob.partition.flags |= 0x4; }},
            {AMP_STATUS_NO_AARCH32, [](Given& g) { g.blob.partition.flags |= AMP_PARTITION_AARCH32; }},
            {AMP_STATUS_BAD_RESERVED, [](Given& g) { g.blob.partition.reserved[1] = 1; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.core_offset += 4; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.core_offset = 0; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.core_count = 2; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.core_count = 0; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.channel_offset = 0xfffffff8; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.channel_count = 3; }}, // beyond the blob
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.channel_count = 0xffffffff; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.irq_count = AMP_IRQS_MAX + 1; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.region_count = 60; }},
            {AMP_STATUS_BAD_CORE, [](Given& g) { g.blob.core.mpidr = 2; }},
            {AMP_STATUS_BAD_CORE, [](Given& g) { g.boot.mpidr = 2; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.gic_version = 2; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.gicd_gpa = 0x800; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.gicd_gpa = AMP_GPA_LIMIT; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.console_gpa = 0x080bf000; }}, // in the redistributor
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.core.gpa_limit = 0x08001000; }},
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.partition.doorbell_intid = 31; }},
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.partition.doorbell_intid = 1020; }},
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.partition.console_intid = 27; }},
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.irq.intid = 72; }}, // the doorbell's
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.irq.intid = 30; }},
            {AMP_STATUS_BAD_IRQ, [](Given& g) { g.blob.irq.guest_intid = AMP_INTID_LIMIT; }},
            {AMP_STATUS_BAD_CHANNEL, [](Given& g) { g.blob.channel.intid = 5; }},
        },
        [](Given& g) { return g.descriptor_status(); });
}

TEST_CASE("virtio devices and windows that are refused") {
    check_table(
        {
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_count = AMP_VIRTIO_MAX + 1; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_count = 0xffffffff; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_count = 3; }}, // beyond the blob
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_offset += 4; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_offset = 0; }},
            {AMP_STATUS_BAD_SIZE, [](Given& g) { g.blob.partition.virtio_offset = 0xfffffff8; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.partition.virtio_gpa = 0; }}, // devices without a window
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[1].device_id = 0; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[0].intid = 31; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[1].intid = AMP_INTID_LIMIT; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[0].queue_count = 0; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[1].queue_count = AMP_VIRTIO_QUEUES_MAX + 1; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[1].queue_count = 0xffffffff; }},
            {AMP_STATUS_BAD_VIRTIO, [](Given& g) { g.blob.virtio[1].pad = 1; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.virtio_gpa += 0x200; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.virtio_gpa = 0x08ffd000; }}, // its end: the console
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.virtio_gpa = 0x080bf000; }}, // the redistributor
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.virtio_gpa = AMP_GPA_LIMIT - 0x3000; }},
            {AMP_STATUS_BAD_PLATFORM, [](Given& g) { g.blob.partition.virtio_gpa = 0xfffffffffffff000; }},
        },
        [](Given& g) { return g.descriptor_status(); });
}

TEST_CASE("a virtio window without a device passes, and so does no window") {
    Given given;
    given.blob.partition.virtio_offset = given.blob.partition.virtio_count = 0;
    CHECK(given.descriptor_status() == AMP_STATUS_OK);
    given.blob.partition.virtio_gpa = 0;
    CHECK(given.descriptor_status() == AMP_STATUS_OK);
}

TEST_CASE("extents that are refused") {
    check_table(
        {
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[0].gpa += 0x800; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[0].size = 0; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[1].gpa = AMP_GPA_LIMIT; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[1].size = 0xfffffffffffff000; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[1].access = 0; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[1].access = 8; }},
            {AMP_STATUS_BAD_REGION, [](Given& g) { g.extents[1].device = 2; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = 1ull << 40; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = 0xfffffffffffff000; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[0].pa = 0x42000000; }}, // covers the monitor
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = 0x42080000; }}, // its last pool page
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = g.boot.slots.pa; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = g.boot.extents.pa; }},
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = 0x43000000; }}, // boot information
            {AMP_STATUS_BAD_PHYSICAL, [](Given& g) { g.extents[1].pa = 0x08000000; }},
            {AMP_STATUS_BAD_PHYSICAL,
             [](Given& g) {
                 g.use_gicv2();
                 g.extents[1].pa = g.boot.gicv.pa;
             }},
            {AMP_STATUS_REGION_OVERLAP, [](Given& g) { g.extents[1].gpa = 0x403ff000; }},
            {AMP_STATUS_REGION_OVERLAP, [](Given& g) { std::swap(g.extents[0], g.extents[1]); }}, // not sorted
            {AMP_STATUS_REGION_OVERLAP, [](Given& g) { g.extents[0].gpa = 0x08c01000; }},         // under the console
            {AMP_STATUS_REGION_OVERLAP, [](Given& g) { g.extents[0].gpa = 0x0a003000; }}, // under virtio's last page
            {AMP_STATUS_REGION_OVERLAP, [](Given& g) { g.extents[0].gpa = 0x0a001000 - g.extents[0].size; }},
            {AMP_STATUS_BAD_ENTRY, [](Given& g) { g.blob.partition.entry = 0x50000000; }},
            {AMP_STATUS_BAD_ENTRY, [](Given& g) { g.blob.partition.entry = 0x40000002; }},
            {AMP_STATUS_BAD_ENTRY, [](Given& g) { g.extents[0].device = 1; }},
            {AMP_STATUS_BAD_ENTRY, [](Given& g) { g.extents.clear(); }},
        },
        [](Given& g) { return g.extent_status(); });
}

TEST_CASE("the last page before the monitor and the first behind it are free to use") {
    Given given;
    given.extents[1].pa = 0x42000000;
    CHECK(given.extent_status() == AMP_STATUS_OK);
    given.extents[1].pa = 0x42081000;
    CHECK(given.extent_status() == AMP_STATUS_OK);
}
