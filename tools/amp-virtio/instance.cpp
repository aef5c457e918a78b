// SPDX-License-Identifier: GPL-2.0-only
#include "instance.hpp"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>

namespace amp::backend {
namespace {

constexpr std::chrono::seconds patience{5};
constexpr int interval_ms = 20; // neither a lock nor a device's EBUSY can be waited for

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

Outcome<Done> Instance::write_pid() {
    const std::string text = std::to_string(::getpid()) + "\n";
    if (::ftruncate(file_.get(), 0) != 0 || ::pwrite(file_.get(), text.data(), text.size(), 0) < 0)
        return Err{failed("virtio.pid")};
    return Done{};
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
