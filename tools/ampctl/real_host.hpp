// SPDX-License-Identifier: GPL-2.0-only
// The machine behind Host. main.cpp makes one.
#pragma once

#include "host.hpp"

namespace amp::ctl {

class RealHost final : public Host {
public:
    // program: of the back end; empty: the installed one
    explicit RealHost(std::string program);

    Tried<Done> make_directory(const std::string& path) override;
    Tried<Done> write_private(const std::string& path, std::string_view text) override;
    Tried<Done> remove_directory(const std::string& path) override;
    [[nodiscard]] std::string back_end_program() const override { return program_; }
    Tried<int> run_back_end(const std::string& partition) override;
    Tried<Done> ask_to_end(pid_t process) override;
    bool wait_for_end(pid_t process, std::chrono::milliseconds limit) override;
    Tried<FileDescriptor> open_terminal(const std::string& path) override;
    Tried<FileDescriptor> connect_packets(const std::string& path) override;

private:
    std::string program_;
};

} // namespace amp::ctl
