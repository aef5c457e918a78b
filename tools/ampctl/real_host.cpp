// SPDX-License-Identifier: GPL-2.0-only
// Files and processes by system calls; what they mean is back_end.cpp's business.
#include "real_host.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace amp::ctl {
namespace {

std::string system_words(int number = errno) { return std::strerror(number); }

// The signals that ampctl ignores or handles are the child's to decide about; its input and output are nobody's, so that what
// stays in the background does not hold ours.
class SpawnSetting {
public:
    SpawnSetting() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawn_file_actions_init(&actions_);
        sigset_t defaults;
        ::sigemptyset(&defaults);
        ::sigaddset(&defaults, SIGPIPE);
        ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
        ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    }
    ~SpawnSetting() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnSetting(const SpawnSetting&) = delete;
    SpawnSetting& operator=(const SpawnSetting&) = delete;

    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }
    [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }

private:
    posix_spawnattr_t attributes_{};
    posix_spawn_file_actions_t actions_{};
};

Tried<Done> write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return Err{system_words()};
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return Done{};
}

} // namespace

RealHost::RealHost(std::string program) : program_(program.empty() ? AMP_VIRTIO_PROGRAM : std::move(program)) {}

Tried<Done> RealHost::make_directory(const std::string& path) {
    for (const std::string& one : {path.substr(0, path.rfind('/')), path})
        if (::mkdir(one.c_str(), 0755) != 0 && errno != EEXIST)
            return Err{system_words()};
    return Done{};
}

Tried<Done> RealHost::write_private(const std::string& path, std::string_view text) {
    const std::string next = path + ".new";
    ::unlink(next.c_str()); // of a run that was killed; O_EXCL then makes ours, with our rights
    const FileDescriptor file(::open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file)
        return Err{system_words()};
    auto written = write_all(file.get(), text);
    if (written && ::rename(next.c_str(), path.c_str()) != 0)
        written = Err{system_words()};
    if (!written)
        ::unlink(next.c_str());
    return written;
}

Tried<Done> RealHost::remove_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error)
        return Err{error.message()};
    return Done{};
}

Tried<int> RealHost::run_back_end(const std::string& partition) {
    const SpawnSetting setting;
    std::string program = program_, argument = partition;
    const std::array<char*, 3> words{program.data(), argument.data(), nullptr};
    pid_t child = -1;
    const int failure =
        ::posix_spawn(&child, program_.c_str(), setting.actions(), setting.attributes(), words.data(), environ);
    if (failure != 0)
        return Err{system_words(failure)};
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return Err{system_words()};
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Tried<Done> RealHost::ask_to_end(pid_t process) {
    if (::kill(process, SIGTERM) != 0 && errno != ESRCH)
        return Err{system_words()};
    return Done{};
}

bool RealHost::wait_for_end(pid_t process, std::chrono::milliseconds limit) {
    const FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, process, 0)));
    if (!handle)
        return errno == ESRCH;
    const auto end = std::chrono::steady_clock::now() + limit;
    pollfd item{handle.get(), POLLIN, 0};
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        const int ready = ::poll(&item, 1, static_cast<int>(std::max<std::chrono::milliseconds::rep>(left.count(), 0)));
        if (ready >= 0 || errno != EINTR)
            return ready > 0;
    }
}

Tried<FileDescriptor> RealHost::open_terminal(const std::string& path) {
    FileDescriptor terminal(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!terminal)
        return Err{system_words()};
    // Two readers would get every other byte.
    if (::flock(terminal.get(), LOCK_EX | LOCK_NB) != 0)
        return Err{errno == EWOULDBLOCK ? std::string("another ampctl is attached to it") : system_words()};
    return terminal;
}

Tried<FileDescriptor> RealHost::connect_packets(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return Err{std::string("its path is too long")};
    path.copy(address.sun_path, path.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    if (!socket || ::connect(socket.get(), generic, sizeof(address)) != 0)
        return Err{system_words()};
    return socket;
}

} // namespace amp::ctl
