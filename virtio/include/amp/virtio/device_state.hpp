// SPDX-License-Identifier: GPL-2.0-only
// All of a device that outlives its worker: the transport's registers and the queues, one after the other for all devices of
// a partition in one file. The supervisor makes it and hands it to each worker; a worker believes nothing of it
// unchecked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "amp/base/result.hpp"
#include "amp/virtio/queue_state.hpp"

namespace amp::virtio {

constexpr std::uint64_t device_state_magic = 0x3176'7473'706d'61ull; // "ampstv1"
constexpr std::uint32_t device_state_version = 1;

struct DeviceState {
    std::uint64_t magic; // stored last
    std::uint32_t version;
    std::uint32_t bytes; // sizeof
    std::uint32_t device_id;
    std::uint32_t queue_count;
    /// AMP_VIRTIO_RUN's number, to which all below belongs.
    std::uint64_t run;

    std::uint32_t status;
    std::uint32_t device_features_sel;
    std::uint32_t driver_features_sel;
    std::uint32_t queue_sel;
    std::uint32_t driver_features[2];
    std::uint32_t driver_features_beyond; // of bits 64 and up, which nobody offers
    std::uint32_t config_generation;
    /// The device model's own; zero after a reset.
    alignas(8) std::byte scratch[512];
    QueueState queues[queues_max];
};

/// Devices' states at the beginning of one file. Who can make it shorter can end a worker, so a worker does not keep the descriptor.
class StateFile {
public:
    static std::size_t bytes(unsigned devices);
    /// Refused where it is no file, or too short. Zeroed bytes are void state.
    static Result<StateFile, std::string> map(int descriptor, unsigned devices);

    StateFile(StateFile&& other) noexcept;
    StateFile& operator=(StateFile&& other) noexcept;
    ~StateFile();

    DeviceState& operator[](unsigned device) { return states_[device]; }

private:
    StateFile(DeviceState* states, unsigned count) : states_(states), count_(count) {}

    DeviceState* states_;
    unsigned count_;
};

} // namespace amp::virtio
