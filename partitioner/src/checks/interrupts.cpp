// SPDX-License-Identifier: GPL-2.0-only
// Rules about the machine as a whole and its interrupts: controller, board file, doorbells. Part of the rule table.
#include <algorithm>

#include "../doorbell_plan.hpp"
#include "rule.hpp"

namespace amp {

namespace {

void gic_unsupported(const CheckContext& context, std::size_t index, Report& report) {
    if (context.world.live && context.world.live->gic.version == 0) {
        report(context.subjects[index].partition.name.place,
               context.world.live->source + " describes no GICv2 or GICv3",
               "partitions need one of these interrupt controllers");
    }
}

void gic_no_virtualization(const CheckContext& context, std::size_t index, Report& report) {
    if (context.world.live && context.world.live->gic.version != 0 && !context.world.live->gic.virtualization) {
        report(context.subjects[index].partition.name.place,
               "the interrupt controller (" + context.world.live->gic.compatible +
                   ") has no virtualization registers in " + context.world.live->source,
               "its reg needs four blocks: distributor, CPU interface, GICH, GICV");
    }
}

// Once per run: it is about the machine, not about a partition.
void board_mismatch(const CheckContext& context, std::size_t index, Report& report) {
    const auto& board = context.world.board;
    if (index != 0 || !context.world.live || board.file.empty()) {
        return;
    }
    const auto& machine = context.world.live->compatible;
    const bool matches = std::any_of(machine.begin(), machine.end(), [&](const auto& name) {
        return std::find(board.compatible.begin(), board.compatible.end(), name) != board.compatible.end();
    });
    if (!matches) {
        Place place;
        place.file = board.file;
        report(place, "board " + quoted(board.name) + " is not this machine, which says " + joined(machine),
               "leave the board out to have it chosen, or add the string to compatible");
    }
}

void no_doorbell(const CheckContext& context, std::size_t index, Report& report) {
    if (!context.world.live) {
        return;
    }
    const auto free = doorbells_for(context.world, context.subjects.size());
    if (index < free.size()) {
        return;
    }
    const auto& board = context.world.board;
    const auto& partition = context.subjects[index].partition;
    report(partition.name.place, "no shared interrupt is left to call Linux from " + quoted(partition.name.value),
           board.doorbell_spis.empty() ? "list unused ones as doorbell-spis in a board file (docs/description.md)"
                                       : "add unused ones to doorbell-spis in " + board.file);
}

// Once per run; the interrupt is passed over, so this is a warning.
void doorbell_in_use(const CheckContext& context, std::size_t index, Report& report) {
    if (index != 0 || !context.world.live) {
        return;
    }
    for (const Irq intid : context.world.board.doorbell_spis) {
        for (const auto& use : context.world.live->interrupts) {
            const bool ours = std::any_of(context.world.existing.begin(), context.world.existing.end(),
                                          [&](const auto& e) { return e.doorbell == intid; });
            if (use.intid == intid && !ours) {
                Place place;
                place.file = context.world.board.file;
                place.property = "doorbell-spis";
                report(place, "interrupt " + std::to_string(intid.number) + " is not spare: " + use.user + " uses it",
                       "remove it from doorbell-spis; another one is taken meanwhile");
                break;
            }
        }
    }
}

constexpr Rule rules[] = {
    {"gic.unsupported", Severity::error, "the machine has a GICv2 or GICv3", gic_unsupported},
    {"gic.no-virtualization", Severity::error, "a GICv2 has its virtualization registers", gic_no_virtualization},
    {"board.mismatch", Severity::error, "the board file is this machine's", board_mismatch},
    {"interrupts.no-doorbell",
     Severity::error,
     "every partition gets a spare interrupt to call Linux",
     no_doorbell,
     {"gic.unsupported"}},
    {"interrupts.doorbell-in-use", Severity::warning, "interrupts that the board calls spare are spare",
     doorbell_in_use},
};

} // namespace

std::span<const Rule> interrupt_rules() {
    return rules;
}

} // namespace amp
