// SPDX-License-Identifier: GPL-2.0-only
// Which shared interrupts may carry calls from a donated core to Linux. The board knows best; without its word, only
// interrupts that certainly exist in the distributor and that no node and no driver mentions are offered.
#include <algorithm>
#include <set>

#include "amp/abi/types.h"
#include "amp/base/bits.hpp"
#include "doorbell_plan.hpp"

namespace amp {

namespace {

constexpr std::uint32_t spi_first = 32;

// The distributor has interrupts in blocks of 32 (Arm IHI 0069, GICD_TYPER.ITLinesNumber): one that is mentioned proves
// its whole block.
std::uint32_t proven_end(const std::vector<InterruptUse>& interrupts) {
    std::uint32_t end = spi_first;
    for (const auto& use : interrupts) {
        end = std::max(end, static_cast<std::uint32_t>(align_up(use.intid.number + 1ull, 32)));
    }
    return std::min(end, 1020u);
}

} // namespace

std::vector<Irq> doorbell_candidates(const Live& live, const Board& board) {
    std::set<Irq> used;
    for (const auto& use : live.interrupts) {
        used.insert(use.intid);
    }
    std::vector<Irq> wanted = board.doorbell_spis;
    if (wanted.empty()) {
        for (std::uint32_t intid = proven_end(live.interrupts); intid > spi_first; --intid) {
            wanted.push_back(Irq(intid - 1));
        }
    }
    std::vector<Irq> free;
    for (const Irq intid : wanted) {
        if (!used.contains(intid) && free.size() < AMP_PARTITIONS_MAX) {
            free.push_back(intid);
        }
    }
    return free;
}

std::vector<Irq> doorbells_for(const World& world, std::size_t count) {
    std::vector<Irq> free = doorbell_candidates(*world.live, world.board);
    std::erase_if(free, [&](Irq intid) {
        return std::any_of(world.existing.begin(), world.existing.end(),
                           [&](const auto& e) { return e.doorbell == intid; });
    });
    free.resize(std::min(free.size(), count));
    return free;
}

} // namespace amp
