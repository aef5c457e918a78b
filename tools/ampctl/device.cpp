// SPDX-License-Identifier: GPL-2.0-only
// /dev/amp itself: opening it, what there is, new and existing partitions, channel nodes.
#include "real_device.hpp"

#include "partition_device.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>

namespace amp::ctl {

Call<Done> RealDevice::connect() {
    if (fd_)
        return Done{};
    fd_ = FileDescriptor(::open(path_.c_str(), O_RDWR | O_CLOEXEC));
    if (!fd_)
        return Err{CallError{errno, CallPlace::device, {}}};
    return Done{};
}

Call<amp_info> RealDevice::info() {
    if (auto connected = connect(); !connected)
        return Err{connected.error()};
    amp_info info{};
    if (::ioctl(fd_.get(), AMP_IOC_INFO, &info) != 0)
        return Err{CallError{errno, CallPlace::device, {}}};
    return info;
}

Call<std::vector<amp_list_entry>> RealDevice::list() {
    if (auto connected = connect(); !connected)
        return Err{connected.error()};
    std::vector<amp_list_entry> entries(AMP_PARTITIONS_MAX);
    amp_list list{};
    list.entries = reinterpret_cast<std::uintptr_t>(entries.data());
    list.capacity = static_cast<std::uint32_t>(entries.size());
    if (::ioctl(fd_.get(), AMP_IOC_LIST, &list) != 0)
        return Err{CallError{errno, CallPlace::device, {}}};
    entries.resize(std::min(list.count, list.capacity));
    return entries;
}

Call<std::unique_ptr<Partition>> RealDevice::create(std::span<const std::byte> descriptor) {
    if (auto connected = connect(); !connected)
        return Err{connected.error()};
    amp_create create{};
    create.descriptor = reinterpret_cast<std::uintptr_t>(descriptor.data());
    create.descriptor_size = static_cast<std::uint32_t>(descriptor.size());
    if (::ioctl(fd_.get(), AMP_IOC_CREATE, &create) != 0)
        return Err{CallError{errno, CallPlace::partition, create.report}};
    return make_partition(FileDescriptor(create.fd));
}

Call<std::unique_ptr<Partition>> RealDevice::open(std::string_view name) {
    if (auto connected = connect(); !connected)
        return Err{connected.error()};
    amp_open open{};
    if (name.size() >= sizeof(open.name))
        return Err{CallError{ENOENT, CallPlace::partition, {}}};
    std::copy(name.begin(), name.end(), open.name);
    if (::ioctl(fd_.get(), AMP_IOC_OPEN, &open) != 0)
        return Err{CallError{errno, CallPlace::partition, {}}};
    return make_partition(FileDescriptor(open.fd));
}

Call<FileDescriptor> RealDevice::open_node(std::string_view partition, std::string_view channel) {
    std::string path = path_;
    path.append("-").append(partition).append("-").append(channel);
    FileDescriptor node(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (!node)
        return Err{CallError{errno, CallPlace::node, {}}};
    return node;
}

} // namespace amp::ctl
