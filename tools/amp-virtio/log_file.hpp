// SPDX-License-Identifier: GPL-2.0-only
// The log of one partition's back end: lines with a time, in a file that is set aside as <file>.old when it is full, so that no
// guest can fill dom0's memory. The supervisor writes it; what a worker wants to say comes through the supervisor.
#pragma once

#include <amp/virtio/owned_fd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace amp::backend {

class LogFile {
public:
    static constexpr std::size_t limit = 128 * 1024; // of each of the two files
    static constexpr unsigned lines_per_second = 50; // more are counted, not written

    // `also_stderr`: in the foreground a person watches.
    LogFile(std::string path, bool also_stderr) : path_(std::move(path)), also_stderr_(also_stderr) {}
    void line(std::string_view text);
    void remove();

private:
    bool within_rate();
    void write(std::string_view text);

    std::string path_;
    bool also_stderr_;
    virtio::OwnedFd file_;
    std::size_t size_ = 0;
    long second_ = 0;
    unsigned lines_ = 0;
    unsigned left_out_ = 0;
};

} // namespace amp::backend
