// SPDX-License-Identifier: GPL-2.0-only
#include "support/fake_host.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/socket.h>

namespace amp::ctl::test {

Tried<Done> FakeHost::note(const std::string& call) {
    calls->push_back(call);
    const auto failure = failures.find(call);
    if (failure != failures.end())
        return Err{failure->second};
    return Done{};
}

void FakeHost::add_back_end(const std::string& partition) {
    (*files)["/run/amp/" + partition + "/virtio.pid"] = fmt::format("{}\n", process);
    (*files)[fmt::format("/proc/{}/comm", process)] = "amp-virtio\n";
}

Tried<Done> FakeHost::make_directory(const std::string& path) { return note("mkdir " + path); }

Tried<Done> FakeHost::write_private(const std::string& path, std::string_view text) {
    auto noted = note("write " + path);
    if (noted)
        (*files)[path] = text;
    return noted;
}

Tried<Done> FakeHost::remove_directory(const std::string& path) {
    auto noted = note("remove " + path);
    if (noted)
        std::erase_if(*files, [&](const auto& file) { return file.first.starts_with(path + "/"); });
    return noted;
}

Tried<int> FakeHost::run_back_end(const std::string& partition) {
    if (const auto noted = note("amp-virtio " + partition); !noted)
        return Err{noted.error()};
    if (exit_status == 0)
        add_back_end(partition);
    return exit_status;
}

Tried<Done> FakeHost::ask_to_end(pid_t number) { return note(fmt::format("end {}", number)); }

bool FakeHost::wait_for_end(pid_t number, std::chrono::milliseconds limit) {
    calls->push_back(fmt::format("wait {}", number));
    const bool ends = !stubborn && takes_to_end <= limit;
    if (ends)
        files->erase(fmt::format("/proc/{}/comm", number));
    return ends;
}

Tried<FileDescriptor> FakeHost::open_terminal(const std::string& path) {
    if (const auto noted = note("terminal " + path); !noted)
        return Err{noted.error()};
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return Err{std::string(std::strerror(errno))};
    terminal_ = FileDescriptor(ends[1]);
    if (terminal_opened)
        terminal_opened(terminal_.get());
    return FileDescriptor(ends[0]);
}

Tried<FileDescriptor> FakeHost::connect_packets(const std::string& path) {
    if (const auto noted = note("connect " + path); !noted)
        return Err{noted.error()};
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) != 0)
        return Err{std::string(std::strerror(errno))};
    terminal_ = FileDescriptor(ends[1]);
    if (connected)
        connected(terminal_.get());
    return FileDescriptor(ends[0]);
}

} // namespace amp::ctl::test
