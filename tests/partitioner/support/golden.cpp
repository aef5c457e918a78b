// SPDX-License-Identifier: GPL-2.0-only
#include "support/golden.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "child_process.hpp"
#include "support/fake_disk.hpp"
#include "text.hpp"

namespace amp::test {

void check_golden(const std::string& path, const std::string& actual) {
    const std::string full = std::string(AMP_SOURCE_DIR) + "/" + path;
    if (std::getenv("AMP_UPDATE_EXPECTED") != nullptr) {
        std::ofstream(full) << actual;
    }
    INFO(path);
    REQUIRE(RealDisk().exists(full));
    CHECK(source_text(path) == actual);
}

std::string plan_text(const Plan& plan) {
    std::string text = "partition " + plan.name + " id " + std::to_string(plan.id) + " os " + plan.os_type + "\n";
    for (const auto& core : plan.cores) {
        text += "core " + std::to_string(core.cpu.number) + " mpidr " + hex(core.mpidr.number) + "\n";
    }
    const Platform& p = plan.platform;
    text += "gic v" + std::to_string(p.gic_version) + " gicd " + hex(p.gicd.number) + " gicr " + hex(p.gicr.number) +
            " gicc " + hex(p.gicc.number) + "\n";
    text += p.console ? "console " + hex(p.console->number) + " intid " + std::to_string(p.console_intid.number) + "\n"
                      : "no console\n";
    text += p.virtio ? "virtio window " + hex(p.virtio->number) + "\n" : "no virtio window\n";
    text += "doorbell " + std::to_string(plan.doorbell.number) + "\n";
    for (const auto& r : plan.regions) {
        text += "region " + hex(r.range.start.number) + " size " + hex(r.range.size) + " " +
                std::string(to_string(r.kind)) + " access " + std::to_string(r.access) + " channel " +
                std::to_string(r.channel) + " (" + r.what + ")\n";
    }
    for (const auto& c : plan.channels) {
        text += "channel " + c.name + " to " + c.peer + (c.peer_is_dom0 ? " (Linux)" : "") + " side " +
                std::to_string(c.side) + " at " + hex(c.gpa.number) + " size " + hex(c.size) + " intid " +
                std::to_string(c.intid.number) + "\n";
    }
    for (const auto& v : plan.virtio) {
        text += "virtio " + std::to_string(v.index) + " " + v.name + " " + v.type + " device id " +
                std::to_string(v.device_id) + " queues " + std::to_string(v.queue_count) + " at " + hex(v.gpa.number) +
                " intid " + std::to_string(v.intid.number) + " back end " + v.backend +
                (v.mac.empty() ? "" : " mac " + v.mac) + (v.mtu ? " mtu " + std::to_string(*v.mtu) : "") +
                (v.cid ? " cid " + std::to_string(*v.cid) : "") + (v.read_only ? " read-only" : "") + "\n";
    }
    text += "image " + plan.image_file + " (" + std::string(to_string(plan.image_format)) + ") entry " +
            hex(plan.entry.number) + (plan.aarch32 ? " aarch32" : "") + "\n";
    text += "device tree at " + hex(plan.dtb.number) + "\n";
    if (plan.initrd) {
        text += "initrd " + hex(plan.initrd->start.number) + " size " + hex(plan.initrd->size) + "\n";
    }
    text += "bootargs '" + plan.bootargs + "'\n";
    for (const auto& s : plan.segments) {
        // The device tree's size is left to its own golden file.
        text += "segment " + hex(s.gpa.number) + " " + s.what +
                (s.what == "device tree"
                     ? ""
                     : " bytes " + std::to_string(s.bytes.size()) + " of " + std::to_string(s.memory_size)) +
                "\n";
    }
    return text;
}

std::string dts_of(const Bytes& blob) {
    // Checks that are off by default, too, but for characters of names: PSCI's binding has cpu_suspend.
    const ChildResult dtc = run_child({"dtc", "-I", "dtb", "-O", "dts", "-W", "alias_paths",
                                       "-W", "interrupt_provider", "-W", "unique_unit_address_if_enabled", "-"},
                                      blob);
    return std::string(dtc.output.begin(), dtc.output.end()) + dtc.errors;
}

std::string text_of(const Diagnostics& diagnostics) {
    std::string text;
    for (const auto& diagnostic : diagnostics) {
        text += format(diagnostic);
    }
    return text;
}

} // namespace amp::test
