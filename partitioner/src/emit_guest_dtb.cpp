// SPDX-License-Identifier: GPL-2.0-only
// Plan -> the device tree that x0 points to when the guest starts: the virt machine as QEMU gives it under KVM, with
// one processor, our channels and virtio devices. Built as a TreeNode, so that libfdt stays in one file.
#include <cstdio>

#include "amp/abi/info_page.h"
#include "amp/partitioner/emit.hpp"
#include "emit_guest_devices.hpp"
#include "fdt_tree.hpp"
#include "layout.hpp"

namespace amp {

namespace {

enum Phandle : std::uint32_t { gic_phandle = 1, clock_phandle = 2, first_device_phandle = 16 };

// arm,gic.yaml: interrupt types and trigger flags; bits 15:8 of a GICv2 PPI's flags are the processors that it reaches.
constexpr std::uint32_t spi = 0;
constexpr std::uint32_t ppi = 1;
constexpr std::uint32_t edge_rising = 1;
constexpr std::uint32_t level_high = 4;
constexpr std::uint32_t gicv2_cpu0 = 1u << 8;
constexpr std::uint32_t spi_first = 32;

std::string at(std::string_view name, GuestPhysAddr address) {
    char text[24];
    std::snprintf(text, sizeof text, "@%llx", static_cast<unsigned long long>(address.number));
    return std::string(name) + text;
}

void add_cpu(TreeNode& root, const Plan& plan, const Live& live) {
    std::string compatible = "arm,armv8";
    for (const auto& cpu : live.cpus) {
        if (!plan.cores.empty() && cpu.mpidr == plan.cores[0].mpidr && !cpu.compatible.empty()) {
            compatible = cpu.compatible;
        }
    }
    TreeNode& cpus = root.add("cpus");
    cpus.set_cells("#address-cells", {1});
    cpus.set_cells("#size-cells", {0});
    TreeNode& cpu = cpus.add("cpu@0");
    cpu.set_text("device_type", "cpu");
    cpu.set_text("compatible", compatible);
    cpu.set_cells("reg", {0});
    cpu.set_text("enable-method", "psci");
}

void add_psci(TreeNode& root, const Plan& plan) {
    TreeNode& psci = root.add("psci");
    psci.set_texts("compatible", {"arm,psci-1.0", "arm,psci-0.2", "arm,psci"});
    psci.set_text("method", "hvc");
    // For clients of PSCI 0.1, whose numbers are the caller's to know (psci.yaml); the values are PSCI 0.2's (Arm DEN
    // 0022).
    const std::uint32_t convention = plan.aarch32 ? 0x84000000 : 0xc4000000; // SMC32, SMC64
    psci.set_cells("cpu_suspend", {convention + 1});
    psci.set_cells("cpu_off", {0x84000002});
    psci.set_cells("cpu_on", {convention + 3});
    psci.set_cells("migrate", {convention + 5});
}

void add_timer(TreeNode& root, const Plan& plan) {
    const std::uint32_t flags = level_high | (plan.platform.gic_version == 2 ? gicv2_cpu0 : 0);
    TreeNode& timer = root.add("timer");
    timer.set_texts("compatible", {"arm,armv8-timer", "arm,armv7-timer"});
    // secure physical, physical, virtual, hypervisor: INTIDs 29, 30, 27, 26
    timer.set_cells("interrupts", {ppi, 13, flags, ppi, 14, flags, ppi, 11, flags, ppi, 10, flags});
    timer.set("always-on");
}

// The PMU of a 64-bit guest is its core's own, its interrupt PPI 7 as KVM has it.
void add_pmu(TreeNode& root, const Plan& plan, const Live& live) {
    if (!live.pmu_interrupt || plan.aarch32) {
        return;
    }
    TreeNode& pmu = root.add("pmu");
    pmu.set_text("compatible", "arm,armv8-pmuv3");
    pmu.set_cells("interrupts", {ppi, 7, level_high | (plan.platform.gic_version == 2 ? gicv2_cpu0 : 0)});
}

void add_gic(TreeNode& root, const Platform& platform) {
    TreeNode& gic = root.add(at("intc", platform.gicd));
    gic.set_cells("phandle", {gic_phandle});
    gic.set("interrupt-controller");
    gic.set_cells("#interrupt-cells", {3});
    gic.set_cells("#address-cells", {0});
    if (platform.gic_version == 2) {
        gic.set_text("compatible", "arm,cortex-a15-gic");
        gic.set_u64s("reg", {platform.gicd.number, gicd_size_v2, platform.gicc.number, gicc_size});
    } else {
        gic.set_text("compatible", "arm,gic-v3");
        gic.set_cells("#redistributor-regions", {1});
        gic.set_u64s("reg", {platform.gicd.number, gicd_size_v3, platform.gicr.number, gicr_size});
    }
}

void add_console(TreeNode& root, const Platform& platform) {
    if (!platform.console) {
        return;
    }
    TreeNode& clock = root.add("apb-pclk");
    clock.set_cells("phandle", {clock_phandle});
    clock.set_text("compatible", "fixed-clock");
    clock.set_cells("#clock-cells", {0});
    clock.set_cells("clock-frequency", {24000000});
    clock.set_text("clock-output-names", "clk24mhz");
    TreeNode& uart = root.add(at("serial", *platform.console));
    uart.set_texts("compatible", {"arm,pl011", "arm,primecell"});
    uart.set_u64s("reg", {platform.console->number, console_size});
    uart.set_cells("interrupts", {spi, platform.console_intid.number - spi_first, level_high});
    uart.set_cells("clocks", {clock_phandle, clock_phandle});
    uart.set_texts("clock-names", {"uartclk", "apb_pclk"});
    root.add("aliases").set_text("serial0", uart.path);
}

void add_memory(TreeNode& root, const Plan& plan) {
    for (const auto& region : plan.regions) {
        if (region.is_ram) {
            TreeNode& memory = root.add(at("memory", region.range.start));
            memory.set_text("device_type", "memory");
            memory.set_u64s("reg", {region.range.start.number, region.range.size});
        }
    }
}

void add_chosen(TreeNode& root, const Plan& plan) {
    TreeNode& chosen = root.add("chosen");
    if (!plan.bootargs.empty()) {
        chosen.set_text("bootargs", plan.bootargs);
    }
    if (plan.platform.console) {
        chosen.set_text("stdout-path", "serial0:115200n8");
    }
    if (plan.initrd) {
        chosen.set_u64s("linux,initrd-start", {plan.initrd->start.number});
        chosen.set_u64s("linux,initrd-end", {plan.initrd->end().number});
    }
}

void add_channels(TreeNode& root, const Plan& plan) {
    TreeNode& info = root.add(at("info", GuestPhysAddr(AMP_INFO_GPA)));
    info.set_text("compatible", "amp,info-v1");
    info.set_u64s("reg", {AMP_INFO_GPA, AMP_PAGE_SIZE});
    for (std::size_t i = 0; i < plan.channels.size(); ++i) {
        const auto& channel = plan.channels[i];
        TreeNode& node = root.add(at("channel", channel.gpa));
        node.set_text("compatible", "amp,channel-v1");
        node.set_u64s("reg", {channel.gpa.number, channel.size});
        node.set_cells("interrupts", {spi, channel.intid.number - spi_first, edge_rising});
        node.set_text("label", channel.name);
        node.set_text("amp,peer", channel.peer);
        node.set_cells("amp,side", {channel.side});
        node.set_cells("amp,index", {static_cast<std::uint32_t>(i)});
    }
}

void add_virtio(TreeNode& root, const Plan& plan) {
    for (const auto& device : plan.virtio) {
        TreeNode& node = root.add(at("virtio_mmio", device.gpa));
        node.set_text("compatible", "virtio,mmio");
        node.set_u64s("reg", {device.gpa.number, AMP_VIRTIO_STRIDE});
        node.set_cells("interrupts", {spi, device.intid.number - spi_first, edge_rising});
        node.set("dma-coherent");
    }
}

// What an overlay may name: label, and the beginning of the node's name.
struct Label {
    const char* label;
    const char* node;
};
constexpr Label labels[] = {{"gic", "intc@"},    {"console", "serial@"}, {"clk24mhz", "apb-pclk"}, {"timer", "timer"},
                            {"psci", "psci"},    {"chosen", "chosen"},   {"cpus", "cpus"},         {"info", "info@"}};

// As dtc -@ makes it. Labels resolve to phandles, so a node with a label needs one.
void add_symbols(TreeNode& root) {
    std::uint32_t phandle = clock_phandle;
    std::vector<std::pair<std::string, std::string>> found;
    for (auto& node : root.children) {
        for (const auto& [label, name] : labels) {
            if (!node.name.starts_with(name) || (node.name != name && !std::string_view(name).ends_with('@'))) {
                continue;
            }
            if (node.property("phandle") == nullptr) {
                node.set_cells("phandle", {++phandle});
            }
            found.emplace_back(label, node.path);
        }
    }
    TreeNode& symbols = root.add("__symbols__");
    for (const auto& [label, path] : found) {
        symbols.set_text(label, path);
    }
}

} // namespace

std::vector<std::string> dtb_labels() {
    std::vector<std::string> all;
    for (const auto& label : labels) {
        all.emplace_back(label.label);
    }
    return all;
}

Bytes emit_guest_dtb(const Plan& plan, const Live& live, Symbols symbols) {
    TreeNode root;
    root.path = "/";
    root.set_cells("#address-cells", {2});
    root.set_cells("#size-cells", {2});
    root.set_text("model", "linux,dummy-virt");
    root.set_text("compatible", "linux,dummy-virt");
    root.set_cells("interrupt-parent", {gic_phandle});
    add_chosen(root, plan);
    add_memory(root, plan);
    add_cpu(root, plan, live);
    add_psci(root, plan);
    add_timer(root, plan);
    add_pmu(root, plan, live);
    add_gic(root, plan.platform);
    add_console(root, plan.platform);
    add_channels(root, plan);
    add_virtio(root, plan);
    add_devices(root, plan, live, gic_phandle, first_device_phandle);
    if (symbols == Symbols::present) {
        add_symbols(root);
    }
    return write_dtb(root);
}

} // namespace amp
