// SPDX-License-Identifier: GPL-2.0-only
// Reads and places what a partition loads beside its image; see payload.hpp.
#include "payload.hpp"

#include "amp/base/bits.hpp"
#include "child_process.hpp"
#include "fdt_tree.hpp"
#include "text.hpp"

namespace amp {

Payload read_payload(const Spec& spec, const PartitionSpec& partition, const ImagePath& image_path, const Disk& disk) {
    const auto read = [&](const std::string& name) {
        std::string path = image_path.find(disk, spec.file, name);
        auto bytes = disk.read(path);
        return PayloadFile{std::move(path), std::move(bytes)};
    };
    Payload payload;
    for (const auto& file : partition.files) {
        payload.files.push_back(file.file ? read(file.file->value)
                                          : PayloadFile{"", Result<Bytes, std::string>(Err{std::string("no name")})});
    }
    if (partition.dtb) {
        payload.dtb = read(partition.dtb->value);
    }
    for (const auto& overlay : partition.dtb_overlays) {
        payload.overlays.push_back(read(overlay.value));
    }
    if (partition.initrd) {
        payload.initrd = read(partition.initrd->value);
    }
    return payload;
}

Result<Bytes, std::string> device_tree_blob(const Bytes& bytes, const std::string& file) {
    if (is_dtb(bytes)) {
        if (const auto error = dtb_error(bytes)) {
            return Err{*error};
        }
        return bytes;
    }
    const ChildResult dtc =
        run_child({"dtc", "-q", "-@", "-I", "dts", "-i", directory_of(file), "-O", "dtb", "-"}, bytes);
    if (dtc.exit_status == 127) {
        return Err{std::string("dtc is not installed, which device tree sources need")};
    }
    if (dtc.exit_status != 0 || !is_dtb(dtc.output)) {
        return Err{"dtc does not accept it: " + joined(lines_of(dtc.errors), "; ")};
    }
    return dtc.output;
}

std::uint64_t dtb_room(const PartitionSpec& partition, const Payload& payload) {
    const auto size_of = [](const PayloadFile& file) {
        return file.bytes ? std::uint64_t{file.bytes->size()} : std::uint64_t{0};
    };
    const std::uint64_t bootargs = partition.bootargs ? partition.bootargs->value.size() : 0;
    std::uint64_t room = 8192 + bootargs + partition.channels.size() * 512 + partition.virtio.size() * 256 + partition.memory.size() * 128 +
                         partition.devices.size() * device_node_room;
    if (payload.dtb) {
        // Text is always larger than its blob but for a few bytes of header.
        room = size_of(*payload.dtb) + 4096;
    }
    for (const auto& overlay : payload.overlays) {
        // Its symbols get longer paths.
        room += 2 * size_of(overlay) + 4096;
    }
    return align_up(room, AMP_PAGE_SIZE);
}

std::optional<GuestRange> place_dtb(const PartitionSpec& partition, PlacedImage& image, std::uint64_t room) {
    if (!partition.dtb_address) {
        return place_high(partition, image, room);
    }
    const GuestRange place{GuestPhysAddr(partition.dtb_address->value), room};
    if (!in_memory(partition, place) || find_overlap(place, image.used) != nullptr || place.end() > image.ceiling) {
        return std::nullopt;
    }
    image.used.push_back(place);
    return place;
}

} // namespace amp
