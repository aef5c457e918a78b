// SPDX-License-Identifier: GPL-2.0-only
// Rules about firmware that talks rpmsg: its resource table, and where what that asks for goes. Part of the rule table.
#include "../place_rpmsg.hpp"
#include "../virtio_devices.hpp"
#include "amp/abi/rpmsg.h"
#include "rule.hpp"

namespace amp {

namespace {

void more_than_one(const CheckContext& context, std::size_t index, Report& report) {
    const VirtioSpec* first = nullptr;
    for (const auto& device : context.subjects[index].partition.virtio) {
        const VirtioKind* kind = virtio_kind(device);
        if (kind == nullptr || kind->device_id != AMP_VIRTIO_ID_RPMSG) {
            continue;
        }
        if (first != nullptr) {
            report(device.name.place, named(device) + " is a second rpmsg link beside " + quoted(first->name.value),
                   "remove it: a link has as many endpoints as the firmware announces");
        }
        first = &device;
    }
}

// Tried on a copy: placing changes the image, and the planner does it again.
template <const char* rule>
void report_error(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (!has_rpmsg(partition) || !files.placed || !files.placed->has_value()) {
        return;
    }
    PlacedImage copy = **files.placed;
    const auto placed = place_rpmsg(partition, copy);
    if (!placed && placed.error().rule == rule) {
        report(partition.image->place, "image " + quoted(files.image_path) + ": " + placed.error().message,
               placed.error().hint);
    }
}

constexpr char table_rule[] = "rpmsg.table";
constexpr char place_rule[] = "rpmsg.place";

constexpr Rule rules[] = {
    {"rpmsg.more-than-one", Severity::error, "a partition has one virtio,rpmsg at most", more_than_one},
    {table_rule,
     Severity::error,
     "the image of a partition with virtio,rpmsg has a resource table with one rpmsg device",
     report_error<table_rule>,
     {"image.unreadable", "files.overlap"}},
    {place_rule,
     Severity::error,
     "vrings, buffers and carve-outs of a resource table lie in the partition's memory, apart from all else",
     report_error<place_rule>,
     {"image.unreadable", "files.overlap"}},
};

} // namespace

std::span<const Rule> rpmsg_rules() {
    return rules;
}

} // namespace amp
