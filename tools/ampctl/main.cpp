// SPDX-License-Identifier: GPL-2.0-only
// ampctl: the one tool that people touch. Here only the real surroundings are put together; dispatch.cpp does the rest.
#include "dispatch.hpp"
#include "real_device.hpp"
#include "real_host.hpp"
#include "signals.hpp"

#include <amp/partitioner/disk.hpp>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) {
    using namespace amp::ctl;
    // A reader that went away (| head) is an error of write(), not a death in the middle of something.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        const amp::RealDisk disk;
        RealDevice device;
        const char* back_end = std::getenv("AMP_VIRTIO");
        RealHost host(back_end != nullptr ? back_end : "");
        const std::vector<std::string> words(argv + 1, argv + argc);
        const Surroundings surroundings{std::cout, std::cerr, STDIN_FILENO, STDOUT_FILENO, disk, device, host, watch_signals};
        return static_cast<int>(dispatch(words, surroundings));
    } catch (const std::exception& failure) {
        print_error(std::cerr, {ExitStatus::internal, failure.what(), "this is a bug; please report it"});
        return static_cast<int>(ExitStatus::internal);
    }
}
