// SPDX-License-Identifier: GPL-2.0-only
// Which partitions a command is about: by name, with a guess where one is misspelt, or all of them.
#pragma once

#include "context.hpp"
#include "outcome.hpp"
#include "virtio_state.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amp::ctl {

struct Selected {
    std::string name;
    std::unique_ptr<Partition> partition;
    amp_query query{};
    std::optional<std::string> panic;  // of a Linux guest that runs on after it; filled in by status
    std::optional<VirtioState> virtio; // by status and list
};

Outcome<Selected> select_one(Context& context, const std::string& name);

// The names of positional `place`, or with --all (or, where `default_all`, without names) all there are. Every name is
// resolved before the first is acted upon.
Outcome<std::vector<Selected>> select(Context& context, std::size_t place, bool default_all = false);

// All partitions that can be opened; one that is destroyed meanwhile is left out.
Outcome<std::vector<Selected>> select_all(Context& context);

// Channels of a partition that dom0 has a device node for; the console is not among them.
std::vector<std::string> channels_of(const Context& context, const std::string& partition);

// The open node of a channel or, as "console", of the console. Names the nearest channel where there is none of that
// name.
Outcome<FileDescriptor> open_channel(Context& context, const std::string& partition, const std::string& channel);

} // namespace amp::ctl
