// SPDX-License-Identifier: GPL-2.0-only
#include "log_file.hpp"

#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>

namespace amp::backend {
namespace {

std::string time_now() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    char text[40];
    const std::size_t used = std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + used, sizeof(text) - used, ".%03ldZ ", now.tv_nsec / 1000000);
    return text;
}

// Part of it may come from a worker that a guest has taken over: nothing that a terminal obeys gets through.
std::string printable(std::string_view text) {
    std::string clean(text);
    for (char& c : clean)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = '?';
    return clean;
}

long monotonic_second() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

} // namespace

bool LogFile::within_rate() {
    const long now = monotonic_second();
    if (now != second_) {
        second_ = now;
        lines_ = 0;
    }
    return ++lines_ <= lines_per_second;
}

void LogFile::line(std::string_view text) {
    if (!within_rate()) {
        ++left_out_;
        return;
    }
    if (left_out_)
        write("(" + std::to_string(std::exchange(left_out_, 0)) + " lines left out: too many in a second)");
    write(text);
}

void LogFile::write(std::string_view text) {
    const std::string whole = time_now() + printable(text) + "\n";
    if (also_stderr_)
        std::fputs(whole.c_str(), stderr);
    if (file_ && size_ + whole.size() > limit) {
        std::rename(path_.c_str(), (path_ + ".old").c_str());
        file_.reset();
    }
    if (!file_) {
        file_ = virtio::OwnedFd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
        struct stat info {};
        size_ = file_ && ::fstat(file_.get(), &info) == 0 ? static_cast<std::size_t>(info.st_size) : 0;
    }
    // A log that can't be written (file system full) must not stop the devices.
    if (file_ && ::write(file_.get(), whole.data(), whole.size()) > 0)
        size_ += whole.size();
}

void LogFile::remove() {
    file_.reset();
    std::remove(path_.c_str());
    std::remove((path_ + ".old").c_str());
}

} // namespace amp::backend
