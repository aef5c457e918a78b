// SPDX-License-Identifier: GPL-2.0-only
// The file with devices' states, checked and mapped. What is in it is Transport's and Queue's, who makes it is the supervisor.
#include "amp/virtio/device_state.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/mman.h>
#include <sys/stat.h>

namespace amp::virtio {
namespace {

std::string failed(const char* call) {
    return std::string("virtio state: ") + call + ": " + std::strerror(errno);
}

} // namespace

std::size_t StateFile::bytes(unsigned devices) {
    return std::size_t{devices} * sizeof(DeviceState);
}

Result<StateFile, std::string> StateFile::map(int descriptor, unsigned devices) {
    struct stat file {};
    if (fstat(descriptor, &file) != 0) {
        return Err{failed("fstat")};
    }
    if (!S_ISREG(file.st_mode)) {
        return Err{std::string("virtio state: not a file")};
    }
    if (devices == 0 || file.st_size < static_cast<off_t>(bytes(devices))) {
        return Err{"virtio state: the file has " + std::to_string(file.st_size) + " bytes, " + std::to_string(devices) +
                   " devices of this version need " + std::to_string(bytes(devices))};
    }
    void* place = mmap(nullptr, bytes(devices), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
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
        munmap(states_, bytes(count_));
    }
}

} // namespace amp::virtio
