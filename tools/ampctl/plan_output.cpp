// SPDX-License-Identifier: GPL-2.0-only
// The readable form of a plan: one block per partition, a closing line with the sum.
#include "plan_output.hpp"

#include "output.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

std::string core_list(const Plan& plan) {
    std::vector<std::string> cores;
    for (const PlannedCore& core : plan.cores)
        cores.push_back(fmt::format("{} (MPIDR {:#x})", core.cpu.number, core.mpidr.number));
    return fmt::format("{}", fmt::join(cores, ", "));
}

std::string range_text(Range<GuestPhysAddr> range) {
    return fmt::format("{}-{}", address_text(range.start.number), address_text(range.last().number));
}

void print_facts(std::ostream& out, const Plan& plan) {
    const Platform& platform = plan.platform;
    Table facts({});
    facts.add({"core", core_list(plan)});
    facts.add({"image", plan.image_file.empty()
                            ? "none"
                            : fmt::format("{} ({}{})", plan.image_file, to_string(plan.image_format),
                                          fmt::format("{}{}", plan.image_compressed ? ", gzip" : "",
                                                      plan.aarch32 ? ", 32-bit" : ""))});
    facts.add({"entry", fmt::format("{}, {} = {}", address_text(plan.entry.number), plan.aarch32 ? "r2" : "x0",
                                    address_text(plan.dtb.number))});
    if (!plan.bootargs.empty())
        facts.add({"bootargs", printable(plan.bootargs)});
    facts.add({"interrupts",
               fmt::format("GICv{}: distributor {}, {} {}", platform.gic_version, address_text(platform.gicd.number),
                           platform.gic_version == 2 ? "CPU interface" : "redistributor",
                           address_text((platform.gic_version == 2 ? platform.gicc : platform.gicr).number))});
    facts.add({"console", platform.console
                              ? fmt::format("PL011 {}, interrupt {}", address_text(platform.console->number),
                                            platform.console_intid.number)
                              : "none"});
    facts.add({"doorbell", fmt::format("interrupt {} of this machine calls Linux", plan.doorbell.number)});
    facts.print(out, "  ");
}

void print_memory(std::ostream& out, const Plan& plan) {
    Table regions({"guest address", "size", "rights", "kind", "what"});
    for (const PlannedRegion& region : plan.regions)
        regions.add({range_text(region.range), size_text(region.range.size), access_text(region.access),
                     std::string(to_string(region.kind)),
                     region.kind == RegionKind::fixed || region.kind == RegionKind::device
                         ? fmt::format("{} (at {})", region.what, address_text(region.pa.number))
                         : region.what});
    out << '\n';
    regions.print(out, "  ");
    Table segments({"loaded at", "bytes", "in memory", "what"});
    for (const Segment& segment : plan.segments)
        segments.add({address_text(segment.gpa.number), size_text(segment.bytes.size()), size_text(segment.memory_size),
                      segment.what});
    out << '\n';
    segments.print(out, "  ");
}

void print_channels(std::ostream& out, const Plan& plan) {
    if (plan.channels.empty())
        return;
    Table channels({"channel", "peer", "address", "size", "interrupt", "side"});
    for (const PlannedChannel& channel : plan.channels)
        channels.add({channel.name, channel.peer, address_text(channel.gpa.number), size_text(channel.size),
                      fmt::format("{}", channel.intid.number), fmt::format("{}", channel.side)});
    out << '\n';
    channels.print(out, "  ");
}

std::string settings_text(const PlannedVirtio& device) {
    std::vector<std::string> settings;
    if (!device.mac.empty())
        settings.push_back(device.mac);
    if (device.mtu)
        settings.push_back(fmt::format("MTU {}", *device.mtu));
    if (device.cid)
        settings.push_back(fmt::format("context id {}", *device.cid));
    if (device.read_only)
        settings.emplace_back("read-only");
    return settings.empty() ? "-" : fmt::format("{}", fmt::join(settings, ", "));
}

void print_virtio(std::ostream& out, const Plan& plan) {
    if (plan.virtio.empty())
        return;
    Table devices({"virtio device", "kind", "address", "interrupt", "back end", "settings"});
    for (const PlannedVirtio& device : plan.virtio)
        devices.add({device.name, device.type, address_text(device.gpa.number), fmt::format("{}", device.intid.number),
                     printable(device.backend), settings_text(device)});
    out << '\n';
    devices.print(out, "  ");
}

void print_devices(std::ostream& out, const Plan& plan) {
    if (plan.devices.empty())
        return;
    Table devices({"device", "interrupt", "the guest's", "trigger"});
    for (const PlannedDevice& device : plan.devices) {
        bool first = true;
        for (const PlannedIrq& irq : plan.irqs) {
            if (irq.device != device.path)
                continue;
            devices.add({first ? device.path : "", fmt::format("{}", irq.intid.number),
                         fmt::format("{}", irq.guest_intid.number), irq.level ? "level" : "edge"});
            first = false;
        }
        if (first)
            devices.add({device.path, "none", "", ""});
    }
    out << '\n';
    devices.print(out, "  ");
}

void print_sum(std::ostream& out, const std::vector<Plan>& plans) {
    std::vector<std::string> cores;
    std::uint64_t memory = 0;
    for (const Plan& plan : plans) {
        for (const PlannedCore& core : plan.cores)
            cores.push_back(fmt::format("{}", core.cpu.number));
        memory += plan.memory_bytes() + plan.channel_bytes();
    }
    out << fmt::format("taken from Linux: core{} {}; {} of memory, and what the monitor{} need{}\n",
                       cores.size() == 1 ? "" : "s", fmt::join(cores, ", "), size_text(memory),
                       plans.size() == 1 ? "" : "s", plans.size() == 1 ? "s" : "");
}

} // namespace

std::string access_text(std::uint32_t access) {
    return {(access & AMP_ACCESS_READ) != 0 ? 'r' : '-', (access & AMP_ACCESS_WRITE) != 0 ? 'w' : '-',
            (access & AMP_ACCESS_EXECUTE) != 0 ? 'x' : '-'};
}

void print_plans(std::ostream& out, const std::vector<Plan>& plans) {
    for (const Plan& plan : plans) {
        out << fmt::format("partition {} (id {}, {})\n", plan.name, plan.id, plan.os_type);
        print_facts(out, plan);
        print_memory(out, plan);
        print_channels(out, plan);
        print_virtio(out, plan);
        print_devices(out, plan);
        out << '\n';
    }
    print_sum(out, plans);
}

} // namespace amp::ctl
