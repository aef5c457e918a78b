// SPDX-License-Identifier: GPL-2.0-only
// Spec + World -> Plan. Every decision with an alternative is in layout.cpp and doorbells.cpp, where the checks look,
// too; what fails here changed between check and plan (a file, a core) and is reported by rule plan.changed.
#include "amp/partitioner/plan.hpp"

#include <algorithm>

#include "amp/abi/info_page.h"
#include "device_plan.hpp"
#include "doorbell_plan.hpp"
#include "layout.hpp"
#include "plan_files.hpp"
#include "text.hpp"
#include "virtio_devices.hpp"

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
            plan_devices(plan_, partition_, world_);
            add_virtio_window(plan_);
            plan_virtio(plan_, spec_, partition_, disk_);
            failure = plan_files(plan_, spec_, partition_, world_, disk_);
        }
        if (failure) {
            return Err{std::move(*failure)};
        }
        return std::move(plan_);
    }

private:
    using Failure = std::optional<Diagnostic>;

    Diagnostic changed(std::string message) const { return plan_changed(partition_, std::move(message)); }

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
        for (std::size_t i = 0; i < partition_.memory.size(); ++i) {
            const auto& region = partition_.memory[i];
            const bool fixed = is_one_to_one(partition_, i, *world_.live);
            plan_.regions.push_back({region.value, PhysAddr(fixed ? region.value.start.number : 0),
                                     fixed ? RegionKind::fixed : RegionKind::memory, ram_access, 0,
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

    const Spec& spec_;
    const PartitionSpec& partition_;
    const World& world_;
    const Disk& disk_;
    Plan plan_;
};

std::uint64_t bytes_of_kind(const Plan& plan, RegionKind kind) {
    std::uint64_t bytes = 0;
    for (const auto& region : plan.regions) {
        bytes += region.kind == kind ? region.range.size : 0;
    }
    return bytes;
}

} // namespace

Diagnostic plan_changed(const PartitionSpec& partition, std::string message) {
    return {"plan.changed", Severity::error, partition.name.place, std::move(message), "check the description again"};
}

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
