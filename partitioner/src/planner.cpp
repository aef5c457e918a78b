// SPDX-License-Identifier: GPL-2.0-only
// Spec + World -> Plan. Every decision with an alternative is in layout.cpp and doorbells.cpp, where the checks look,
// too; what fails here changed between check and plan (a file, a core) and is reported by rule plan.changed.
#include "amp/partitioner/plan.hpp"

#include <algorithm>

#include "amp/abi/info_page.h"
#include "amp/partitioner/emit.hpp"
#include "doorbell_plan.hpp"
#include "fdt_tree.hpp"
#include "layout.hpp"
#include "payload.hpp"
#include "text.hpp"

namespace amp {

namespace {

constexpr std::uint32_t ram_access = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE;

class Planner {
public:
    Planner(const Spec& spec, const PartitionSpec& partition, const World& world, const Disk& disk)
        : spec_(spec), partition_(partition), world_(world), disk_(disk) {}

    Result<Plan, Diagnostic> run(std::size_t index, std::span<const Irq> doorbells,
                                 const std::vector<const PartitionSpec*>& all) {
        if (partition_.cores.empty() || partition_.memory.empty() || !partition_.image || !partition_.id ||
            index >= doorbells.size()) {
            return Err{changed("the description has errors that check() reports")};
        }
        plan_.name = partition_.name.value;
        plan_.id = partition_.id->value;
        plan_.os_type = partition_.os_type ? partition_.os_type->value : "baremetal";
        plan_.bootargs = partition_.bootargs ? partition_.bootargs->value : "";
        plan_.platform = platform_for(partition_, world_.live->gic.version);
        plan_.doorbell = doorbells[index];
        auto failure = take_cores();
        if (!failure) {
            failure = take_channels(all);
        }
        if (!failure) {
            take_regions();
            failure = load_files();
        }
        if (!failure) {
            failure = add_generated();
        }
        if (failure) {
            return Err{std::move(*failure)};
        }
        return std::move(plan_);
    }

private:
    using Failure = std::optional<Diagnostic>;

    Diagnostic changed(std::string message) const {
        return {"plan.changed", Severity::error, partition_.name.place, std::move(message),
                "check the description again"};
    }

    Failure take_cores() {
        for (const auto& core : partition_.cores) {
            const auto& cpus = world_.live->cpus;
            const auto cpu =
                std::find_if(cpus.begin(), cpus.end(), [&](const auto& c) { return c.mpidr.number == core.value; });
            if (cpu == cpus.end()) {
                return changed("there is no core " + hex(core.value));
            }
            plan_.cores.push_back({cpu->cpu, cpu->mpidr});
        }
        return std::nullopt;
    }

    // partition.h: between two partitions the one with the smaller id is side 0, dom0 is always side 1.
    std::uint32_t side_towards(const std::string& peer, const std::vector<const PartitionSpec*>& all) const {
        for (const auto* other : all) {
            if (other->name.value == peer && other->id) {
                return plan_.id < other->id->value ? 0 : 1;
            }
        }
        for (const auto& existing : world_.existing) {
            if (existing.name == peer) {
                return plan_.id < existing.id ? 0 : 1;
            }
        }
        return 0;
    }

    Failure take_channels(const std::vector<const PartitionSpec*>& all) {
        const auto places = place_channels(partition_);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& spec = partition_.channels[i];
            if (!places[i] || !spec.peer) {
                return changed("channel " + quoted(spec.name.value) + " has no place or no peer");
            }
            PlannedChannel channel;
            channel.name = spec.name.value;
            channel.peer = spec.peer->value;
            channel.peer_is_dom0 = channel.peer == "dom0";
            channel.side = side_towards(channel.peer, all);
            channel.gpa = places[i]->start;
            channel.size = places[i]->size;
            channel.intid = Irq(static_cast<std::uint32_t>(AMP_CHANNEL_INTID + i));
            plan_.channels.push_back(std::move(channel));
        }
        return std::nullopt;
    }

    void take_regions() {
        for (const auto& region : partition_.memory) {
            plan_.regions.push_back({region.value, PhysAddr(), RegionKind::memory, ram_access, 0,
                                     region.unlisted ? "unlisted memory" : "ram", !region.unlisted});
        }
        plan_.regions.push_back({{GuestPhysAddr(AMP_INFO_GPA), AMP_PAGE_SIZE},
                                 PhysAddr(),
                                 RegionKind::memory,
                                 AMP_ACCESS_READ,
                                 0,
                                 "info page"});
        for (std::size_t i = 0; i < plan_.channels.size(); ++i) {
            const auto& channel = plan_.channels[i];
            plan_.regions.push_back({{channel.gpa, channel.size},
                                     PhysAddr(),
                                     RegionKind::channel,
                                     AMP_ACCESS_READ | AMP_ACCESS_WRITE,
                                     static_cast<std::uint32_t>(i),
                                     "channel " + channel.name});
        }
        std::stable_sort(plan_.regions.begin(), plan_.regions.end(),
                         [](const auto& a, const auto& b) { return a.range.start < b.range.start; });
    }

    Failure load_files() {
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
        plan_.segments = std::move(placed->segments);
        payload_ = read_payload(spec_, partition_, world_.image_path, disk_);
        auto failure = load_plain_files(*placed);
        if (!failure) {
            failure = load_device_trees();
        }
        if (!failure) {
            dtb_room_ = dtb_room(partition_, payload_);
            const auto dtb = place_dtb(partition_, *placed, dtb_room_);
            if (!dtb) {
                return changed("no room is left for the device tree");
            }
            plan_.dtb = dtb->start;
            failure = load_initrd(*placed);
        }
        return failure;
    }

    Failure load_plain_files(PlacedImage& placed) {
        for (std::size_t i = 0; i < payload_.files.size(); ++i) {
            auto& [path, bytes] = payload_.files[i];
            const auto& spec = partition_.files[i];
            if (!bytes || !spec.address) {
                return changed("file " + quoted(path) + " can't be read: " + (bytes ? "no address" : bytes.error()));
            }
            const GuestRange range{GuestPhysAddr(spec.address->value), bytes->size()};
            if (range.empty() || !in_memory(partition_, range) || find_overlap(range, placed.used) != nullptr) {
                return changed("file " + quoted(path) + " does not fit where it shall go");
            }
            placed.used.push_back(range);
            plan_.segments.push_back({range.start, range.size, std::move(*bytes), "file " + spec.name.value});
        }
        return std::nullopt;
    }

    Failure load_device_trees() {
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

    Failure load_initrd(PlacedImage& placed) {
        if (!payload_.initrd) {
            return std::nullopt;
        }
        auto& [path, bytes] = *payload_.initrd;
        const auto place = bytes ? place_high(partition_, placed, bytes->size()) : std::nullopt;
        if (!place) {
            return changed("initrd " + quoted(path) + (bytes ? " does not fit" : " can't be read: " + bytes.error()));
        }
        plan_.initrd = *place;
        plan_.segments.push_back({place->start, place->size, std::move(*bytes), "initrd"});
        return std::nullopt;
    }

    Failure add_generated() {
        Bytes tree = payload_.dtb
                         ? *payload_.dtb->bytes
                         : emit_guest_dtb(plan_, *world_.live,
                                          payload_.overlays.empty() ? Symbols::absent : Symbols::present);
        for (std::size_t i = 0; i < payload_.overlays.size(); ++i) {
            auto merged = apply_overlay(tree, *payload_.overlays[i].bytes);
            if (!merged) {
                return Diagnostic{"overlay.applies", Severity::error, partition_.dtb_overlays[i].place,
                                  "overlay " + quoted(payload_.overlays[i].path) +
                                      " can't be applied: " + merged.error(),
                                  payload_.dtb ? "amp,dtb's file needs what the overlay names; dtc -@ keeps its labels"
                                               : "labels of the generated tree are " + joined(dtb_labels()) +
                                                     ""};
            }
            tree = std::move(*merged);
        }
        const std::uint64_t tree_size = tree.size();
        if (tree_size > dtb_room_) {
            return changed("the device tree is larger than the room kept for it");
        }
        plan_.segments.push_back({plan_.dtb, tree_size, std::move(tree), "device tree"});
        plan_.segments.push_back({GuestPhysAddr(AMP_INFO_GPA), AMP_PAGE_SIZE, emit_info_page(plan_), "info page"});
        return std::nullopt;
    }

    const Spec& spec_;
    const PartitionSpec& partition_;
    const World& world_;
    const Disk& disk_;
    Plan plan_;
    Payload payload_;
    std::uint64_t dtb_room_ = 0;
};

std::uint64_t bytes_of_kind(const Plan& plan, RegionKind kind) {
    std::uint64_t bytes = 0;
    for (const auto& region : plan.regions) {
        bytes += region.kind == kind ? region.range.size : 0;
    }
    return bytes;
}

} // namespace

std::string_view to_string(RegionKind kind) {
    switch (kind) {
    case RegionKind::memory:
        return "memory";
    case RegionKind::fixed:
        return "fixed";
    case RegionKind::device:
        return "device";
    case RegionKind::channel:
        break;
    }
    return "channel";
}

std::uint64_t Plan::memory_bytes() const {
    return bytes_of_kind(*this, RegionKind::memory);
}
std::uint64_t Plan::channel_bytes() const {
    return bytes_of_kind(*this, RegionKind::channel);
}

Loaded<std::vector<Plan>> plan(const std::vector<Spec>& specs, const World& world, const Disk& disk) {
    Loaded<std::vector<Plan>> loaded;
    std::vector<const PartitionSpec*> all;
    for (const auto& spec : specs) {
        for (const auto& partition : spec.partitions) {
            all.push_back(&partition);
        }
    }
    if (!world.live) {
        loaded.diagnostics.error("plan.no-machine", {}, "without a machine's device tree nothing can be planned",
                                 "run it on the target, or give the target's tree");
        return loaded;
    }
    const auto doorbells = doorbells_for(world, all.size());
    std::size_t index = 0;
    for (const auto& spec : specs) {
        for (const auto& partition : spec.partitions) {
            auto made = Planner(spec, partition, world, disk).run(index++, doorbells, all);
            if (made) {
                loaded.value.push_back(std::move(*made));
            } else {
                loaded.diagnostics.add(made.error());
            }
        }
    }
    return loaded;
}

} // namespace amp
