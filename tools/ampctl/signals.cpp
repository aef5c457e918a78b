// SPDX-License-Identifier: GPL-2.0-only
// The handler writes to a pipe; that is all a handler may safely do.
#include "signals.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <initializer_list>
#include <poll.h>
#include <unistd.h>

namespace amp::ctl {
namespace {

int pipe_ends[2] = {-1, -1};

void on_signal(int) {
    const int saved = errno;
    // A full pipe says the same already.
    [[maybe_unused]] const ssize_t written = ::write(pipe_ends[1], "", 1);
    errno = saved;
}

} // namespace

int watch_signals() {
    if (pipe_ends[0] < 0 && ::pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return -1;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        ::sigaction(number, nullptr, &action);
        if (action.sa_handler == SIG_IGN)
            continue;
        action.sa_handler = on_signal;
        action.sa_flags = SA_RESTART;
        ::sigaction(number, &action, nullptr);
    }
    return pipe_ends[0];
}

bool stop_requested(int descriptor) {
    pollfd item{descriptor, POLLIN, 0};
    return descriptor >= 0 && ::poll(&item, 1, 0) > 0;
}

} // namespace amp::ctl
