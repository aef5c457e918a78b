// SPDX-License-Identifier: GPL-2.0-only
// The way up, and down again.
#include "creation.hpp"

#include "back_end.hpp"
#include "dispatch.hpp"
#include "explain.hpp"
#include "output.hpp"

#include <amp/partitioner/emit.hpp>

#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<Done> load_all(Partition& partition, const Plan& plan) {
    for (const Segment& segment : plan.segments) {
        if (segment.bytes.empty())
            continue;
        const bool is_image = segment.what == "image";
        const auto loaded = partition.load(segment.gpa.number, std::as_bytes(std::span(segment.bytes)), is_image);
        if (!loaded)
            return Err{explain(loaded.error(), fmt::format("load the {} of {}", segment.what, plan.name))};
    }
    return Done{};
}

Outcome<Created> create_one(Context& context, const Plan& plan) {
    const Bytes descriptor = emit_descriptor(plan);
    auto partition = context.device.create(std::as_bytes(std::span(descriptor)));
    if (!partition)
        return Err{explain(partition.error(), fmt::format("create {}", plan.name))};
    Created created{plan.name, std::move(*partition)};
    const auto loaded = load_all(*created.partition, plan);
    if (!loaded)
        return Err{loaded.error()};
    if (const auto prepared = prepare_back_end(context, plan); !prepared)
        return Err{prepared.error()};
    return created;
}

} // namespace

Outcome<std::vector<Created>> create_all(Context& context, const std::vector<Plan>& plans) {
    std::vector<Created> created;
    for (const Plan& plan : plans) {
        auto one = create_one(context, plan);
        if (!one) {
            undo(context, created);
            return Err{one.error()};
        }
        created.push_back(std::move(*one));
    }
    return created;
}

Outcome<Done> keep_all(std::vector<Created>& created) {
    for (Created& one : created) {
        const auto kept = one.partition->act(Action::keep);
        if (!kept)
            return Err{explain(kept.error(), fmt::format("keep {}", one.name))};
    }
    return Done{};
}

Outcome<Done> start_all(Context& context, std::vector<Created>& created) {
    for (Created& one : created) {
        const auto started = start_partition(context, one.name, *one.partition);
        if (!started)
            return Err{started.error()};
    }
    return Done{};
}

void undo(Context& context, std::vector<Created>& created) {
    while (!created.empty()) {
        Created& last = created.back();
        if (const auto destroyed = last.partition->act(Action::destroy); !destroyed)
            print_error(context.err, explain(destroyed.error(), fmt::format("undo the creation of {}", last.name)));
        else if (const auto forgotten = forget_back_end(context, last.name); !forgotten)
            print_error(context.err, forgotten.error());
        created.pop_back();
    }
}

void describe_creation(std::ostream& out, const std::vector<Plan>& plans) {
    for (const Plan& plan : plans) {
        std::vector<std::string> cores;
        for (const PlannedCore& core : plan.cores)
            cores.push_back(fmt::format("{}", core.cpu.number));
        out << fmt::format("would create {}: core {}, {} of memory, {} segment{} loaded{}\n", plan.name,
                           fmt::join(cores, ", "), size_text(plan.memory_bytes() + plan.channel_bytes()),
                           plan.segments.size(), plan.segments.size() == 1 ? "" : "s",
                           plan.virtio.empty() ? ""
                                               : fmt::format(", {} virtio device{}", plan.virtio.size(),
                                                             plan.virtio.size() == 1 ? "" : "s"));
    }
}

} // namespace amp::ctl
