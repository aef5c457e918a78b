// SPDX-License-Identifier: GPL-2.0-only
// Rules about what is understood but not possible yet: assigned devices, and cores by OpenAMP's cluster mask. Part of
// the rule table.
#include "rule.hpp"

namespace amp {

namespace {

void unsupported(const CheckContext& context, std::size_t index, Report& report) {
    for (const auto& place : context.subjects[index].partition.devices) {
        report(place, "assigning devices to a partition is not supported yet", "remove " + place.property);
    }
}

void cpus_mask(const CheckContext& context, std::size_t index, Report& report) {
    const auto& place = context.subjects[index].partition.cpus_mask;
    if (place) {
        report(*place, "naming cores by cluster and mask is not supported yet",
               "write amp,cores = <N>; with the reg value of a cpu@N node");
    }
}

constexpr Rule rules[] = {
    {"devices.unsupported", Severity::error, "access and amp,devices are not supported yet", unsupported},
    {"cpus.mask-unsupported", Severity::error, "cpus = <&cluster mask level> is not supported yet", cpus_mask},
};

} // namespace

std::span<const Rule> device_rules() {
    return rules;
}

} // namespace amp
