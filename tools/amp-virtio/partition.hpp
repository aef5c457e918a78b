// SPDX-License-Identifier: GPL-2.0-only
// A partition as its back end sees it: when it ends, its memory, its devices. module.cpp is the real one, tests have one that
// plays the module. Inherited by workers, who close it before they serve a guest.
#pragma once

#include "config.hpp"

#include <amp/virtio/devices/port.hpp>
#include <amp/virtio/owned_fd.hpp>

#include <memory>
#include <string>
#include <vector>

namespace amp::backend {

class Partition {
public:
    virtual ~Partition() = default;
    // POLLHUP: the partition is gone.
    [[nodiscard]] virtual int descriptor() const = 0;
    // What no other partition has had or will have, of whatever name; empty where the module does not tell.
    virtual Outcome<std::string> instance() = 0;
    // A descriptor that can only be mapped, at offset gpa.
    virtual Outcome<virtio::OwnedFd> open_memory() = 0;
    // Error EBUSY: another process serves it.
    virtual Result<std::unique_ptr<virtio::DevicePort>, int> open_device(unsigned index) = 0;
    // What a worker needs until it calls close(), after which the object is of no use to it.
    [[nodiscard]] virtual std::vector<int> descriptors() const = 0;
    virtual void close() = 0;
};

class PartitionOpener {
public:
    virtual ~PartitionOpener() = default;
    virtual Outcome<std::unique_ptr<Partition>> open(const std::string& name) = 0;
};

} // namespace amp::backend
