// SPDX-License-Identifier: GPL-2.0-only
// Register offsets of virtio over MMIO, version 2 (virtio 1.2, 4.2.2). Data only.
#pragma once

#include <cstdint>

namespace amp::virtio::reg {

constexpr std::uint32_t magic_value = 0x000; // the monitor answers these four
constexpr std::uint32_t version = 0x004;
constexpr std::uint32_t device_id = 0x008;
constexpr std::uint32_t vendor_id = 0x00c;
constexpr std::uint32_t device_features = 0x010;
constexpr std::uint32_t device_features_sel = 0x014;
constexpr std::uint32_t driver_features = 0x020;
constexpr std::uint32_t driver_features_sel = 0x024;
constexpr std::uint32_t queue_sel = 0x030;
constexpr std::uint32_t queue_num_max = 0x034;
constexpr std::uint32_t queue_num = 0x038;
constexpr std::uint32_t queue_ready = 0x044;
constexpr std::uint32_t queue_notify = 0x050;     // the monitor's
constexpr std::uint32_t interrupt_status = 0x060; // the monitor's
constexpr std::uint32_t interrupt_ack = 0x064;    // the monitor's
constexpr std::uint32_t status = 0x070;
constexpr std::uint32_t queue_desc_low = 0x080;
constexpr std::uint32_t queue_desc_high = 0x084;
constexpr std::uint32_t queue_driver_low = 0x090;
constexpr std::uint32_t queue_driver_high = 0x094;
constexpr std::uint32_t queue_device_low = 0x0a0;
constexpr std::uint32_t queue_device_high = 0x0a4;
constexpr std::uint32_t shm_sel = 0x0ac;
constexpr std::uint32_t shm_len_low = 0x0b0;
constexpr std::uint32_t shm_len_high = 0x0b4;
constexpr std::uint32_t shm_base_low = 0x0b8;
constexpr std::uint32_t shm_base_high = 0x0bc;
constexpr std::uint32_t queue_reset = 0x0c0;
constexpr std::uint32_t config_generation = 0x0fc;
constexpr std::uint32_t config = 0x100; // to the end of the window

constexpr std::uint32_t magic = 0x74726976; // "virt"

} // namespace amp::virtio::reg
