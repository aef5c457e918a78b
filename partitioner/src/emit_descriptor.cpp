// SPDX-License-Identifier: GPL-2.0-only
// Plan -> struct amp_partition and its arrays. The blob is written field by field into zeroed bytes, so that pads and
// reserved fields are zero, as the module demands.
#include <algorithm>
#include <cstring>

#include "amp/base/bits.hpp"
#include "amp/partitioner/emit.hpp"

namespace amp {

namespace {

void set_name(char (&field)[AMP_NAME_SIZE], const std::string& name) {
    // The last byte stays NUL; names were checked to be shorter.
    std::copy_n(name.begin(), std::min(name.size(), sizeof field - 1), field);
}

template <typename T>
void append_array(Bytes& blob, const std::vector<T>& elements, std::uint32_t& offset, std::uint32_t& count) {
    blob.resize(align_up(blob.size(), 8));
    offset = static_cast<std::uint32_t>(blob.size());
    count = static_cast<std::uint32_t>(elements.size());
    if (elements.empty()) {
        return; // memcpy from a null pointer would be undefined even for no bytes
    }
    blob.resize(blob.size() + elements.size() * sizeof(T));
    std::memcpy(blob.data() + offset, elements.data(), elements.size() * sizeof(T));
}

std::vector<amp_core> cores_of(const Plan& plan) {
    std::vector<amp_core> cores;
    for (const auto& core : plan.cores) {
        cores.push_back({core.cpu.number, 0, core.mpidr.number});
    }
    return cores;
}

std::vector<amp_region> regions_of(const Plan& plan) {
    std::vector<amp_region> regions;
    for (const auto& region : plan.regions) {
        regions.push_back({region.range.start.number, region.range.size, region.pa.number,
                           static_cast<std::uint32_t>(region.kind), region.access, region.channel, 0});
    }
    return regions;
}

std::vector<amp_irq> irqs_of(const Plan& plan) {
    std::vector<amp_irq> irqs;
    for (const auto& irq : plan.irqs) {
        irqs.push_back({irq.intid.number, irq.guest_intid.number, irq.level ? AMP_IRQ_LEVEL : 0, 0});
    }
    return irqs;
}

std::vector<amp_channel> channels_of(const Plan& plan) {
    std::vector<amp_channel> channels;
    for (const auto& planned : plan.channels) {
        amp_channel channel{};
        set_name(channel.name, planned.name);
        set_name(channel.peer, planned.peer);
        channel.size = planned.size;
        channel.peer_kind = planned.peer_is_dom0 ? AMP_PEER_DOM0 : AMP_PEER_PARTITION;
        channel.side = planned.side;
        channel.intid = planned.intid.number;
        channels.push_back(channel);
    }
    return channels;
}

std::vector<amp_virtio> virtio_of(const Plan& plan) {
    std::vector<amp_virtio> devices;
    for (const auto& planned : plan.virtio) {
        amp_virtio device{};
        set_name(device.name, planned.name);
        device.device_id = planned.device_id;
        device.intid = planned.intid.number;
        device.queue_count = planned.queue_count;
        devices.push_back(device);
    }
    return devices;
}

} // namespace

Bytes emit_descriptor(const Plan& plan) {
    amp_partition head{};
    head.magic = AMP_PARTITION_MAGIC;
    head.abi_major = AMP_ABI_MAJOR;
    head.abi_minor = AMP_ABI_MINOR;
    head.flags = (plan.platform.console ? AMP_PARTITION_CONSOLE : 0) | (plan.aarch32 ? AMP_PARTITION_AARCH32 : 0);
    set_name(head.name, plan.name);
    head.id = plan.id;
    head.gic_version = plan.platform.gic_version;
    head.entry = plan.entry.number;
    head.dtb_gpa = plan.dtb.number;
    head.gicd_gpa = plan.platform.gicd.number;
    head.gicr_gpa = plan.platform.gicr.number;
    head.gicc_gpa = plan.platform.gicc.number;
    head.console_gpa = plan.platform.console.value_or(GuestPhysAddr()).number;
    head.console_intid = plan.platform.console_intid.number;
    head.doorbell_intid = plan.doorbell.number;
    head.virtio_gpa = plan.platform.virtio.value_or(GuestPhysAddr()).number;

    Bytes blob(sizeof head);
    append_array(blob, cores_of(plan), head.core_offset, head.core_count);
    append_array(blob, regions_of(plan), head.region_offset, head.region_count);
    append_array(blob, irqs_of(plan), head.irq_offset, head.irq_count);
    append_array(blob, channels_of(plan), head.channel_offset, head.channel_count);
    append_array(blob, virtio_of(plan), head.virtio_offset, head.virtio_count);
    head.size = static_cast<std::uint32_t>(blob.size());
    std::memcpy(blob.data(), &head, sizeof head);
    return blob;
}

} // namespace amp
