// SPDX-License-Identifier: GPL-2.0-only
// A file descriptor with one owner, closed when the owner goes. For everything that serves virtio devices.
#pragma once

#include <unistd.h>
#include <utility>

namespace amp::virtio {

class OwnedFd {
public:
    OwnedFd() = default;
    explicit OwnedFd(int number) : number_(number) {}
    OwnedFd(OwnedFd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    OwnedFd& operator=(OwnedFd&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~OwnedFd() { reset(); }

    void reset() {
        if (number_ >= 0)
            ::close(std::exchange(number_, -1));
    }
    [[nodiscard]] int get() const { return number_; }
    [[nodiscard]] int release() { return std::exchange(number_, -1); }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

} // namespace amp::virtio
