// SPDX-License-Identifier: GPL-2.0-only
#include "process_id.hpp"

#include "run_files.hpp"

#include <fstream>
#include <iterator>
#include <poll.h>
#include <sstream>
#include <sys/syscall.h>
#include <unistd.h>

namespace amp::backend {
namespace {

constexpr int start_time_field = 22; // proc(5); the second field, a name, ends with the last parenthesis

} // namespace

Outcome<ProcessId> identify(pid_t pid) {
    const std::string path = "/proc/" + std::to_string(pid) + "/stat";
    std::ifstream file(path);
    if (!file)
        return Err{failed(path)};
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const std::size_t name_end = text.rfind(')');
    std::istringstream fields(name_end == std::string::npos ? "" : text.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < start_time_field; ++field)
        fields >> skipped;
    ProcessId process{pid, 0};
    if (!(fields >> process.started))
        return Err{path + ": no start time in it"};
    return process;
}

// The descriptor first: what /proc tells afterwards is either of the process that it is for, or of none.
virtio::OwnedFd watch(const ProcessId& process) {
    if (process.pid <= 0)
        return {};
    virtio::OwnedFd descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0)));
    const auto found = identify(process.pid);
    return found && found->started == process.started ? std::move(descriptor) : virtio::OwnedFd();
}

bool ends_within(const ProcessId& process, std::chrono::milliseconds limit) {
    const virtio::OwnedFd descriptor = watch(process);
    if (!descriptor)
        return true;
    const auto end = std::chrono::steady_clock::now() + limit;
    pollfd wanted{descriptor.get(), POLLIN, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const int count = ::poll(&wanted, 1, left.count() > 0 ? static_cast<int>(left.count()) : 0);
        if (count >= 0)
            return count > 0;
    }
}

} // namespace amp::backend
