// SPDX-License-Identifier: GPL-2.0-only
// What a core's model says that no register shows to user space. Called by checks and doctor.
#include <algorithm>

#include "amp/partitioner/live.hpp"

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

} // namespace

bool lacks_aarch32_el1(const LiveCpu& cpu) {
    return std::find(std::begin(without_aarch32_el1), std::end(without_aarch32_el1), cpu.compatible) !=
           std::end(without_aarch32_el1);
}

} // namespace amp
