// SPDX-License-Identifier: GPL-2.0-only
// fork, exec and a pidfd to wait with a limit; the child leads a process group so that its QEMU goes with it.
#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <system_error>

namespace amp::e2e {
namespace {

constexpr int status_cannot_run = 127;

[[noreturn]] void become(const std::vector<char*>& arguments, const char* log) {
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int out = ::open(log, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (out < 0 || in < 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) {
        ::_exit(status_cannot_run);
    }
    ::execv(arguments[0], arguments.data());
    ::_exit(status_cannot_run);
}

bool ends_within(int pidfd, int limit_s) {
    pollfd wait{.fd = pidfd, .events = POLLIN, .revents = 0};
    int ready = 0;
    do {
        ready = ::poll(&wait, 1, limit_s * 1000);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

int exit_status(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Ended run_process(const std::vector<std::string>& arguments, const std::filesystem::path& log, int limit_s) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    const auto start = std::chrono::steady_clock::now();
    const pid_t child = ::fork();
    if (child < 0) {
        throw std::system_error(errno, std::generic_category(), "fork");
    }
    if (child == 0) {
        become(argv, log.c_str());
    }
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
    if (pidfd < 0) {
        throw std::system_error(errno, std::generic_category(), "pidfd_open");
    }
    Ended ended;
    ended.timed_out = !ends_within(pidfd, limit_s);
    if (ended.timed_out) {
        ::kill(-child, SIGKILL);
    }
    ended.status = exit_status(child);
    // What the script may have left running in the background.
    ::kill(-child, SIGKILL);
    ::close(pidfd);
    ended.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return ended;
}

}  // namespace amp::e2e
