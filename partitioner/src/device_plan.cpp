// SPDX-License-Identifier: GPL-2.0-only
// See device_plan.hpp. Pure functions of description, machine and board.
#include "device_plan.hpp"

#include <algorithm>
#include <set>

#include "amp/abi/info_page.h"
#include "amp/base/bits.hpp"

namespace amp {

namespace {

constexpr std::uint32_t spi_first = 32;
constexpr std::uint32_t spi_end = 1020; // IHI 0069 2.2.1
constexpr std::uint32_t mapped_first = 128;

std::uint64_t shift_of(const PartitionSpec& partition, std::size_t index, const std::vector<PhysRange>& registers) {
    const auto& addresses = partition.device_addresses;
    return index < addresses.size() ? addresses[index].value.number - registers.front().start.number : 0;
}

std::set<std::uint32_t> taken_intids(const PartitionSpec& partition) {
    std::set<std::uint32_t> taken;
    if (partition.console) {
        taken.insert(platform_for(partition, 0).console_intid.number);
    }
    for (std::size_t i = 0; i < partition.channels.size(); ++i) {
        taken.insert(static_cast<std::uint32_t>(AMP_CHANNEL_INTID + i));
    }
    for (std::size_t i = 0; i < partition.virtio.size(); ++i) {
        taken.insert(virtio_intid(i).number);
    }
    return taken;
}

std::optional<Irq> guest_intid(Irq physical, const std::set<std::uint32_t>& taken) {
    if (physical.number < AMP_INTID_LIMIT && !taken.contains(physical.number)) {
        return physical;
    }
    for (std::uint32_t intid = mapped_first; intid < AMP_INTID_LIMIT; ++intid) {
        if (!taken.contains(intid)) {
            return Irq(intid);
        }
    }
    return std::nullopt;
}

} // namespace

void for_each_node(const TreeNode& node, const std::function<void(const TreeNode&)>& visit) {
    visit(node);
    for (const auto& child : node.children) {
        for_each_node(child, visit);
    }
}

std::vector<AssignedDevice> assigned_devices(const PartitionSpec& partition, const MachineTree& machine) {
    std::vector<AssignedDevice> all;
    std::set<const TreeNode*> seen;
    for (std::size_t i = 0; i < partition.devices.size(); ++i) {
        const auto& reference = partition.devices[i];
        const TreeNode* node = reference.path.empty() ? nullptr : machine.root().find(reference.path);
        auto registers = node == nullptr ? std::vector<PhysRange>() : machine.registers(*node);
        if (!registers.empty() && seen.insert(node).second) {
            const std::uint64_t shift = shift_of(partition, i, registers);
            all.push_back({&reference, node, std::move(registers), shift});
        }
    }
    return all;
}

PhysRange pages_of(const PhysRange& range) {
    const std::uint64_t start = align_down(range.start.number, AMP_PAGE_SIZE);
    return {PhysAddr(start), align_up(range.last().number - start + 1, AMP_PAGE_SIZE)};
}

std::vector<PlannedRegion> device_regions(const std::vector<AssignedDevice>& devices) {
    std::vector<PlannedRegion> pages;
    for (const auto& device : devices) {
        for (const auto& range : device.registers) {
            const PhysRange whole = pages_of(range);
            pages.push_back({{GuestPhysAddr(whole.start.number + device.shift), whole.size},
                             whole.start,
                             RegionKind::device,
                             AMP_ACCESS_READ | AMP_ACCESS_WRITE,
                             0,
                             device.node->path});
        }
    }
    std::stable_sort(pages.begin(), pages.end(),
                     [](const auto& a, const auto& b) { return a.range.start < b.range.start; });
    std::vector<PlannedRegion> joined;
    for (const auto& page : pages) {
        PlannedRegion* last = joined.empty() ? nullptr : &joined.back();
        const bool same = last != nullptr && page.range.start.number - page.pa.number ==
                                                 last->range.start.number - last->pa.number;
        // devices of one page, or of neighbouring ones
        if (same && page.range.start <= last->range.end()) {
            last->range.size = std::max(last->range.end().number, page.range.end().number) - last->range.start.number;
            last->what += last->what == page.what ? "" : ", " + page.what;
        } else {
            joined.push_back(page);
        }
    }
    return joined;
}

Irq DeviceInterrupt::spi() const {
    const bool shared = cells.size() >= 3 && cells[0] == 0 && cells[1] < spi_end - spi_first;
    const bool possible = shared && ((cells[2] & 0xf) == 1 || (cells[2] & 0xf) == 4);
    return Irq(possible ? cells[1] + spi_first : 0);
}

std::vector<DeviceInterrupt> device_interrupts(const AssignedDevice& device, const MachineTree& machine) {
    std::vector<DeviceInterrupt> all;
    for_each_node(*device.node, [&](const TreeNode& node) {
        for (auto& one : machine.interrupts(node).value_or(std::vector<InterruptSpecifier>())) {
            all.push_back({&node, one.controller, std::move(one.cells)});
        }
    });
    return all;
}

std::vector<const TreeNode*> unreadable_interrupts(const AssignedDevice& device, const MachineTree& machine) {
    std::vector<const TreeNode*> all;
    for_each_node(*device.node, [&](const TreeNode& node) {
        if (!machine.interrupts(node)) {
            all.push_back(&node);
        }
    });
    return all;
}

std::vector<PlannedIrq> device_irqs(const PartitionSpec& partition, const std::vector<AssignedDevice>& devices,
                                    const MachineTree& machine) {
    std::set<std::uint32_t> taken = taken_intids(partition);
    std::vector<PlannedIrq> wanted;
    for (const auto& device : devices) {
        for (const auto& interrupt : device_interrupts(device, machine)) {
            const auto spi = interrupt.controller == machine.gic() ? interrupt.spi() : Irq();
            const bool known = std::any_of(wanted.begin(), wanted.end(),
                                           [&](const auto& other) { return other.intid == spi; });
            if (spi != Irq() && !known) {
                wanted.push_back({spi, Irq(), interrupt.level(), device.node->path});
            }
        }
    }
    std::vector<PlannedIrq> given;
    // first those that keep their number, so that no other takes it
    for (const bool keeping : {true, false}) {
        for (auto& irq : wanted) {
            const bool can_keep = irq.intid.number < AMP_INTID_LIMIT && !taken.contains(irq.intid.number);
            const auto intid = irq.guest_intid == Irq() && (!keeping || can_keep) ? guest_intid(irq.intid, taken)
                                                                                   : std::nullopt;
            if (intid) {
                irq.guest_intid = *intid;
                taken.insert(intid->number);
            }
        }
    }
    std::copy_if(wanted.begin(), wanted.end(), std::back_inserter(given),
                 [](const auto& irq) { return irq.guest_intid != Irq(); });
    return given;
}

std::optional<std::uint64_t> clock_rate(const Reference& clock, const MachineTree& machine, const Board& board) {
    if (const auto rate = machine.clock_rate(*clock.node)) {
        return rate;
    }
    for (const auto& known : board.clock_rates) {
        if (known.node == clock.node->path && known.cells == clock.cells) {
            return known.hz;
        }
    }
    return std::nullopt;
}

namespace {

void plan_clocks(Plan& plan, const AssignedDevice& device, const MachineTree& machine, const Board& board) {
    for_each_node(*device.node, [&](const TreeNode& node) {
        const TreeProperty* clocks = node.property("clocks");
        const auto rows = clocks == nullptr ? std::nullopt : machine.references(*clocks, "#clock-cells");
        for (const auto& clock : rows.value_or(std::vector<Reference>())) {
            if (const auto hz = clock_rate(clock, machine, board)) {
                plan.clocks.push_back({clock.node->path, clock.cells, *hz});
            }
        }
    });
}

} // namespace

void plan_devices(Plan& plan, const PartitionSpec& partition, const World& world) {
    if (partition.devices.empty() || !world.live->tree) {
        return;
    }
    const MachineTree machine(*world.live->tree);
    const auto devices = assigned_devices(partition, machine);
    for (const auto& device : devices) {
        plan.devices.push_back({device.node->path, device.shift});
        plan_clocks(plan, device, machine, world.board);
    }
    plan.irqs = device_irqs(partition, devices, machine);
    const auto regions = device_regions(devices);
    plan.regions.insert(plan.regions.end(), regions.begin(), regions.end());
    std::stable_sort(plan.regions.begin(), plan.regions.end(),
                     [](const auto& a, const auto& b) { return a.range.start < b.range.start; });
}

bool is_one_to_one(const PartitionSpec& partition, std::size_t memory_index, const Live& live) {
    const auto& memory = partition.memory.at(memory_index).value;
    const PhysRange same{PhysAddr(memory.start.number), memory.size};
    return std::any_of(partition.reserved_memory.begin(), partition.reserved_memory.end(), [&](const auto& wanted) {
        return std::any_of(live.reserved_memory.begin(), live.reserved_memory.end(), [&](const auto& region) {
            return region.path == wanted.path && !same.empty() && region.range.contains(same);
        });
    });
}

} // namespace amp
