// SPDX-License-Identifier: GPL-2.0-only
// Plan -> struct amp_info_page, for guests without a device-tree parser.
#include <algorithm>
#include <cstring>

#include "amp/abi/info_page.h"
#include "amp/partitioner/emit.hpp"

namespace amp {

namespace {

template <std::size_t size>
void set_text(char (&field)[size], const std::string& text) {
    std::copy_n(text.begin(), std::min(text.size(), size - 1), field);
}

void set_channel(amp_info_channel& channel, const PlannedChannel& planned) {
    set_text(channel.name, planned.name);
    set_text(channel.peer, planned.peer);
    channel.gpa = planned.gpa.number;
    channel.size = planned.size;
    channel.intid = planned.intid.number;
    channel.side = planned.side;
}

} // namespace

Bytes emit_info_page(const Plan& plan) {
    amp_info_page page{};
    page.magic = AMP_INFO_MAGIC;
    page.abi_major = AMP_ABI_MAJOR;
    page.abi_minor = AMP_ABI_MINOR;
    page.size = sizeof page;
    page.id = plan.id;
    set_text(page.name, plan.name);
    for (const auto& region : plan.regions) {
        const bool ram = region.kind == RegionKind::memory || region.kind == RegionKind::fixed;
        if (ram && region.range.contains(plan.entry)) {
            page.ram_gpa = region.range.start.number;
            page.ram_size = region.range.size;
        }
    }
    page.dtb_gpa = plan.dtb.number;
    page.gic_version = plan.platform.gic_version;
    page.console_intid = plan.platform.console_intid.number;
    page.gicd_gpa = plan.platform.gicd.number;
    page.gicr_gpa = plan.platform.gicr.number;
    page.gicc_gpa = plan.platform.gicc.number;
    page.console_gpa = plan.platform.console.value_or(GuestPhysAddr()).number;
    page.channel_count = static_cast<std::uint32_t>(std::min<std::size_t>(plan.channels.size(), AMP_CHANNELS_MAX));
    // info_page.h: a command line that does not fit is only in the device tree.
    if (plan.bootargs.size() < sizeof page.bootargs) {
        set_text(page.bootargs, plan.bootargs);
    }
    for (std::uint32_t i = 0; i < page.channel_count; ++i) {
        set_channel(page.channels[i], plan.channels[i]);
    }
    page.virtio_gpa = plan.platform.virtio.value_or(GuestPhysAddr()).number;
    page.virtio_count = static_cast<std::uint32_t>(std::min<std::size_t>(plan.virtio.size(), AMP_VIRTIO_MAX));
    for (std::uint32_t i = 0; i < page.virtio_count; ++i) {
        page.virtio[i] = {plan.virtio[i].device_id, plan.virtio[i].intid.number};
    }
    Bytes bytes(AMP_PAGE_SIZE);
    std::memcpy(bytes.data(), &page, sizeof page);
    return bytes;
}

} // namespace amp
