// SPDX-License-Identifier: GPL-2.0-only
// The memfd with devices' states: made, sealed, checked and mapped. What is in it is Transport's and Queue's.
#include "amp/virtio/device_state.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace amp::virtio {
namespace {

constexpr int wanted_seals = F_SEAL_SHRINK | F_SEAL_GROW;

std::string failed(const char* call) {
    return std::string("virtio state: ") + call + ": " + std::strerror(errno);
}

std::size_t bytes_of(unsigned devices) {
    return std::size_t{devices} * sizeof(DeviceState);
}

} // namespace

Result<int, std::string> StateFile::create(unsigned devices) {
    const int file = memfd_create("amp-virtio-state", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) {
        return Err{failed("memfd_create")};
    }
    if (ftruncate(file, static_cast<off_t>(bytes_of(devices))) != 0 ||
        fcntl(file, F_ADD_SEALS, wanted_seals | F_SEAL_SEAL) != 0) {
        std::string error = failed("ftruncate, F_ADD_SEALS");
        close(file);
        return Err{error};
    }
    return file;
}

Result<StateFile, std::string> StateFile::map(int descriptor, unsigned devices) {
    const int seals = fcntl(descriptor, F_GET_SEALS);
    if (seals < 0 || (seals & wanted_seals) != wanted_seals) {
        return Err{std::string("virtio state: the descriptor is no memfd that is sealed against shrinking and growing")};
    }
    struct stat file {};
    if (fstat(descriptor, &file) != 0) {
        return Err{failed("fstat")};
    }
    if (devices == 0 || file.st_size != static_cast<off_t>(bytes_of(devices))) {
        return Err{"virtio state: the file has " + std::to_string(file.st_size) + " bytes, " + std::to_string(devices) +
                   " devices of this version need " + std::to_string(bytes_of(devices))};
    }
    void* place = mmap(nullptr, bytes_of(devices), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (place == MAP_FAILED) {
        return Err{failed("mmap")};
    }
    return StateFile(static_cast<DeviceState*>(place), devices);
}

StateFile::StateFile(StateFile&& other) noexcept
    : states_(std::exchange(other.states_, nullptr)), count_(std::exchange(other.count_, 0)) {}

StateFile& StateFile::operator=(StateFile&& other) noexcept {
    std::swap(states_, other.states_);
    std::swap(count_, other.count_);
    return *this;
}

StateFile::~StateFile() {
    if (states_ != nullptr) {
        munmap(states_, bytes_of(count_));
    }
}

} // namespace amp::virtio
