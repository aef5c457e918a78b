// SPDX-License-Identifier: GPL-2.0-only
// The back end of a partition's virtio devices (docs/decisions/0004-virtio.md) over the partition's life: its configuration in
// /run/amp/<partition> with create, its process with start, both gone with destroy. Knows nothing of virtio itself.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <amp/partitioner/plan.hpp>

#include <optional>
#include <string>
#include <sys/types.h>

namespace amp::ctl {

// Everything that a partition's back end has on the disk.
std::string run_directory(const std::string& partition);
std::string back_end_config(const std::string& partition);

// The process that serves the partition now. A number that is left of a back end which was killed, and another program's since,
// does not count.
std::optional<pid_t> back_end_process(const Context& context, const std::string& partition);

// Has it devices that no process serves?
bool lacks_back_end(const Context& context, const std::string& partition);
// Runs one, which carries on with a guest that runs; false where there is nothing to do.
Outcome<bool> ensure_back_end(Context& context, const std::string& partition);

// What create does: writes the configuration, or removes what an earlier partition of that name left.
Outcome<Done> prepare_back_end(Context& context, const Plan& plan);

// What destroy does once the partition is gone: waits for the process, removes the directory.
Outcome<Done> forget_back_end(Context& context, const std::string& partition);

// START, with the back end before it where the partition has devices. A back end that this call ran does not outlive its failure.
// The module's nanoseconds.
Outcome<std::uint64_t> start_partition(Context& context, const std::string& name, Partition& partition);

// DESTROY and forget_back_end.
Outcome<std::uint64_t> destroy_partition(Context& context, const std::string& name, Partition& partition);

} // namespace amp::ctl
