// SPDX-License-Identifier: GPL-2.0-only
#include "instance.hpp"

#include "process_id.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sstream>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amp::backend {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr std::size_t pid_file_size = 128; // three lines
constexpr int interval_ms = 20; // neither a lock nor a device's EBUSY can be waited for

std::string process_line(const char* what, const ProcessId& process) {
    return std::string(what) + " " + std::to_string(process.pid) + " " + std::to_string(process.started) + "\n";
}

// By the words in front of them; what makes no sense is nobody's.
std::map<std::string, ProcessId> read_processes(int pid_file) {
    std::string text(pid_file_size, '\0');
    const ssize_t size = ::pread(pid_file, text.data(), text.size(), 0);
    std::istringstream lines(text.substr(0, size > 0 ? static_cast<std::size_t>(size) : 0));
    std::map<std::string, ProcessId> found;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string what;
        ProcessId process;
        if (words >> what >> process.pid >> process.started && process.pid > 0)
            found[what] = process;
    }
    return found;
}

// A supervisor removes its file when it ends: a lock on a file without a name is worth nothing.
bool is_at(int fd, const std::string& path) {
    struct stat open {}, named {};
    return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

bool says_ready(const std::string& status_file) {
    std::ifstream file(status_file);
    const auto status = nlohmann::json::parse(file, nullptr, false);
    return status.is_object() && status.value("ready", false);
}

// A device that can be opened although the status says that all are served is nobody's: the supervisor that has the lock is of
// an earlier partition of that name and about to end. While a worker starts no device is touched, which it would miss.
bool is_served(const Config& config, Partition& partition, const RunFiles& files) {
    if (!says_ready(files.status()))
        return false;
    if (config.devices.empty())
        return true;
    const auto opened = partition.open_device(config.devices.back().index);
    return !opened && opened.error() == EBUSY;
}

} // namespace

Outcome<std::optional<Instance>> Instance::claim(const std::string& pid_file) {
    for (;;) {
        virtio::OwnedFd file(::open(pid_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!file)
            return Err{failed(pid_file)};
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK)
                return std::optional<Instance>();
            return Err{failed(pid_file)};
        }
        if (is_at(file.get(), pid_file))
            return std::optional<Instance>(Instance(std::move(file)));
    }
}

Outcome<Done> Instance::outlive_earlier(std::chrono::milliseconds limit) const {
    for (const auto& [what, process] : read_processes(file_.get()))
        if (!ends_within(process, limit))
            return Err{"the earlier " + what + ", process " + std::to_string(process.pid) +
                       ", has been killed and does not end, so it may still write to the guest's memory; `cat /proc/" +
                       std::to_string(process.pid) + "/stack` tells what it waits for"};
    return Done{};
}

// One write of always the same size, so that a reader, or who comes after a death, finds the old text or the new one.
Outcome<Done> Instance::write_pid(pid_t worker) {
    const auto supervisor = identify(::getpid());
    if (!supervisor)
        return Err{supervisor.error()};
    std::string text = std::to_string(supervisor->pid) + "\n" + process_line("supervisor", *supervisor);
    if (worker > 0) {
        const auto process = identify(worker);
        if (!process)
            return Err{process.error()};
        text += process_line("worker", *process);
    }
    text.resize(pid_file_size, '\n');
    if (::pwrite(file_.get(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        return Err{failed("virtio.pid")};
    return Done{};
}

bool wait_for_other_supervisor(Partition& partition, const RunFiles& files) {
    const virtio::OwnedFd file(::open(files.pid().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const auto processes = read_processes(file.get());
    const auto found = processes.find("supervisor");
    const virtio::OwnedFd other = found == processes.end() ? virtio::OwnedFd() : watch(found->second);
    std::array<pollfd, 2> wanted{{{partition.descriptor(), 0, 0}, {other.get(), POLLIN, 0}}};
    // One that nobody can name is asked after again soon.
    while (::poll(wanted.data(), wanted.size(), other ? -1 : interval_ms) < 0) {}
    return wanted[0].revents == 0;
}

Outcome<std::optional<Instance>> claim_or_served(const Config& config, Partition& partition, const RunFiles& files) {
    const auto end = std::chrono::steady_clock::now() + patience;
    do {
        auto claimed = Instance::claim(files.pid());
        if (!claimed || *claimed)
            return claimed;
        if (is_served(config, partition, files))
            return std::optional<Instance>();
        ::poll(nullptr, 0, interval_ms);
    } while (std::chrono::steady_clock::now() < end);
    return Err{"another amp-virtio for partition '" + config.partition + "' holds " + files.pid() +
               " and serves no device; " + files.log() + " tells why"};
}

} // namespace amp::backend
