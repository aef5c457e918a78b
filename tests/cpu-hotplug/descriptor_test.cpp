// SPDX-License-Identifier: GPL-2.0-only
// One case per rule of the descriptor check: the valid descriptor passes, and each way to spoil it is refused for its reason.
#include "descriptor.h"

#include <functional>
#include <utility>

#include <catch2/catch.hpp>

#include "descriptor_builder.hpp"

using namespace amp::test;

namespace {

struct Case {
    const char* what;
    uint32_t status;
    std::function<void(Blob&)> spoil;
};

void run(const std::vector<Case>& cases) {
    for (const Case& c : cases) {
        Blob b = make_blob();
        c.spoil(b);
        INFO(c.what);
        CHECK(status_of(b) == c.status);
    }
}

} // namespace

TEST_CASE("a valid descriptor passes on both interrupt controllers") {
    amp_report report{};
    for (const uint32_t version : {2u, 3u}) {
        const Blob b = make_blob(version);
        CHECK(check_bytes(&b, sizeof(b), report, version) == 0);
    }
}

TEST_CASE("an absent array needs no offset") {
    Blob b = make_blob();
    b.d.irq_offset = b.d.irq_count = 0;
    CHECK(status_of(b) == AMP_STATUS_OK);
    b.d.irq_offset = 4;
    CHECK(status_of(b) == AMP_STATUS_BAD_SIZE);
}

TEST_CASE("the header") {
    run({
        {"magic", AMP_STATUS_BAD_MAGIC, [](Blob& b) { b.d.magic++; }},
        {"major", AMP_STATUS_BAD_VERSION, [](Blob& b) { b.d.abi_major++; }},
        {"size too small", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.size--; }},
        {"size too large", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.size++; }},
        {"flag", AMP_STATUS_BAD_FLAGS, [](Blob& b) { b.d.flags |= 0x4; }},
        {"reserved", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.d.reserved[1] = 1; }},
        {"id", AMP_STATUS_BAD_ID, [](Blob& b) { b.d.id = 0; }},
        {"name empty", AMP_STATUS_BAD_NAME, [](Blob& b) { set_name(b.d.name, ""); }},
        {"name begins with a digit", AMP_STATUS_BAD_NAME, [](Blob& b) { set_name(b.d.name, "1a"); }},
        {"name with a slash", AMP_STATUS_BAD_NAME, [](Blob& b) { set_name(b.d.name, "a/b"); }},
        {"name with a capital", AMP_STATUS_BAD_NAME, [](Blob& b) { set_name(b.d.name, "aB"); }},
        {"name not terminated", AMP_STATUS_BAD_NAME, [](Blob& b) { std::memset(b.d.name, 'a', sizeof(b.d.name)); }},
        {"bytes behind the name", AMP_STATUS_BAD_NAME, [](Blob& b) { b.d.name[20] = 'x'; }},
        {"name of dom0", AMP_STATUS_BAD_NAME, [](Blob& b) { set_name(b.d.name, "dom0"); }},
    });
}

TEST_CASE("the arrays") {
    run({
        {"no core", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.core_count = 0; }},
        {"two cores", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.core_count = 2; }},
        {"no region", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.region_count = 0; }},
        {"too many regions", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.region_count = AMP_REGIONS_MAX + 1; }},
        {"huge count", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.channel_count = 0xffffffff; }},
        {"behind the end", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.channel_offset += 8; }},
        {"offset wraps", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.irq_offset = 0xfffffff8; }},
        {"unaligned", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.core_offset += 4; }},
        {"inside the header", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.core_offset = 0; }},
        {"over one another", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.irq_offset = b.d.region_offset; }},
        {"virtio over channels", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.virtio_offset = b.d.channel_offset; }},
        {"too many virtio devices", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.virtio_count = AMP_VIRTIO_MAX + 1; }},
        {"virtio behind the end", AMP_STATUS_BAD_SIZE, [](Blob& b) { b.d.virtio_count = 3; }},
    });
}

TEST_CASE("the core") {
    run({
        {"pad", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.core.pad = 1; }},
        {"mpidr with other than affinity", AMP_STATUS_BAD_CORE, [](Blob& b) { b.core.mpidr = 0x80000003; }},
    });
}

TEST_CASE("regions") {
    run({
        {"pad", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.region[0].pad = 1; }},
        {"empty", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].size = 0; }},
        {"unaligned", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].gpa += 0x800; }},
        {"unaligned size", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].size += 1; }},
        {"beyond the limit", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].gpa = AMP_GPA_LIMIT; }},
        {"wraps", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].gpa = ~0xfffull; }},
        {"kind", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].kind = 5; }},
        {"access", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].access = 8; }},
        {"not readable", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].access = AMP_ACCESS_WRITE; }},
        {"memory with pa", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].pa = 0x1000; }},
        {"memory with channel", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[0].channel = 1; }},
        {"fixed pa unaligned", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[1].pa += 1; }},
        {"fixed pa wraps", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[1].pa = ~0xfffull; }},
        {"device executable", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[2].access = 7; }},
        {"channel executable", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[3].access = 7; }},
        {"no such channel", AMP_STATUS_BAD_REGION, [](Blob& b) { b.region[3].channel = 2; }},
        {"overlap", AMP_STATUS_REGION_OVERLAP, [](Blob& b) { b.region[1].gpa = 0x40fff000; }},
        {"physical overlap", AMP_STATUS_REGION_OVERLAP, [](Blob& b) { b.region[2].pa = 0x90000000; }},
    });
}

TEST_CASE("the virtual platform") {
    run({
        {"other controller", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.gic_version = 2; }},
        {"unaligned", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.gicd_gpa += 0x1000; }},
        {"gicc beside GICv3", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.gicc_gpa = 0x08010000; }},
        {"overlap", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.gicr_gpa = b.d.gicd_gpa; }},
        {"beyond the limit", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.gicr_gpa = AMP_GPA_LIMIT - 0x10000; }},
        {"over a region", AMP_STATUS_REGION_OVERLAP, [](Blob& b) { b.d.console_gpa = 0x40000000; }},
        {"console without flag", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.flags = 0; }},
    });
}

TEST_CASE("interrupts") {
    run({
        {"doorbell a PPI", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.d.doorbell_intid = 31; }},
        {"doorbell beyond", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.d.doorbell_intid = 288; }},
        {"console intid", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.d.console_intid = 0; }},
        {"a PPI", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[0].intid = 27; }},
        {"beyond", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[0].intid = 288; }},
        {"the doorbell", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[0].intid = 200; }},
        {"twice", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[1].intid = 70; }},
        {"guest intid twice", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[1].guest_intid = 33; }},
        {"guest intid beyond", AMP_STATUS_BAD_IRQ, [](Blob& b) { b.irq[1].guest_intid = AMP_INTID_LIMIT; }},
        {"flags", AMP_STATUS_BAD_FLAGS, [](Blob& b) { b.irq[0].flags = 2; }},
        {"pad", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.irq[0].pad = 1; }},
    });
}

TEST_CASE("channels") {
    run({
        {"name", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { set_name(b.channel[0].name, "A"); }},
        {"named console", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { set_name(b.channel[0].name, "console"); }},
        {"dom0 at side 0", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.channel[0].side = 1; }},
        {"dom0 by another name", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { set_name(b.channel[0].peer, "x"); }},
        {"partition called dom0", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { set_name(b.channel[1].peer, "dom0"); }},
        {"itself", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { set_name(b.channel[1].peer, "motor-1"); }},
        {"side", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.channel[1].side = 2; }},
        {"peer kind", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.channel[1].peer_kind = 2; }},
        {"another size than its region", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.channel[0].size = 0x8000; }},
        {"two regions", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.region[4].channel = 0; }},
        {"intid taken", AMP_STATUS_BAD_CHANNEL, [](Blob& b) { b.channel[1].intid = 96; }},
        {"pad", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.channel[1].pad = 1; }},
        {"twice", AMP_STATUS_BAD_CHANNEL,
         [](Blob& b) {
             b.channel[1] = b.channel[0];
             b.channel[1].intid = 97;
         }},
    });
}

TEST_CASE("virtio devices") {
    run({
        {"name", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { set_name(b.virtio[1].name, "Net"); }},
        {"name empty", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { set_name(b.virtio[0].name, ""); }},
        {"name twice", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { set_name(b.virtio[1].name, "net0"); }},
        {"no device id", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].device_id = 0; }},
        {"no queue", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[1].queue_count = 0; }},
        {"too many queues", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].queue_count = AMP_VIRTIO_QUEUES_MAX + 1; }},
        {"intid of the other", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[1].intid = 48; }},
        {"intid of a channel", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].intid = 96; }},
        {"intid of the console", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].intid = 33; }},
        {"intid of a device", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].intid = 70; }},
        {"a PPI", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].intid = 27; }},
        {"intid beyond", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.virtio[0].intid = AMP_INTID_LIMIT; }},
        {"pad", AMP_STATUS_BAD_RESERVED, [](Blob& b) { b.virtio[1].pad = 1; }},
        {"no window", AMP_STATUS_BAD_VIRTIO, [](Blob& b) { b.d.virtio_gpa = 0; }},
        {"window unaligned", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.virtio_gpa += 0x200; }},
        {"window beyond the limit", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.virtio_gpa = AMP_GPA_LIMIT - 0x3000; }},
        {"window wraps", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.virtio_gpa = ~0xfffull; }},
        {"window over the console", AMP_STATUS_BAD_PLATFORM, [](Blob& b) { b.d.virtio_gpa = 0x08ffd000; }},
        {"window over memory", AMP_STATUS_REGION_OVERLAP, [](Blob& b) { b.d.virtio_gpa = 0x3fffd000; }},
        {"window over registers", AMP_STATUS_REGION_OVERLAP, [](Blob& b) { b.d.virtio_gpa = 0x0a000000; }},
    });
}

TEST_CASE("a window without devices, and the largest device") {
    Blob b = make_blob();
    b.d.virtio_offset = b.d.virtio_count = 0;
    CHECK(status_of(b) == AMP_STATUS_OK);
    b.d.virtio_gpa = 0;
    CHECK(status_of(b) == AMP_STATUS_OK);
    b = make_blob();
    b.virtio[0].queue_count = AMP_VIRTIO_QUEUES_MAX;
    b.virtio[0].intid = AMP_INTID_LIMIT - 1;
    CHECK(status_of(b) == AMP_STATUS_OK);
}

TEST_CASE("a refused virtio device is named in the report") {
    Blob b = make_blob();
    b.virtio[1].queue_count = 17;
    amp_report report{};
    REQUIRE(check_bytes(&b, sizeof(b), report) == -EINVAL);
    CHECK(report.index == 1);
    CHECK(report.value == 17);
}

namespace {

// The fixed region becomes executable memory at 4 GiB, and the guest begins there.
void enter_high(Blob& b, uint32_t flags) {
    b.d.flags |= flags;
    b.region[1].gpa = b.d.entry = 0x100000000;
    b.region[1].access = 7;
}

} // namespace

TEST_CASE("64-bit guests may begin beyond 4 GiB, 32-bit ones below") {
    Blob b = make_blob();
    enter_high(b, 0);
    CHECK(status_of(b) == AMP_STATUS_OK);
    b = make_blob();
    b.d.flags |= AMP_PARTITION_AARCH32;
    CHECK(status_of(b) == AMP_STATUS_OK);
}

TEST_CASE("entry and device tree") {
    run({
        {"unaligned", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.entry += 2; }},
        {"outside", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.entry = 0x41000000; }},
        {"not executable", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.entry = 0x50000000; }},
        {"in a device", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.entry = 0x0a000000; }},
        {"tree outside", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.dtb_gpa = 0x1000; }},
        {"tree unaligned", AMP_STATUS_BAD_ENTRY, [](Blob& b) { b.d.dtb_gpa += 4; }},
        {"32-bit entry beyond 4 GiB", AMP_STATUS_BAD_ENTRY, [](Blob& b) { enter_high(b, AMP_PARTITION_AARCH32); }},
        {"32-bit tree beyond 4 GiB", AMP_STATUS_BAD_ENTRY,
         [](Blob& b) {
             enter_high(b, AMP_PARTITION_AARCH32);
             std::swap(b.d.entry, b.d.dtb_gpa);
         }},
    });
}
