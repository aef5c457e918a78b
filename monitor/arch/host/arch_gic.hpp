// SPDX-License-Identifier: GPL-2.0-only
// A virtual GIC that remembers what it was told.
#ifndef AMP_MONITOR_ARCH_HOST_ARCH_GIC_HPP
#define AMP_MONITOR_ARCH_HOST_ARCH_GIC_HPP

#include <stdint.h>

#include <map>
#include <string>

#include "amp/abi/boot_info.h"
#include "amp/abi/partition.h"
#include "arch_ops.hpp"
#include "core/vgic.hpp"

namespace amp {

class Gic {
public:
    bool kick_pending = false;         // the next handle_irq() reports it
    bool guest_interrupt = false;      // has_pending_for_guest()
    std::map<uint32_t, bool> lines;
    std::map<uint32_t, uint64_t> registers; // of the distributor; the redistributor's are at 0x1'0000 + offset

    bool handle_irq() {
        note("irq");
        const bool kick = kick_pending;
        kick_pending = false;
        return kick;
    }
    VgicRead gicd_read(uint32_t offset, uint32_t width) { return {registers[offset], width == 4}; }
    bool gicd_write(uint32_t offset, uint32_t width, uint64_t value) { return write(offset, width, value); }
    VgicRead gicr_read(uint32_t offset, uint32_t width) { return {registers[redistributor + offset], width == 4}; }
    bool gicr_write(uint32_t offset, uint32_t width, uint64_t value) { return write(redistributor + offset, width, value); }

    void inject_edge(uint32_t intid) { note("edge " + std::to_string(intid)); }
    void set_line(uint32_t intid, bool level) { lines[intid] = level; }
    void send_physical_sgi(uint64_t target) { note("sgi " + std::to_string(target)); }
    void pend_physical_spi(uint32_t intid) { note("spi " + std::to_string(intid)); }
    bool has_pending_for_guest() { return guest_interrupt; }
    void pause() { note("gic pause"); }
    void resume() { note("gic resume"); }
    bool muted = false;
    void mute() { muted = true; }
    void unmute() { muted = false; }
    void shutdown() { note("gic shutdown"); }

    static constexpr uint32_t redistributor = 0x10000;

private:
    static void note(const std::string& what) { arch::host.events.push_back(what); }
    bool write(uint32_t offset, uint32_t width, uint64_t value) {
        registers[offset] = value;
        return width == 4;
    }
};

} // namespace amp

#endif
