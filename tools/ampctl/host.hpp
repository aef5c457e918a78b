// SPDX-License-Identifier: GPL-2.0-only
// What ampctl changes outside the module: files below /run/amp, and the process that serves a partition's virtio devices.
// real_host.cpp is the real one, tests have a fake; only back_end.cpp and the console call it, and it explains nothing.
#pragma once

#include "file_descriptor.hpp"
#include "outcome.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace amp::ctl {

// Why not, in the system's words.
template <class T> using Tried = Result<T, std::string>;

class Host {
public:
    virtual ~Host() = default;
    // 0755, its parent too; one that exists is fine.
    virtual Tried<Done> make_directory(const std::string& path) = 0;
    // 0600. Readers see all of it or what was there before.
    virtual Tried<Done> write_private(const std::string& path, std::string_view text) = 0;
    // With all that is in it, links themselves and not what they lead to; one that does not exist is fine.
    virtual Tried<Done> remove_directory(const std::string& path) = 0;
    // Path of amp-virtio.
    [[nodiscard]] virtual std::string back_end_program() const = 0;
    // Runs it for the partition and waits until it is ready and in the background, or has failed; its exit status. What it has
    // to say it says on our standard error.
    virtual Tried<int> run_back_end(const std::string& partition) = 0;
    virtual Tried<Done> ask_to_end(pid_t process) = 0;
    // Has it ended within this time? Of a process that does not exist: yes.
    virtual bool wait_for_end(pid_t process, std::chrono::milliseconds limit) = 0;
    // Non-blocking, both directions, for one user of this function at a time.
    virtual Tried<FileDescriptor> open_terminal(const std::string& path) = 0;
    // SOCK_SEQPACKET, non-blocking.
    virtual Tried<FileDescriptor> connect_packets(const std::string& path) = 0;
};

} // namespace amp::ctl
