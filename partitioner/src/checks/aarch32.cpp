// SPDX-License-Identifier: GPL-2.0-only
// Whether the core can run a 32-bit guest, as far as its model tells; the monitor, which reads ID_AA64PFR0_EL1, has the
// last word. Part of the rule table.
#include "rule.hpp"

namespace amp {

namespace {

void no_aarch32(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (!context.world.live || !files.placed || !files.placed->has_value() || !(*files.placed)->aarch32) {
        return;
    }
    for (const auto& core : partition.cores) {
        for (const auto& cpu : context.world.live->cpus) {
            if (cpu.mpidr.number == core.value && lacks_aarch32_el1(cpu)) {
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
