// SPDX-License-Identifier: GPL-2.0-only
// Walks a resource table. Entries of kinds that need nothing of us (trace buffers, device memory, vendors' own) are passed over.
#include "amp/rpmsg/resource_table.hpp"

#include <cstring>
#include <optional>

namespace amp::rpmsg {

namespace {

constexpr std::uint32_t entries_max = 64;

// T at offset, or nothing where it does not fit.
template <typename T>
std::optional<T> read_at(std::span<const std::byte> bytes, std::size_t offset) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
        return std::nullopt;
    }
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

std::string at(std::size_t offset) { return "its entry at offset " + std::to_string(offset); }

Result<Vdev, std::string> read_vdev(std::span<const std::byte> bytes, std::size_t offset) {
    const auto vdev = read_at<amp_rsc_vdev>(bytes, offset);
    if (!vdev) {
        return Err{at(offset) + " (VDEV) lies beyond its end"};
    }
    Vdev read{offset, *vdev, {}};
    for (std::size_t i = 0; i < vdev->vring_count; ++i) {
        const std::size_t place = offset + sizeof(amp_rsc_vdev) + i * sizeof(amp_rsc_vring);
        const auto vring = read_at<amp_rsc_vring>(bytes, place);
        if (!vring) {
            return Err{at(offset) + " (VDEV): vring " + std::to_string(i) + " lies beyond its end"};
        }
        read.vrings.push_back({place, *vring});
    }
    return read;
}

Result<Carveout, std::string> read_carveout(std::span<const std::byte> bytes, std::size_t offset) {
    const auto entry = read_at<amp_rsc_carveout>(bytes, offset);
    if (!entry) {
        return Err{at(offset) + " (CARVEOUT) lies beyond its end"};
    }
    return Carveout{offset, std::string(entry->name, strnlen(entry->name, sizeof entry->name)), entry->da, entry->size};
}

bool power_of_two(std::uint32_t value) { return value != 0 && (value & (value - 1)) == 0; }

std::optional<std::string> bad_vring(const amp_rsc_vring& vring, std::size_t index) {
    if (!power_of_two(vring.num) || vring.num < 2 || vring.num > AMP_VRING_NUM_MAX) {
        return "its vring " + std::to_string(index) + " has " + std::to_string(vring.num) +
               " buffers, which is no power of two from 2 to " + std::to_string(AMP_VRING_NUM_MAX);
    }
    if (!power_of_two(vring.align) || vring.align < 4 || vring.align > 0x10000) {
        return "its vring " + std::to_string(index) + " has alignment " + std::to_string(vring.align) +
               ", which is no power of two from 4 to 65536";
    }
    if (vring.da != AMP_RSC_ANY && vring.da % 16 != 0) {
        return "its vring " + std::to_string(index) + " lies at no multiple of 16";
    }
    return std::nullopt;
}

} // namespace

Result<ResourceTable, std::string> parse_resource_table(std::span<const std::byte> bytes) {
    const auto head = read_at<amp_rsc_table>(bytes, 0);
    if (!head) {
        return Err{std::string("it is shorter than its head of 16 bytes")};
    }
    if (head->version != AMP_RSC_VERSION) {
        return Err{"it is of version " + std::to_string(head->version) + ", not 1"};
    }
    if (head->count > entries_max) {
        return Err{"it has " + std::to_string(head->count) + " entries, more than " + std::to_string(entries_max)};
    }
    ResourceTable table;
    for (std::uint32_t i = 0; i < head->count; ++i) {
        const auto offset = read_at<std::uint32_t>(bytes, sizeof(amp_rsc_table) + i * sizeof(std::uint32_t));
        const auto type = offset ? read_at<std::uint32_t>(bytes, *offset) : std::nullopt;
        if (!type) {
            return Err{"its entry " + std::to_string(i) + " lies beyond its end"};
        }
        if (*type == AMP_RSC_VDEV) {
            auto vdev = read_vdev(bytes, *offset);
            if (!vdev) {
                return Err{vdev.error()};
            }
            table.vdevs.push_back(std::move(*vdev));
        } else if (*type == AMP_RSC_CARVEOUT) {
            auto carveout = read_carveout(bytes, *offset);
            if (!carveout) {
                return Err{carveout.error()};
            }
            table.carveouts.push_back(std::move(*carveout));
        }
    }
    return table;
}

Result<Vdev, std::string> rpmsg_device(const ResourceTable& table) {
    const Vdev* found = nullptr;
    for (const auto& vdev : table.vdevs) {
        if (vdev.vdev.id != AMP_VIRTIO_ID_RPMSG) {
            return Err{"it asks for a virtio device of id " + std::to_string(vdev.vdev.id) + "; only rpmsg (7) is served"};
        }
        if (found != nullptr) {
            return Err{std::string("it asks for more than one rpmsg device")};
        }
        found = &vdev;
    }
    if (found == nullptr) {
        return Err{std::string("it asks for no rpmsg device (VDEV of id 7)")};
    }
    if (found->vrings.size() != AMP_RPMSG_VRINGS) {
        return Err{"its rpmsg device has " + std::to_string(found->vrings.size()) + " vrings, not 2"};
    }
    for (std::size_t i = 0; i < found->vrings.size(); ++i) {
        if (auto error = bad_vring(found->vrings[i].vring, i)) {
            return Err{std::move(*error)};
        }
    }
    return *found;
}

} // namespace amp::rpmsg
