// SPDX-License-Identifier: GPL-2.0-only
#include "sim_gic.hpp"

#include <stdexcept>

namespace amp::test {

SimGic* SimGic::current = nullptr;

namespace {

// Writing a state that the architecture calls unpredictable is an error of the code under test.
void require(bool condition, const char* what) {
    if (!condition)
        throw std::logic_error(what);
}

} // namespace

SimGic::SimGic(unsigned gic_version, unsigned lr_count) : version(gic_version), lr(lr_count) {
    apr.fill(~0u);
    for (std::uint32_t n = 0; n < 16; n++)
        irq[n].edge = true;
    current = this;
}

SimGic::~SimGic() { current = nullptr; }

bool SimGic::maintenance() const {
    if ((hcr_control & 1) == 0)
        return false;
    bool eoi = false, any_pending = false;
    unsigned valid = 0;
    for (const SimLr& one : lr) {
        eoi |= one.state == 0 && one.eoi;
        any_pending |= one.state == 1;
        valid += one.state != 0;
    }
    return eoi || ((hcr_control & 2) != 0 && valid <= 1) || ((hcr_control & 4) != 0 && eoi_count != 0) ||
           ((hcr_control & 8) != 0 && !any_pending);
}

bool SimGic::is_pending(std::uint32_t intid) const {
    const SimIrq& one = irq[intid];
    const bool line = intid == sim_maintenance ? maintenance() : one.line;
    return one.pending || (!one.edge && line);
}

std::uint32_t SimGic::highest() const {
    std::uint32_t best = sim_spurious;
    if (!interface_on())
        return best;
    for (std::uint32_t intid = 0; intid < 1020; intid++) {
        const SimIrq& one = irq[intid];
        if (!one.enabled || one.active || !is_pending(intid) || one.priority >= pmr)
            continue;
        if (!running.empty() && one.priority >= running.back())
            continue;
        if (best == sim_spurious || one.priority < irq[best].priority)
            best = intid;
    }
    return best;
}

std::uint32_t SimGic::acknowledge() {
    const std::uint32_t intid = highest();
    if (intid == sim_spurious)
        return intid;
    irq[intid].active = true;
    irq[intid].pending = false;
    running.push_back(irq[intid].priority);
    return intid;
}

void SimGic::eoi(std::uint32_t intid) {
    require(intid < 1020 && !running.empty(), "EOI without acknowledge");
    running.pop_back();
    if (!eoimode())
        irq[intid].active = false;
}

void SimGic::deactivate(std::uint32_t intid) {
    require(intid < 1020 && eoimode() && irq[intid].active, "DIR of what is not active, or in the wrong mode");
    irq[intid].active = false;
}

std::uint32_t SimGic::guest_highest() const {
    const SimLr* best = nullptr;
    for (const SimLr& one : lr) {
        if (one.state != 1 || !(one.group1 ? guest_group1 : guest_group0) || one.priority >= guest_pmr)
            continue;
        if (!guest_running.empty() && one.priority >= guest_running.back())
            continue;
        if (best == nullptr || one.priority < best->priority)
            best = &one;
    }
    return best != nullptr && (hcr_control & 1) != 0 ? best->intid : sim_spurious;
}

std::uint32_t SimGic::guest_acknowledge() {
    const std::uint32_t intid = guest_highest();
    for (SimLr& one : lr)
        if (one.state == 1 && one.intid == intid) {
            one.state = 2;
            guest_running.push_back(one.priority);
        }
    return intid;
}

void SimGic::guest_eoi(std::uint32_t intid) {
    require(!guest_running.empty(), "the test's guest ends what it did not begin");
    guest_running.pop_back();
    if (!guest_eoimode)
        guest_deactivate(intid);
}

void SimGic::guest_deactivate(std::uint32_t intid) {
    for (SimLr& one : lr)
        if (one.intid == intid && (one.state & 2) != 0) {
            one.state &= 1;
            if (one.hw) {
                require(irq[one.physical].active, "the guest ends a physical interrupt that is not active");
                irq[one.physical].active = false;
            }
            return;
        }
    eoi_count = (eoi_count + 1) & 31;
}

std::uint64_t SimGic::vtr() const {
    return static_cast<std::uint64_t>(lr.size() - 1) | 4u << 29 | 4u << 26; // five bits of priority and of preemption
}

std::uint32_t SimGic::empty_lrs() const {
    std::uint32_t empty = 0;
    for (unsigned n = 0; n < lr.size(); n++)
        if (lr[n].state == 0 && (lr[n].hw || !lr[n].eoi))
            empty |= 1u << n;
    return empty;
}

void SimGic::set_hcr(std::uint32_t value) {
    hcr_control = value & 0x07ffffff;
    eoi_count = value >> 27;
}

// IHI 0069 ICH_LR<n>_EL2, IHI 0048B GICH_LRn
std::uint64_t SimGic::lr_raw(unsigned n) const {
    const SimLr& one = lr.at(n);
    if (version == 3)
        return one.intid | std::uint64_t{one.priority} << 48 | std::uint64_t{one.group1} << 60 | std::uint64_t{one.hw} << 61 |
               std::uint64_t{one.state} << 62 | (one.hw ? std::uint64_t{one.physical} << 32 : std::uint64_t{one.eoi} << 41);
    return one.intid | std::uint64_t{one.priority} >> 3 << 23 | std::uint64_t{one.state} << 28 |
           std::uint64_t{one.group1} << 30 | std::uint64_t{one.hw} << 31 |
           (one.hw ? std::uint64_t{one.physical} << 10 : std::uint64_t{one.eoi} << 19);
}

void SimGic::set_lr_raw(unsigned n, std::uint64_t value) {
    SimLr one;
    if (version == 3) {
        one.intid = static_cast<std::uint32_t>(value);
        one.priority = static_cast<std::uint8_t>(value >> 48);
        one.group1 = (value >> 60 & 1) != 0;
        one.hw = (value >> 61 & 1) != 0;
        one.state = static_cast<unsigned>(value >> 62);
        one.physical = one.hw ? value >> 32 & 0x3ff : 0;
        one.eoi = !one.hw && (value >> 41 & 1) != 0;
        require((value & 0x0f00fc00'00000000) == 0, "reserved bits of a list register");
    } else {
        require(value <= 0xffffffff, "a list register of GICv2 has 32 bits");
        one.intid = value & 0x3ff;
        one.priority = static_cast<std::uint8_t>((value >> 23 & 0x1f) << 3);
        one.state = value >> 28 & 3;
        one.group1 = (value >> 30 & 1) != 0;
        one.hw = (value >> 31 & 1) != 0;
        one.physical = one.hw ? value >> 10 & 0x3ff : 0;
        one.eoi = !one.hw && (value >> 19 & 1) != 0;
    }
    require(!one.hw || one.state != 3, "a hardware interrupt can't be active and pending");
    if (one.state != 0)
        for (unsigned i = 0; i < lr.size(); i++)
            require(i == n || lr[i].state == 0 || lr[i].intid != one.intid, "one interrupt in two list registers");
    require(one.state == 0 || !one.hw || irq[one.physical].active, "a linked interrupt that is not active physically");
    lr.at(n) = one;
}

std::uint64_t SimGic::mmio_read(std::uintptr_t address, unsigned width) {
    const std::uintptr_t gicr_sgi = sim_gicr + 0x10000;
    if (address >= sim_gicd && address < sim_gicd + 0x10000)
        return distributor_read(static_cast<std::uint32_t>(address - sim_gicd), width, version == 2);
    if (version == 3 && address >= gicr_sgi && address < gicr_sgi + 0x10000)
        return distributor_read(static_cast<std::uint32_t>(address - gicr_sgi), width, true);
    if (version == 3 && address == sim_gicr + 0x14 && width == 4)
        return waker;
    if (version == 2 && width == 4) {
        if (address == sim_gicc)
            return cpu_control;
        if (address == sim_gicc + 0xc)
            return acknowledge();
        if (address == sim_gich)
            return hcr();
        if (address == sim_gich + 0x4)
            return lr.size() - 1;
        if (address == sim_gich + 0x30)
            return empty_lrs();
        if (address >= sim_gich + 0x100 && address < sim_gich + 0x100 + lr.size() * 4)
            return lr_raw(static_cast<unsigned>(address - sim_gich - 0x100) / 4);
    }
    throw std::logic_error("read of a register that is not simulated");
}

void SimGic::mmio_write(std::uintptr_t address, unsigned width, std::uint64_t value) {
    writes.push_back({address, width, value});
    const std::uint32_t value32 = static_cast<std::uint32_t>(value);
    const std::uintptr_t gicr_sgi = sim_gicr + 0x10000;
    if (address >= sim_gicd && address < sim_gicd + 0x10000) {
        distributor_write(static_cast<std::uint32_t>(address - sim_gicd), width, value);
    } else if (version == 3 && address >= gicr_sgi && address < gicr_sgi + 0x10000) {
        require((address - gicr_sgi) % 0x80 == 0 || address >= gicr_sgi + 0x400, "SGI_base has one word of each register");
        distributor_write(static_cast<std::uint32_t>(address - gicr_sgi), width, value);
    } else if (version == 3 && address == sim_gicr + 0x14) {
        waker = (value32 & 2) != 0 ? 6 : 0;
    } else if (version == 2 && address == sim_gicc) {
        cpu_control = value32;
    } else if (version == 2 && address == sim_gicc + 0x4) {
        pmr = static_cast<std::uint8_t>(value32);
    } else if (version == 2 && address == sim_gicc + 0x10) {
        eoi(value32);
    } else if (version == 2 && address == sim_gicc + 0x1000) {
        deactivate(value32);
    } else if (version == 2 && address >= sim_gicc + 0xd0 && address < sim_gicc + 0xe0) {
        apr.at(4 + (address - sim_gicc - 0xd0) / 4) = value32;
    } else if (version == 2 && address == sim_gich) {
        set_hcr(value32);
    } else if (version == 2 && address == sim_gich + 0x8) {
        vmcr = value32;
    } else if (version == 2 && address == sim_gich + 0xf0) {
        apr[0] = value32;
    } else if (version == 2 && address >= sim_gich + 0x100 && address < sim_gich + 0x100 + lr.size() * 4) {
        set_lr_raw(static_cast<unsigned>(address - sim_gich - 0x100) / 4, value);
    } else {
        throw std::logic_error("write of a register that is not simulated");
    }
}

std::uint64_t SimGic::distributor_read(std::uint32_t offset, unsigned width, bool banked) {
    if (banked && version == 2 && offset == 0x800 && width == 4)
        return 0x08080808; // ITARGETSR0: this core is number 3
    require(width == 4 && offset >= 0x200 && offset < 0x280, "the drivers read only ISPENDR");
    std::uint32_t value = 0;
    for (std::uint32_t n = 0; n < 32; n++)
        value |= std::uint32_t{is_pending((offset - 0x200) * 8 + n)} << n;
    return value;
}

void SimGic::distributor_write(std::uint32_t offset, unsigned width, std::uint64_t value) {
    if (version == 2 && offset == 0xf00) {
        sgis.push_back(value);
        return;
    }
    if (version == 2 && offset >= 0xf10 && offset < 0xf20) {
        require(width == 1 || width == 4, "CPENDSGIR's width");
        irq[offset - 0xf10].pending = false;
        return;
    }
    if (version == 3 && offset >= 0x6000) {
        require(width == 8, "IROUTER is written whole");
        irq.at((offset - 0x6000) / 8).route = value;
        return;
    }
    if (offset >= 0x400 && offset < 0xc00) {
        require(width == 1, "bytes of others are not touched");
        if (offset < 0x800)
            irq[offset - 0x400].priority = static_cast<std::uint8_t>(value & 0xf8);
        else
            irq[offset - 0x800].route = value;
        return;
    }
    require(width == 4 && offset >= 0x80 && offset < 0x400, "a distributor register that the monitor may not write");
    const std::uint32_t base = offset % 0x80 * 8;
    for (std::uint32_t n = 0; n < 32; n++) {
        if ((value >> n & 1) == 0)
            continue;
        SimIrq& one = irq[base + n];
        switch (offset / 0x80) {
        case 2: one.enabled = true; break;
        case 3: one.enabled = false; break;
        case 4: one.pending = true; break;
        case 5: one.pending = false; break;
        case 6: one.active = true; break;
        case 7: one.active = false; break;
        default: break;
        }
    }
}

} // namespace amp::test
