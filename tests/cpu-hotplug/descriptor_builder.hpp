// SPDX-License-Identifier: GPL-2.0-only
// A valid descriptor with one of everything, as a base for tests that spoil it. Used by the descriptor's tests only.
#ifndef AMP_TESTS_DESCRIPTOR_BUILDER_HPP
#define AMP_TESTS_DESCRIPTOR_BUILDER_HPP

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "descriptor.h"

namespace amp::test {

struct Blob {
    amp_partition d;
    amp_core core;
    amp_region region[5];
    amp_irq irq[2];
    amp_channel channel[2];
    amp_virtio virtio[2];
};

inline void set_name(char (&to)[AMP_NAME_SIZE], const char* name) {
    std::memset(to, 0, sizeof(to));
    std::strncpy(to, name, sizeof(to) - 1);
}

inline amp_channel make_channel(const char* name, const char* peer, uint32_t kind, uint32_t intid) {
    amp_channel channel{};
    set_name(channel.name, name);
    set_name(channel.peer, peer);
    channel.size = 0x10000;
    channel.peer_kind = kind;
    channel.intid = intid;
    return channel;
}

inline amp_virtio make_virtio(const char* name, uint32_t device_id, uint32_t intid, uint32_t queue_count) {
    amp_virtio device{};
    set_name(device.name, name);
    device.device_id = device_id;
    device.intid = intid;
    device.queue_count = queue_count;
    return device;
}

inline void fill_header(Blob& b, uint32_t gic_version) {
    const bool v3 = gic_version == 3;
    b.d.magic = AMP_PARTITION_MAGIC;
    b.d.abi_major = AMP_ABI_MAJOR;
    b.d.abi_minor = AMP_ABI_MINOR;
    b.d.size = sizeof(Blob);
    b.d.flags = AMP_PARTITION_CONSOLE;
    set_name(b.d.name, "motor-1");
    b.d.id = 1;
    b.d.gic_version = gic_version;
    b.d.entry = 0x40000000;
    b.d.dtb_gpa = 0x40ff0000;
    b.d.gicd_gpa = 0x08000000;
    b.d.gicr_gpa = v3 ? 0x080a0000 : 0;
    b.d.gicc_gpa = v3 ? 0 : 0x08010000;
    b.d.console_gpa = 0x09000000;
    b.d.console_intid = 33;
    b.d.doorbell_intid = 200;
    b.d.virtio_gpa = 0x0b000000;
}

inline void fill_offsets(Blob& b) {
    b.d.core_offset = offsetof(Blob, core);
    b.d.core_count = 1;
    b.d.region_offset = offsetof(Blob, region);
    b.d.region_count = 5;
    b.d.irq_offset = offsetof(Blob, irq);
    b.d.irq_count = 2;
    b.d.channel_offset = offsetof(Blob, channel);
    b.d.channel_count = 2;
    b.d.virtio_offset = offsetof(Blob, virtio);
    b.d.virtio_count = 2;
}

inline Blob make_blob(uint32_t gic_version = 3) {
    Blob b{};
    fill_header(b, gic_version);
    fill_offsets(b);
    b.core = {3, 0, 3};
    b.region[0] = {0x40000000, 0x1000000, 0, AMP_REGION_MEMORY, 7, 0, 0};
    b.region[1] = {0x50000000, 0x200000, 0x90000000, AMP_REGION_FIXED, 3, 0, 0};
    b.region[2] = {0x0a000000, 0x1000, 0xfe000000, AMP_REGION_DEVICE, 3, 0, 0};
    b.region[3] = {0x0c010000, 0x10000, 0, AMP_REGION_CHANNEL, 3, 0, 0};
    b.region[4] = {0x0c020000, 0x10000, 0, AMP_REGION_CHANNEL, 3, 1, 0};
    b.irq[0] = {70, 70, 0, 0};
    b.irq[1] = {71, 71, AMP_IRQ_LEVEL, 0};
    b.channel[0] = make_channel("ctrl", "dom0", AMP_PEER_DOM0, 96);
    b.channel[1] = make_channel("data", "vision", AMP_PEER_PARTITION, 97);
    b.virtio[0] = make_virtio("net0", 1, 48, 2);
    b.virtio[1] = make_virtio("rng0", 4, 49, 1);
    return b;
}

inline amp_descriptor_limits limits(uint32_t gic_version = 3) { return {gic_version, 288}; }

// Checks exactly `size` bytes from the heap, so that the sanitizer sees every byte read beyond them.
inline int check_bytes(const void* bytes, size_t size, amp_report& report, uint32_t gic_version = 3) {
    void* copy = std::malloc(size);
    if (size != 0) {
        std::memcpy(copy, bytes, size);
    }
    const amp_descriptor_limits l = limits(gic_version);
    report = {};
    const int error = amp_descriptor_check(copy, size, &l, &report);
    std::free(copy);
    return error;
}

inline uint32_t status_of(const Blob& b) {
    amp_report report{};
    const int error = check_bytes(&b, sizeof(b), report, 3);
    return (error == 0) == (report.status == AMP_STATUS_OK) ? report.status : ~0u;
}

} // namespace amp::test

#endif
