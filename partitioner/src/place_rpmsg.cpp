// SPDX-License-Identifier: GPL-2.0-only
// The names of carve-outs with a meaning are those of Linux' remoteproc: vdev0vring0, vdev0vring1, vdev0buffer.
#include "place_rpmsg.hpp"

#include <algorithm>
#include <cstring>

#include "amp/base/bits.hpp"
#include "amp/rpmsg/resource_table.hpp"
#include "text.hpp"
#include "virtio_devices.hpp"

namespace amp {

namespace {

// Addresses in a resource table have 32 bits.
constexpr std::uint64_t address_limit = std::uint64_t{1} << 32;

Err<ImageError> fail(std::string rule, std::string message, std::string hint) {
    return Err{ImageError{std::move(rule), std::move(message), std::move(hint)}};
}

class RpmsgPlacer {
public:
    RpmsgPlacer(const PartitionSpec& partition, PlacedImage& image) : partition_(partition), image_(image) {}

    Result<PlannedRpmsg, ImageError> run() {
        if (!image_.resource_table) {
            return fail("rpmsg.table", "it has no section " AMP_RSC_SECTION ", which an rpmsg device needs",
                        "give an ELF file with an OpenAMP resource table that is loaded, or remove the virtio,rpmsg node");
        }
        Bytes* bytes = find_table();
        if (bytes == nullptr) {
            return fail("rpmsg.table", "its resource table at " + hex(image_.resource_table->start.number) +
                                           " lies in no loaded segment", "make it part of a PT_LOAD segment");
        }
        const auto parsed = rpmsg::parse_resource_table(table_bytes(*bytes));
        auto vdev = parsed ? rpmsg::rpmsg_device(*parsed) : Result<rpmsg::Vdev, std::string>(Err{parsed.error()});
        if (!vdev) {
            return fail("rpmsg.table", "its resource table is no good: " + vdev.error(),
                        "one VDEV entry of id 7 with two vrings, as OpenAMP's examples have it");
        }
        table_ = bytes;
        return place(*parsed, *vdev);
    }

private:
    // The segment whose bytes hold the whole table.
    Bytes* find_table() {
        for (auto& segment : image_.segments) {
            if (GuestRange{segment.gpa, segment.bytes.size()}.contains(*image_.resource_table)) {
                offset_ = image_.resource_table->start - segment.gpa;
                return &segment.bytes;
            }
        }
        return nullptr;
    }

    std::span<const std::byte> table_bytes(const Bytes& bytes) const {
        return std::as_bytes(std::span(bytes)).subspan(offset_, image_.resource_table->size);
    }

    Result<PlannedRpmsg, ImageError> place(const rpmsg::ResourceTable& table, const rpmsg::Vdev& vdev) {
        std::uint32_t buffers = 0;
        for (const auto& carveout : table.carveouts) {
            if (auto error = place_carveout(carveout)) {
                return std::move(*error);
            }
        }
        for (std::size_t i = 0; i < vdev.vrings.size(); ++i) {
            const auto& [offset, vring] = vdev.vrings[i];
            buffers += vring.num;
            const auto start = settle("vring " + std::to_string(i), "vdev0vring" + std::to_string(i), vring.da,
                                      amp_vring_size(vring.num, vring.align), vring.align);
            if (!start) {
                return Err{start.error()};
            }
            write(offset + offsetof(amp_rsc_vring, da), *start);
        }
        const auto start = settle("message buffers", "vdev0buffer", AMP_RSC_ANY, buffers * AMP_RPMSG_BUFFER_SIZE, 16);
        if (!start) {
            return Err{start.error()};
        }
        return PlannedRpmsg{*image_.resource_table, GuestPhysAddr(*start)};
    }

    std::optional<Err<ImageError>> place_carveout(const rpmsg::Carveout& carveout) {
        const GuestRange wanted{GuestPhysAddr(carveout.da), carveout.size};
        if (carveout.da == AMP_RSC_ANY) {
            const auto found = find_room("carve-out " + quoted(carveout.name), carveout.size);
            if (!found) {
                return Err{found.error()};
            }
            write(carveout.offset + offsetof(amp_rsc_carveout, da), found->start.number);
            carveouts_.push_back({*found, carveout.name});
            return std::nullopt;
        }
        if (wanted.empty() || !in_memory(partition_, wanted)) {
            return fail("rpmsg.place",
                        "its carve-out " + quoted(carveout.name) + " at " + range_text(wanted) +
                            " is no memory of the partition",
                        "the partition's memory is " + memory_text(partition_));
        }
        carveouts_.push_back({wanted, carveout.name});
        return std::nullopt;
    }

    // The address of a thing of that size: the firmware's own, its carve-out's of that name, or one that is free.
    Result<std::uint64_t, ImageError> settle(const std::string& what, const std::string& carveout_name, std::uint32_t da,
                                             std::uint64_t size, std::uint64_t align) {
        if (da != AMP_RSC_ANY) {
            return check_fixed(what, {GuestPhysAddr(da), size}, align);
        }
        for (const auto& [range, name] : carveouts_) {
            if (name == carveout_name) {
                return range.size >= size ? check_fixed(what, {range.start, size}, align)
                                          : Result<std::uint64_t, ImageError>(fail(
                                                "rpmsg.place", "its carve-out " + quoted(name) + " has " +
                                                    std::to_string(range.size) + " bytes, yet the " + what + " need " +
                                                    std::to_string(size), "make it larger, or the vrings smaller"));
            }
        }
        const auto found = find_room(what, align_up(size, align) + (align > AMP_PAGE_SIZE ? align : 0));
        if (!found) {
            return Err{found.error()};
        }
        return align_up(found->start.number, align);
    }

    Result<std::uint64_t, ImageError> check_fixed(const std::string& what, GuestRange range, std::uint64_t align) {
        if (!range.start.is_aligned(align) || !in_memory(partition_, range)) {
            return fail("rpmsg.place", "its " + what + " at " + range_text(range) +
                                                    (range.start.is_aligned(align) ? " are no memory of the partition"
                                                                                   : " are not aligned as it says"),
                        "use address 0xffffffff, which leaves it to the partitioner; memory is " + memory_text(partition_));
        }
        if (find_overlap(range, image_.used) != nullptr) {
            return fail("rpmsg.place", "its " + what + " at " + range_text(range) + " overlap what is loaded",
                        "use address 0xffffffff, which leaves it to the partitioner");
        }
        image_.used.push_back(range);
        return range.start.number;
    }

    Result<GuestRange, ImageError> find_room(const std::string& what, std::uint64_t size) {
        const GuestPhysAddr ceiling = image_.ceiling;
        image_.ceiling = std::min(ceiling, GuestPhysAddr(address_limit - 1));
        const auto found = size != 0 ? place_high(partition_, image_, size) : std::nullopt;
        image_.ceiling = ceiling;
        if (!found) {
            return fail("rpmsg.place", "no room is left for its " + what + " (" + std::to_string(size) + " bytes)",
                        "give the partition more memory below 4 GiB");
        }
        return *found;
    }

    void write(std::size_t offset, std::uint64_t address) {
        const auto value = static_cast<std::uint32_t>(address);
        std::memcpy(table_->data() + offset_ + offset, &value, sizeof value);
    }

    struct PlacedCarveout {
        GuestRange range;
        std::string name;
    };

    const PartitionSpec& partition_;
    PlacedImage& image_;
    Bytes* table_ = nullptr;
    std::uint64_t offset_ = 0; // of the table in it
    std::vector<PlacedCarveout> carveouts_;
};

} // namespace

bool has_rpmsg(const PartitionSpec& partition) {
    return std::any_of(partition.virtio.begin(), partition.virtio.end(), [](const auto& device) {
        const VirtioKind* kind = virtio_kind(device);
        return kind != nullptr && kind->device_id == AMP_VIRTIO_ID_RPMSG;
    });
}

Result<PlannedRpmsg, ImageError> place_rpmsg(const PartitionSpec& partition, PlacedImage& image) {
    return RpmsgPlacer(partition, image).run();
}

} // namespace amp
