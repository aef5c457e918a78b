// SPDX-License-Identifier: GPL-2.0-only
// The calls on /dev/amp, a partition and a virtio device of it; nothing here decides anything.
#include "module.hpp"

#include "run_files.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/ioctl.h>

namespace amp::backend {
namespace {

using virtio::OwnedFd;

class ModulePort final : public virtio::DevicePort {
public:
    explicit ModulePort(OwnedFd fd) : fd_(std::move(fd)) {}

    [[nodiscard]] int descriptor() const override { return fd_.get(); }

    Result<amp_virtio_info, int> info() override {
        amp_virtio_info info{};
        if (::ioctl(fd_.get(), AMP_IOC_VIRTIO_INFO, &info) != 0)
            return Err{errno};
        return info;
    }

    Result<std::optional<amp_virtio_event>, int> next_event() override {
        amp_virtio_event event{};
        const ssize_t size = ::read(fd_.get(), &event, sizeof(event));
        if (size == sizeof(event))
            return std::optional(event);
        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return std::optional<amp_virtio_event>();
        return Err{size < 0 ? errno : EIO};
    }

    int reply(const amp_virtio_reply& reply) override {
        return ::write(fd_.get(), &reply, sizeof(reply)) == sizeof(reply) ? 0 : errno;
    }

    int set_eventfd(std::uint32_t what, std::uint32_t queue, int fd) override {
        amp_virtio_eventfd argument{fd, what, queue, 0};
        return ::ioctl(fd_.get(), AMP_IOC_VIRTIO_EVENTFD, &argument) == 0 ? 0 : errno;
    }

    int interrupt(std::uint32_t status) override {
        return ::ioctl(fd_.get(), AMP_IOC_VIRTIO_INTERRUPT, static_cast<unsigned long>(status)) == 0 ? 0 : errno;
    }

private:
    OwnedFd fd_;
};

class ModulePartition final : public Partition {
public:
    explicit ModulePartition(OwnedFd fd) : fd_(std::move(fd)) {}

    [[nodiscard]] int descriptor() const override { return fd_.get(); }

    Outcome<std::string> instance() override {
        amp_query query{};
        if (::ioctl(fd_.get(), AMP_IOC_QUERY, &query) != 0)
            return Err{failed("the partition's instance")};
        if (!query.instance[0] || !query.instance[1]) // before version 2.1
            return std::string();
        return std::to_string(query.instance[0]) + "." + std::to_string(query.instance[1]);
    }

    Outcome<OwnedFd> open_memory() override {
        amp_memory_open argument{};
        if (::ioctl(fd_.get(), AMP_IOC_MEMORY_OPEN, &argument) != 0)
            return Err{failed("the partition's memory")};
        return OwnedFd(argument.fd);
    }

    Result<std::unique_ptr<virtio::DevicePort>, int> open_device(unsigned index) override {
        amp_virtio_open argument{index, -1};
        if (::ioctl(fd_.get(), AMP_IOC_VIRTIO_OPEN, &argument) != 0)
            return Err{errno};
        OwnedFd fd(argument.fd);
        const int flags = ::fcntl(fd.get(), F_GETFL);
        if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) != 0)
            return Err{errno};
        return std::unique_ptr<virtio::DevicePort>(std::make_unique<ModulePort>(std::move(fd)));
    }

    [[nodiscard]] std::vector<int> descriptors() const override { return {fd_.get()}; }
    void close() override { fd_.reset(); }

private:
    OwnedFd fd_;
};

} // namespace

Outcome<std::unique_ptr<Partition>> Module::open(const std::string& name) {
    const OwnedFd device(::open(AMP_DEVICE, O_RDWR | O_CLOEXEC));
    if (!device)
        return Err{failed(AMP_DEVICE) + (errno == ENOENT ? "; the module is not loaded: modprobe amp" : "")};
    amp_open argument{};
    std::copy_n(name.begin(), std::min(name.size(), sizeof(argument.name) - 1), argument.name);
    if (::ioctl(device.get(), AMP_IOC_OPEN, &argument) != 0)
        return Err{errno == ENOENT ? "there is no partition '" + name + "'; `ampctl list` tells which there are"
                                   : failed("partition '" + name + "'")};
    return std::unique_ptr<Partition>(std::make_unique<ModulePartition>(OwnedFd(argument.fd)));
}

} // namespace amp::backend
