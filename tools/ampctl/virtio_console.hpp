// SPDX-License-Identifier: GPL-2.0-only
// Which terminal a virtio console is. Called by the console command.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <string>

namespace amp::ctl {

// The other end of the terminal that the back end made for `device`. An Error says what the device is where it is no such
// console, and names the nearest one where there is none of that name.
Outcome<FileDescriptor> open_virtio_console(Context& context, const std::string& partition, const std::string& device);

} // namespace amp::ctl
