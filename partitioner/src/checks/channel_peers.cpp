// SPDX-License-Identifier: GPL-2.0-only
// Rules about the two ends of a channel: that the peer exists and describes the same channel. Part of the rule table.
#include <algorithm>

#include "rule.hpp"

namespace amp {

namespace {

const std::vector<ChannelSpec>& channels_of(const CheckContext& context, std::size_t index) {
    return context.subjects[index].partition.channels;
}

void peer_missing(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        if (is_missing(context.subjects[index].partition, channel.peer.has_value(), channel.name.place, "amp,peer")) {
            report(channel.name.place, named(channel) + " has no peer",
                   "add amp,peer = \"dom0\"; or the name of another partition");
        }
    }
}

void peer_self(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto& channel : partition.channels) {
        if (channel.peer && channel.peer->value == partition.name.value) {
            report(channel.peer->place, named(channel) + " leads from " + quoted(partition.name.value) + " to itself",
                   "name dom0 or another partition");
        }
    }
}

const PartitionSpec* find_partition(const CheckContext& context, const std::string& name) {
    const auto found = std::find_if(context.subjects.begin(), context.subjects.end(),
                                    [&](const Subject& s) { return s.partition.name.value == name; });
    return found == context.subjects.end() ? nullptr : &found->partition;
}

bool is_outside(const CheckContext& context, const std::string& peer) {
    const auto& all = context.world.existing;
    return peer == "dom0" || std::any_of(all.begin(), all.end(), [&](const auto& e) { return e.name == peer; });
}

void peer_unknown(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        if (!channel.peer || is_outside(context, channel.peer->value) ||
            find_partition(context, channel.peer->value) != nullptr) {
            continue;
        }
        std::vector<std::string_view> names = {"dom0"};
        for (const auto& subject : context.subjects) {
            if (&subject.partition != &context.subjects[index].partition) {
                names.push_back(subject.partition.name.value);
            }
        }
        const auto meant = nearest(channel.peer->value, names);
        report(channel.peer->place, named(channel) + ": there is no partition " + quoted(channel.peer->value),
               meant ? "did you mean " + quoted(*meant) + "?"
                     : "possible peers are " + joined(std::vector<std::string>(names.begin(), names.end())));
    }
}

// The other end of a channel to a partition that is described, too.
const ChannelSpec* other_end(const PartitionSpec& peer, const ChannelSpec& channel) {
    const auto found = std::find_if(peer.channels.begin(), peer.channels.end(),
                                    [&](const auto& c) { return c.name.value == channel.name.value; });
    return found == peer.channels.end() ? nullptr : &*found;
}

void peer_lacks(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto& channel : partition.channels) {
        const PartitionSpec* peer = channel.peer ? find_partition(context, channel.peer->value) : nullptr;
        if (peer == nullptr || peer == &partition) {
            continue;
        }
        const ChannelSpec* end = other_end(*peer, channel);
        if (end == nullptr || !end->peer || end->peer->value != partition.name.value) {
            report(channel.peer->place,
                   named(channel) + ": " + where(*peer) + " has no channel of that name back to " +
                       quoted(partition.name.value),
                   "describe it there, too: " + channel.name.value + " { amp,peer = \"" + partition.name.value +
                       "\"; ... };");
        }
    }
}

// Reported once, at the later of the two ends.
void size_mismatch(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& channel : channels_of(context, index)) {
        for (std::size_t i = 0; i < index; ++i) {
            const auto& peer = context.subjects[i].partition;
            const bool is_peer = channel.peer && channel.peer->value == peer.name.value;
            const ChannelSpec* end = is_peer ? other_end(peer, channel) : nullptr;
            if (end != nullptr && end->size && channel.size && end->size->value != channel.size->value) {
                report(channel.size->place,
                       named(channel) + " has " + hex(channel.size->value) + " bytes here and " +
                           hex(end->size->value) + " in " + where(peer),
                       "give both ends the same amp,size");
            }
        }
    }
}

constexpr Rule rules[] = {
    {"channels.peer-missing", Severity::error, "every channel has a peer", peer_missing},
    {"channels.peer-self", Severity::error, "no partition is its own peer", peer_self},
    {"channels.peer-unknown", Severity::error, "the peer exists", peer_unknown},
    {"channels.peer-lacks",
     Severity::error,
     "the peer describes the channel, too",
     peer_lacks,
     {"channels.peer-self", "name.duplicate"}},
    {"channels.size-mismatch",
     Severity::error,
     "both ends of a channel have the same size",
     size_mismatch,
     {"channels.peer-self", "name.duplicate"}},
};

} // namespace

std::string named(const ChannelSpec& channel) {
    return "channel " + quoted(channel.name.value);
}

std::span<const Rule> channel_peer_rules() {
    return rules;
}

} // namespace amp
