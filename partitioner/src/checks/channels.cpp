// SPDX-License-Identifier: GPL-2.0-only
// Rules about channels: names, sizes, places in the address space, and that both ends agree. Part of the rule table.
#include <algorithm>

#include "amp/abi/info_page.h"
#include "amp/abi/ring.h"
#include "amp/base/bits.hpp"
#include "rule.hpp"

namespace amp {

namespace {

using Channels = std::vector<ChannelSpec>;

const Channels& channels_of(const CheckContext& context, std::size_t index) {
    return context.subjects[index].partition.channels;
}

void too_many(const CheckContext& context, std::size_t index, Report& report) {
    const auto& channels = channels_of(context, index);
    if (channels.size() > AMP_CHANNELS_MAX) {
        report(channels[AMP_CHANNELS_MAX].name.place, std::to_string(channels.size()) + " channels are too many",
               "a partition has at most " + std::to_string(AMP_CHANNELS_MAX));
    }
}

void name(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        const auto& text = channel.name.value;
        const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
        const bool good = !text.empty() && letter(text[0]) && text.size() < AMP_NAME_SIZE &&
                          std::all_of(text.begin(), text.end(),
                                      [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '-'; });
        if (!good) {
            report(channel.name.place, "channel name " + quoted(text) + " is not possible",
                   "at most " + std::to_string(AMP_NAME_SIZE - 1) + " of a-z, 0-9 and '-', beginning with a letter");
        }
    }
}

void name_reserved(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        if (channel.name.value == "console") {
            report(channel.name.place, "channel name 'console' is the guest console's in dom0", "choose another name");
        }
    }
}

// dom0 sees /dev/amp-<partition>-<channel>; both names may contain '-'.
void device_name(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto& channel : partition.channels) {
        const std::string device = partition.name.value + "-" + channel.name.value;
        for (std::size_t i = 0; i < index; ++i) {
            const auto& other = context.subjects[i].partition;
            for (const auto& theirs : other.channels) {
                if (other.name.value != partition.name.value && other.name.value + "-" + theirs.name.value == device) {
                    report(channel.name.place,
                           "both " + named(channel) + " and " + named(theirs) + " of " + where(other) +
                               " would be /dev/amp-" + device,
                           "rename one of them");
                }
            }
        }
    }
}

void size_missing(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        if (is_missing(context.subjects[index].partition, channel.size.has_value(), channel.name.place, "amp,size")) {
            report(channel.name.place, named(channel) + " has no size",
                   "add amp,size = <0x10000>; for two rings of 16 KiB");
        }
    }
}

void size(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        if (!channel.size) {
            continue;
        }
        const std::uint64_t bytes = channel.size->value;
        const std::string hint = "a multiple of 0x1000 from " + hex(AMP_CHANNEL_SIZE_MIN) + " to " +
                                 hex(AMP_CHANNEL_SIZE_MAX) + ", such as 0x10000";
        if (bytes < AMP_CHANNEL_SIZE_MIN) {
            report(channel.size->place, named(channel) + " of " + hex(bytes) + " bytes is too small", hint);
        } else if (bytes > AMP_CHANNEL_SIZE_MAX) {
            report(channel.size->place, named(channel) + " of " + hex(bytes) + " bytes is too big", hint);
        } else if (!is_aligned(bytes, AMP_PAGE_SIZE)) {
            report(channel.size->place, named(channel) + " of " + hex(bytes) + " bytes is no whole number of pages",
                   hint);
        }
    }
}

void address(const CheckContext& context, std::size_t index, Report& report) {
    const GuestRange possible{GuestPhysAddr(0), AMP_GPA_LIMIT};
    for (const auto& channel : channels_of(context, index)) {
        if (!channel.address || !channel.size) {
            continue;
        }
        const GuestRange range{GuestPhysAddr(channel.address->value), channel.size->value};
        if (!range.start.is_aligned(AMP_PAGE_SIZE) || !possible.contains(range)) {
            report(channel.address->place, named(channel) + " can't lie at " + hex(range.start.number),
                   "a multiple of 0x1000, ending below " + hex(AMP_GPA_LIMIT) + "; or leave amp,address out");
        }
    }
}

void window_full(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    const auto places = place_channels(partition);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) {
            const auto& channel = partition.channels[i];
            report(channel.size ? channel.size->place : channel.name.place,
                   named(channel) + " does not fit into " + hex(AMP_CHANNEL_GPA) + "-" + hex(AMP_CHANNEL_GPA_END - 1),
                   "make channels smaller, or place this one by amp,address");
        }
    }
}

std::vector<NamedRange> occupied(const CheckContext& context, const PartitionSpec& partition) {
    const unsigned gic_version = context.world.live ? context.world.live->gic.version : 0;
    auto ranges = platform_ranges(platform_for(partition, gic_version));
    for (const auto& region : partition.memory) {
        ranges.push_back({region.value, "memory"});
    }
    return ranges;
}

void overlap(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    auto ranges = occupied(context, partition);
    const auto places = place_channels(partition);
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (!places[i]) {
            continue;
        }
        const auto& channel = partition.channels[i];
        for (const auto& other : ranges) {
            if (places[i]->overlaps(other.range)) {
                report(channel.address ? channel.address->place : channel.name.place,
                       named(channel) + " at " + hex(places[i]->start.number) + " overlaps " + other.name + " at " +
                           hex(other.range.start.number),
                       "move one of them, or leave amp,address out");
            }
        }
        ranges.push_back({*places[i], named(channel)});
    }
}

constexpr Rule rules[] = {
    {"channels.too-many", Severity::error, "a partition has at most 32 channels", too_many},
    {"channels.name", Severity::error, "channel names are as partition names", name},
    {"channels.name-reserved", Severity::error, "no channel is called console", name_reserved},
    {"channels.device-name", Severity::error, "no two channels have the same device name in dom0", device_name},
    {"channels.size-missing", Severity::error, "every channel has a size", size_missing},
    {"channels.size", Severity::error, "channel sizes are whole pages from 8 KiB to 1 GiB", size},
    {"channels.address", Severity::error, "amp,address is a page below 512 GiB", address, {"channels.size"}},
    {"channels.window-full",
     Severity::error,
     "channels without amp,address fit between the info page and 0x0e000000",
     window_full,
     {"channels.size", "channels.address"}},
    {"channels.overlap",
     Severity::error,
     "channels overlap neither each other nor anything else",
     overlap,
     {"channels.size", "channels.address", "memory.empty", "memory.overflow"}},
};

} // namespace

std::span<const Rule> channel_rules() {
    return rules;
}

} // namespace amp
