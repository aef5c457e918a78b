// SPDX-License-Identifier: GPL-2.0-only
// Reads and places, in the order in which the checks do; see plan_files.hpp.
#include "plan_files.hpp"

#include "amp/abi/info_page.h"
#include "amp/partitioner/emit.hpp"
#include "fdt_tree.hpp"
#include "payload.hpp"
#include "place_rpmsg.hpp"
#include "text.hpp"

namespace amp {

namespace {

class FilePlanner {
public:
    FilePlanner(Plan& plan, const Spec& spec, const PartitionSpec& partition, const World& world, const Disk& disk)
        : plan_(plan), spec_(spec), partition_(partition), world_(world), disk_(disk) {}

    std::optional<Diagnostic> run() {
        using Step = Failure (FilePlanner::*)();
        for (const Step step :
             {&FilePlanner::load_image, &FilePlanner::load_plain_files, &FilePlanner::place_vrings,
              &FilePlanner::compile_device_trees, &FilePlanner::place_device_tree, &FilePlanner::load_initrd,
              &FilePlanner::add_device_tree}) {
            if (auto failure = (this->*step)()) {
                return failure;
            }
        }
        plan_.segments.push_back({GuestPhysAddr(AMP_INFO_GPA), AMP_PAGE_SIZE, emit_info_page(plan_), "info page"});
        return std::nullopt;
    }

private:
    using Failure = std::optional<Diagnostic>;

    Diagnostic changed(std::string message) const { return plan_changed(partition_, std::move(message)); }

    Failure load_image() {
        plan_.image_file = world_.image_path.find(disk_, spec_.file, partition_.image->value);
        const auto bytes = disk_.read(plan_.image_file);
        if (!bytes) {
            return changed("image " + quoted(plan_.image_file) + " can't be read: " + bytes.error());
        }
        const auto image = parse_image(*bytes, largest_memory(partition_));
        auto placed = image ? place_image(*image, partition_) : Result<PlacedImage, ImageError>(Err{image.error()});
        if (!placed) {
            return changed("image " + quoted(plan_.image_file) + ": " + placed.error().message);
        }
        plan_.image_format = image->format;
        plan_.image_compressed = image->compressed;
        plan_.aarch32 = placed->aarch32;
        plan_.entry = placed->entry;
        placed_ = std::move(*placed);
        return std::nullopt;
    }

    Failure load_plain_files() {
        payload_ = read_payload(spec_, partition_, world_.image_path, disk_);
        for (std::size_t i = 0; i < payload_.files.size(); ++i) {
            auto& [path, bytes] = payload_.files[i];
            const auto& spec = partition_.files[i];
            if (!bytes || !spec.address) {
                return changed("file " + quoted(path) + " can't be read: " + (bytes ? "no address" : bytes.error()));
            }
            const GuestRange range{GuestPhysAddr(spec.address->value), bytes->size()};
            if (range.empty() || !in_memory(partition_, range) || find_overlap(range, placed_.used) != nullptr) {
                return changed("file " + quoted(path) + " does not fit where it shall go");
            }
            placed_.used.push_back(range);
            plan_.segments.push_back({range.start, range.size, std::move(*bytes), "file " + spec.name.value});
        }
        return std::nullopt;
    }

    // What that writes into the resource table is part of the image.
    Failure place_vrings() {
        if (has_rpmsg(partition_)) {
            const auto placed = place_rpmsg(partition_, placed_);
            if (!placed) {
                return changed("image " + quoted(plan_.image_file) + ": " + placed.error().message);
            }
            plan_.rpmsg = *placed;
        }
        auto& image = placed_.segments;
        plan_.segments.insert(plan_.segments.begin(), std::make_move_iterator(image.begin()),
                              std::make_move_iterator(image.end()));
        return std::nullopt;
    }

    Failure compile_device_trees() {
        std::vector<PayloadFile*> trees;
        for (auto& overlay : payload_.overlays) {
            trees.push_back(&overlay);
        }
        if (payload_.dtb) {
            trees.push_back(&*payload_.dtb);
        }
        for (auto* tree : trees) {
            if (tree->bytes) {
                tree->bytes = device_tree_blob(*tree->bytes, tree->path);
            }
            if (!tree->bytes) {
                return changed("device tree " + quoted(tree->path) + ": " + tree->bytes.error());
            }
        }
        return std::nullopt;
    }

    Failure place_device_tree() {
        dtb_room_ = dtb_room(partition_, payload_);
        const auto dtb = place_dtb(partition_, placed_, dtb_room_);
        if (!dtb) {
            return changed("no room is left for the device tree");
        }
        plan_.dtb = dtb->start;
        return std::nullopt;
    }

    Failure load_initrd() {
        if (!payload_.initrd) {
            return std::nullopt;
        }
        auto& [path, bytes] = *payload_.initrd;
        const auto place = bytes ? place_high(partition_, placed_, bytes->size()) : std::nullopt;
        if (!place) {
            return changed("initrd " + quoted(path) + (bytes ? " does not fit" : " can't be read: " + bytes.error()));
        }
        plan_.initrd = *place;
        plan_.segments.push_back({place->start, place->size, std::move(*bytes), "initrd"});
        return std::nullopt;
    }

    Failure add_device_tree() {
        auto tree = device_tree();
        if (!tree) {
            return tree.error();
        }
        const std::uint64_t size = tree->size();
        if (size > dtb_room_) {
            return changed("the device tree is larger than the room kept for it");
        }
        plan_.segments.push_back({plan_.dtb, size, std::move(*tree), "device tree"});
        return std::nullopt;
    }

    Result<Bytes, Diagnostic> device_tree() const {
        const Symbols symbols = payload_.overlays.empty() ? Symbols::absent : Symbols::present;
        Bytes tree = payload_.dtb ? *payload_.dtb->bytes : emit_guest_dtb(plan_, *world_.live, symbols);
        for (std::size_t i = 0; i < payload_.overlays.size(); ++i) {
            auto merged = apply_overlay(tree, *payload_.overlays[i].bytes);
            if (!merged) {
                return Err{Diagnostic{"overlay.applies", Severity::error, partition_.dtb_overlays[i].place,
                                      "overlay " + quoted(payload_.overlays[i].path) +
                                          " can't be applied: " + merged.error(),
                                      payload_.dtb
                                          ? "amp,dtb's file must have what the overlay names; dtc -@ keeps its labels"
                                          : "labels of the generated tree are " + joined(dtb_labels())}};
            }
            tree = std::move(*merged);
        }
        return tree;
    }

    Plan& plan_;
    const Spec& spec_;
    const PartitionSpec& partition_;
    const World& world_;
    const Disk& disk_;
    PlacedImage placed_;
    Payload payload_;
    std::uint64_t dtb_room_ = 0;
};

} // namespace

std::optional<Diagnostic> plan_files(Plan& plan, const Spec& spec, const PartitionSpec& partition, const World& world,
                                     const Disk& disk) {
    return FilePlanner(plan, spec, partition, world, disk).run();
}

} // namespace amp
