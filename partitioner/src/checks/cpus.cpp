// SPDX-License-Identifier: GPL-2.0-only
// Rules about cores: which exist, which Linux keeps, which are taken already. Part of the rule table.
#include <algorithm>
#include <set>

#include "rule.hpp"

namespace amp {

namespace {

const LiveCpu* find_cpu(const CheckContext& context, std::uint64_t mpidr) {
    if (!context.world.live) {
        return nullptr;
    }
    const auto& cpus = context.world.live->cpus;
    const auto found =
        std::find_if(cpus.begin(), cpus.end(), [&](const LiveCpu& c) { return c.mpidr.number == mpidr; });
    return found == cpus.end() ? nullptr : &*found;
}

bool is_kept(const CheckContext& context, CpuId cpu) {
    const auto& kept = context.world.board.keep_cpus;
    return std::find(kept.begin(), kept.end(), cpu) != kept.end();
}

const ExistingPartition* owner_of(const CheckContext& context, CpuId cpu) {
    const auto& all = context.world.existing;
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& e) { return e.cpu == cpu; });
    return found == all.end() ? nullptr : &*found;
}

// What may be written instead: cores that Linux uses and nobody else wants.
std::string free_cores(const CheckContext& context) {
    if (!context.world.live) {
        return "the machine's device tree lists its cores";
    }
    std::set<std::uint64_t> wanted;
    for (const auto& subject : context.subjects) {
        for (const auto& core : subject.partition.cores) {
            wanted.insert(core.value);
        }
    }
    std::vector<std::string> free;
    for (const auto& cpu : context.world.live->cpus) {
        if (cpu.cpu.number != 0 && cpu.online && !is_kept(context, cpu.cpu) && !wanted.contains(cpu.mpidr.number)) {
            free.push_back(cpu.mpidr.number < 256 ? std::to_string(cpu.mpidr.number) : hex(cpu.mpidr.number));
        }
    }
    return free.empty() ? "no other core is free" : "free cores are " + joined(free);
}

void missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (is_missing(partition, !partition.cores.empty() || partition.cpus_mask, partition.name.place, "amp,cores")) {
        report(partition.cores_place, "partition " + quoted(partition.name.value) + " has no core",
               "add amp,cores = <N>; with the reg value of a cpu@N node; " + free_cores(context));
    }
}

void more_than_one(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (partition.cores.size() > 1) {
        report(partition.cores_place,
               "partition " + quoted(partition.name.value) + " has " + std::to_string(partition.cores.size()) +
                   " cores",
               "a partition has one core; describe one partition per core");
    }
}

void unknown(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        if (context.world.live && find_cpu(context, core.value) == nullptr) {
            report(core.place, "this machine has no core with reg value " + hex(core.value), free_cores(context));
        }
    }
}

void boot_core_taken(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        const LiveCpu* cpu = find_cpu(context, core.value);
        if (cpu != nullptr && cpu->cpu.number == 0) {
            report(core.place, "core " + std::to_string(core.value) + " is the boot core, which Linux keeps",
                   free_cores(context));
        }
    }
}

void kept(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        const LiveCpu* cpu = find_cpu(context, core.value);
        if (cpu != nullptr && is_kept(context, cpu->cpu)) {
            report(core.place,
                   "core " + std::to_string(core.value) + " stays with Linux on board " +
                       quoted(context.world.board.name),
                   free_cores(context) + "; keep-cpus in " + context.world.board.file + " lists those that stay");
        }
    }
}

void in_use(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        const LiveCpu* cpu = find_cpu(context, core.value);
        const ExistingPartition* owner = cpu == nullptr ? nullptr : owner_of(context, cpu->cpu);
        // The name alone is reported where the partition itself exists already.
        if (owner != nullptr && owner->name != context.subjects[index].partition.name.value) {
            report(core.place,
                   "core " + std::to_string(core.value) + " belongs to partition " + quoted(owner->name) +
                       ", which exists already",
                   free_cores(context) + "; or destroy that partition first (ampctl destroy " + owner->name + ")");
        }
    }
}

void offline(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        const LiveCpu* cpu = find_cpu(context, core.value);
        if (cpu != nullptr && !cpu->online) {
            report(core.place, "core " + std::to_string(core.value) + " is offline",
                   "bring it online first: echo 1 > /sys/devices/system/cpu/cpu" + std::to_string(cpu->cpu.number) +
                       "/online");
        }
    }
}

void shared(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& core : context.subjects[index].partition.cores) {
        for (std::size_t i = 0; i < index; ++i) {
            const auto& other = context.subjects[i].partition;
            const bool same = std::any_of(other.cores.begin(), other.cores.end(),
                                          [&](const auto& c) { return c.value == core.value; });
            if (same) {
                report(core.place, "core " + std::to_string(core.value) + " belongs to " + where(other) + ", too",
                       "give each partition its own core; " + free_cores(context));
                break;
            }
        }
    }
}

// Reported for the partition with which the last core would go.
void last_core(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live) {
        return;
    }
    std::set<std::uint64_t> left;
    for (const auto& cpu : context.world.live->cpus) {
        if (cpu.online) {
            left.insert(cpu.mpidr.number);
        }
    }
    for (std::size_t i = 0; i <= index; ++i) {
        const bool some_left = !left.empty();
        for (const auto& core : context.subjects[i].partition.cores) {
            left.erase(core.value);
        }
        if (i == index && some_left && left.empty()) {
            const auto& partition = context.subjects[i].partition;
            report(partition.cores_place,
                   "with the core of " + quoted(partition.name.value) + " Linux would have none left",
                   "bring another core online, or describe fewer partitions");
        }
    }
}

constexpr Rule rules[] = {
    {"cpus.missing", Severity::error, "every partition has a core", missing},
    {"cpus.more-than-one", Severity::error, "a partition has one core", more_than_one},
    {"cpus.unknown", Severity::error, "the machine has such a core", unknown},
    {"cpus.boot-core-taken", Severity::error, "the boot core stays with Linux", boot_core_taken, {"cpus.unknown"}},
    {"cpus.kept",
     Severity::error,
     "cores that the board keeps stay with Linux",
     kept,
     {"cpus.unknown", "cpus.boot-core-taken"}},
    {"cpus.in-use", Severity::error, "no existing partition has the core", in_use, {"cpus.unknown"}},
    {"cpus.offline", Severity::error, "the core is online", offline, {"cpus.unknown", "cpus.in-use", "name.duplicate"}},
    {"cpus.shared", Severity::error, "no two partitions have the same core", shared},
    {"cpus.last-core",
     Severity::error,
     "Linux keeps at least one core",
     last_core,
     {"cpus.missing", "cpus.unknown", "cpus.boot-core-taken", "cpus.offline", "cpus.shared"}},
};

} // namespace

std::span<const Rule> cpu_rules() {
    return rules;
}

} // namespace amp
