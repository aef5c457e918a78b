// SPDX-License-Identifier: GPL-2.0-only
// posix_spawn with three pipes and one poll loop, so that neither side can block the other whatever the sizes.
#include "child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace amp {

namespace {

class Descriptor {
public:
    Descriptor() = default;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }
    void set(int fd) { fd_ = fd; }
    int get() const { return fd_; }
    void close() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
        fd_ = -1;
    }

private:
    int fd_ = -1;
};

// ours stays here, theirs becomes a standard stream of the child. A socket pair, because MSG_NOSIGNAL keeps a child
// that ends early from killing us with SIGPIPE.
struct Channel {
    Descriptor ours;
    Descriptor theirs;

    bool open() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
            return false;
        }
        ours.set(ends[0]);
        theirs.set(ends[1]);
        return true;
    }
};

int spawn(const std::vector<std::string>& arguments, Channel (&channels)[3], pid_t& pid) {
    std::vector<char*> argv;
    for (const auto& argument : arguments) {
        argv.push_back(const_cast<char*>(argument.c_str()));
    }
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int stream = 0; stream < 3; ++stream) {
        posix_spawn_file_actions_adddup2(&actions, channels[stream].theirs.get(), stream);
    }
    const int error = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

// False at the end of the stream.
bool drain(int fd, Bytes& into) {
    std::uint8_t buffer[16384];
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count > 0) {
        into.insert(into.end(), buffer, buffer + count);
    }
    return count > 0 || (count < 0 && errno == EINTR);
}

// False when there is nothing more to write or nobody to read it.
bool feed(int fd, const Bytes& input, std::size_t& written) {
    const ssize_t count = ::send(fd, input.data() + written, input.size() - written, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
        written += static_cast<std::size_t>(count);
    }
    return written < input.size() && (count >= 0 || errno == EAGAIN || errno == EINTR);
}

void exchange(Channel (&channels)[3], const Bytes& input, Bytes& output, Bytes& errors) {
    std::size_t written = 0;
    if (input.empty()) {
        channels[0].ours.close();
    }
    while (channels[0].ours.get() >= 0 || channels[1].ours.get() >= 0 || channels[2].ours.get() >= 0) {
        pollfd polled[3] = {{channels[0].ours.get(), POLLOUT, 0},
                            {channels[1].ours.get(), POLLIN, 0},
                            {channels[2].ours.get(), POLLIN, 0}};
        if (::poll(polled, 3, -1) < 0 && errno != EINTR) {
            return;
        }
        if (polled[0].revents != 0 && !feed(polled[0].fd, input, written)) {
            channels[0].ours.close();
        }
        if (polled[1].revents != 0 && !drain(polled[1].fd, output)) {
            channels[1].ours.close();
        }
        if (polled[2].revents != 0 && !drain(polled[2].fd, errors)) {
            channels[2].ours.close();
        }
    }
}

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return 127;
        }
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

ChildResult run_child(const std::vector<std::string>& arguments, const Bytes& input) {
    ChildResult result;
    result.exit_status = 127;
    Channel channels[3];
    for (auto& channel : channels) {
        if (!channel.open()) {
            result.errors = std::strerror(errno);
            return result;
        }
    }
    pid_t pid = -1;
    if (const int error = spawn(arguments, channels, pid)) {
        result.errors = arguments[0] + ": " + std::strerror(error);
        return result;
    }
    for (auto& channel : channels) {
        channel.theirs.close();
    }
    Bytes errors;
    exchange(channels, input, result.output, errors);
    result.errors.assign(errors.begin(), errors.end());
    result.exit_status = wait_for(pid);
    return result;
}

} // namespace amp
