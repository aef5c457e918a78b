// SPDX-License-Identifier: GPL-2.0-only
// The module behind Device, by ioctl. main.cpp makes one; /dev/amp is opened at the first call, so that commands which
// need no module work without it.
#pragma once

#include "device.hpp"

namespace amp::ctl {

class RealDevice final : public Device {
public:
    explicit RealDevice(std::string path = AMP_DEVICE) : path_(std::move(path)) {}

    Call<amp_info> info() override;
    Call<std::vector<amp_list_entry>> list() override;
    Call<std::unique_ptr<Partition>> create(std::span<const std::byte> descriptor) override;
    Call<std::unique_ptr<Partition>> open(std::string_view name) override;
    Call<FileDescriptor> open_node(std::string_view partition, std::string_view channel) override;

private:
    Call<Done> connect();

    std::string path_;
    FileDescriptor fd_;
};

} // namespace amp::ctl
