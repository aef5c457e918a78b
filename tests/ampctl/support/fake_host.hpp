// SPDX-License-Identifier: GPL-2.0-only
// Files and the back end's process in memory: what is written shows on the fake disk, a back end that runs has a pid file and a
// /proc entry there. Failures can be ordered for any call.
#pragma once

#include "host.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace amp::ctl::test {

class FakeHost final : public Host {
public:
    std::map<std::string, std::string>* files = nullptr; // the disk's
    std::vector<std::string>* calls = nullptr;           // the module's, so that the order between the two shows
    std::map<std::string, std::string> failures;         // by such a text
    int exit_status = 0;                                 // of amp-virtio
    bool stubborn = false;                               // the process does not end
    std::chrono::milliseconds takes_to_end{0};           // otherwise
    std::function<void(int)> terminal_opened;            // with the back end's end of it
    std::function<void(int)> connected;                  // likewise

    static constexpr pid_t process = 812;
    // As run_back_end leaves it.
    void add_back_end(const std::string& partition);

    Tried<Done> make_directory(const std::string& path) override;
    Tried<Done> write_private(const std::string& path, std::string_view text) override;
    Tried<Done> remove_directory(const std::string& path) override;
    [[nodiscard]] std::string back_end_program() const override { return "/usr/libexec/amp/amp-virtio"; }
    Tried<int> run_back_end(const std::string& partition) override;
    Tried<Done> ask_to_end(pid_t) override;
    bool wait_for_end(pid_t, std::chrono::milliseconds limit) override;
    Tried<FileDescriptor> open_terminal(const std::string& path) override;
    Tried<FileDescriptor> connect_packets(const std::string& path) override;

private:
    Tried<Done> note(const std::string& call);
    FileDescriptor terminal_;
};

} // namespace amp::ctl::test
