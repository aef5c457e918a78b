// SPDX-License-Identifier: GPL-2.0-only
// Whether the core can run a 32-bit guest. The device tree tells the core's model, not its ID registers, and Linux
// shows user space none that says so; models that are not listed get the benefit of the doubt, and the monitor, which
// reads ID_AA64PFR0_EL1, has the last word. Part of the rule table.
#include <algorithm>

#include "rule.hpp"

namespace amp {

namespace {

// Their technical reference manuals: AArch32 at EL0 only, or not at all.
constexpr std::string_view without_aarch32_el1[] = {
    "arm,cortex-a34",  "arm,cortex-a65",  "arm,cortex-a65ae", "arm,cortex-a76",  "arm,cortex-a76ae",  "arm,cortex-a77",
    "arm,cortex-a78",  "arm,cortex-a78ae", "arm,cortex-a78c", "arm,cortex-a510", "arm,cortex-a520",   "arm,cortex-a710",
    "arm,cortex-a715", "arm,cortex-a720", "arm,cortex-x1",    "arm,cortex-x2",   "arm,cortex-x3",     "arm,cortex-x4",
    "arm,neoverse-e1", "arm,neoverse-n1", "arm,neoverse-n2",  "arm,neoverse-v1", "arm,neoverse-v2",   "cavium,thunder",
    "apple,icestorm",  "apple,firestorm", "apple,blizzard",   "apple,avalanche",
};

bool lacks_aarch32(const LiveCpu& cpu) {
    return std::find(std::begin(without_aarch32_el1), std::end(without_aarch32_el1), cpu.compatible) !=
           std::end(without_aarch32_el1);
}

void no_aarch32(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (!context.world.live || !files.placed || !files.placed->has_value() || !(*files.placed)->aarch32) {
        return;
    }
    for (const auto& core : partition.cores) {
        for (const auto& cpu : context.world.live->cpus) {
            if (cpu.mpidr.number == core.value && lacks_aarch32(cpu)) {
                report(core.place,
                       "the image is 32-bit code, which core " + std::to_string(core.value) + " (" + cpu.compatible +
                           ") can't run at EL1",
                       "give a 64-bit image, or a core such as Cortex-A53 or Cortex-A72");
            }
        }
    }
}

constexpr Rule rules[] = {
    {"cpus.no-aarch32",
     Severity::error,
     "a 32-bit guest's core can run it",
     no_aarch32,
     {"cpus.unknown", "image.unreadable"}},
};

} // namespace

std::span<const Rule> aarch32_rules() {
    return rules;
}

} // namespace amp
