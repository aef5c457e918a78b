// SPDX-License-Identifier: GPL-2.0-only
// The register maps of the emulated distributor and redistributor, included by vgic.hpp: as KVM presents a single-core guest's
// GICv3 without LPIs (one security state, affinity routing fixed on; IHI 0069, 12.8-12.11) or GICv2 (IHI 0048B, 4.3). What is
// reserved reads as zero and ignores writes; what has no access of that width or alignment is reported to the caller.
#ifndef AMP_MONITOR_CORE_VGIC_REGISTERS_HPP
#define AMP_MONITOR_CORE_VGIC_REGISTERS_HPP

#include "core/vgic.hpp"
#include "core/vgic_layout.hpp"

namespace amp {

constexpr uint32_t vgic_ctlr_groups = 0x3;   // EnableGrp0, EnableGrp1
constexpr uint32_t vgic_ctlr_v3_fixed = 0x50; // ARE, DS
constexpr uint32_t vgic_iidr = 0x4100043b;   // product 'A', implementer as KVM has it
constexpr uint32_t vgic_lines = AMP_INTID_LIMIT / 32 - 1;
constexpr uint32_t vgic_typer_v3 = 1u << 25 /* No1N */ | 9u << 19 /* ten bits of INTID */ | vgic_lines;
constexpr uint64_t vgic_gicr_typer = 1u << 4; // Last; affinity 0, no LPIs
constexpr uint32_t vgic_pidr2_v3 = 0x3b;
constexpr uint32_t vgic_pidr2_v2 = 0x2b;

// Offsets in units of 0x80, where each set or clear register has 32 words
constexpr uint32_t vgic_block_group = 1;
constexpr uint32_t vgic_block_isenable = 2;
constexpr uint32_t vgic_block_icenable = 3;
constexpr uint32_t vgic_block_ispend = 4;
constexpr uint32_t vgic_block_icpend = 5;
constexpr uint32_t vgic_block_isactive = 6;
constexpr uint32_t vgic_block_icactive = 7;
constexpr uint32_t vgic_block_priority = 8;   // to 15
constexpr uint32_t vgic_block_targets = 16;   // to 23
constexpr uint32_t vgic_block_config = 24;    // and 25
constexpr uint32_t vgic_block_sgi = 30;       // GICD_SGIR and the pending SGIs

constexpr VgicRead vgic_bad_read = {0, false};
constexpr uint32_t vgic_sgi_mask = 0xffff;

template <VgicHardware Hardware>
inline VgicRead Vgic<Hardware>::gicd_read(uint32_t offset, uint32_t width) {
    if (offset < 0x80) {
        if (width != 4 || offset % 4 != 0)
            return vgic_bad_read;
        switch (offset) {
        case 0x0000: return {Hardware::version == 3 ? ctlr_ | vgic_ctlr_v3_fixed : ctlr_, true};
        case 0x0004: return {Hardware::version == 3 ? vgic_typer_v3 : vgic_lines, true};
        case 0x0008: return {vgic_iidr, true};
        default: return {0, true};
        }
    }
    if (offset < 0x1000)
        return read_group(Frame::distributor, offset, width);
    if (Hardware::version == 3 && offset >= gicd_irouter && offset < gicd_irouter + 0x2000)
        return {0, (width == 4 || width == 8) && (offset & (width - 1)) == 0}; // every SPI goes to affinity 0.0.0.0
    if (width != 4 || offset % 4 != 0)
        return vgic_bad_read;
    return {Hardware::version == 3 && offset == 0xffe8 ? vgic_pidr2_v3 : 0, true};
}

template <VgicHardware Hardware>
bool Vgic<Hardware>::gicd_write(uint32_t offset, uint32_t width, uint64_t value) {
    if (offset >= 0x80 && offset < 0x1000)
        return write_group(Frame::distributor, offset, width, value);
    if (Hardware::version == 3 && offset >= gicd_irouter && offset < gicd_irouter + 0x2000)
        return (width == 4 || width == 8) && (offset & (width - 1)) == 0;
    if (width != 4 || offset % 4 != 0)
        return false;
    if (offset == 0) {
        ctlr_ = static_cast<uint32_t>(value) & vgic_ctlr_groups;
        apply_deliverable();
    }
    return true;
}

// No LPIs, and GICR_WAKER as where power management is not implemented: awake, writes ignored.
template <VgicHardware Hardware>
VgicRead Vgic<Hardware>::gicr_read(uint32_t offset, uint32_t width) {
    if (offset - 0x10080 < 0x1000 - 0x80)
        return read_group(Frame::redistributor, offset - 0x10000, width);
    const bool wide = offset == 0x8 || (offset >= 0x40 && offset < 0x80); // GICR_TYPER, and LPI registers that are not there
    if ((width != 4 && !(wide && width == 8)) || (offset & (width - 1)) != 0)
        return vgic_bad_read;
    switch (offset) {
    case 0x00004: return {vgic_iidr, true};
    case 0x00008: return {vgic_gicr_typer, true};
    case 0x0ffe8:
    case 0x1ffe8: return {vgic_pidr2_v3, true};
    default: return {0, true};
    }
}

template <VgicHardware Hardware>
bool Vgic<Hardware>::gicr_write(uint32_t offset, uint32_t width, uint64_t value) {
    if (offset - 0x10080 < 0x1000 - 0x80)
        return write_group(Frame::redistributor, offset - 0x10000, width, value);
    const bool wide = offset == 0x8 || (offset >= 0x40 && offset < 0x80);
    return (width == 4 || (wide && width == 8)) && (offset & (width - 1)) == 0;
}

// 0x80 to 0xfff of a distributor's or a redistributor's SGI frame: registers with one field per INTID
template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] VgicRead Vgic<Hardware>::read_group(Frame frame, uint32_t offset, uint32_t width) {
    const uint32_t block = offset / 0x80;
    const uint32_t n = offset % 0x80 / 4;
    if (width != 4 || offset % 4 != 0 || block >= vgic_block_priority)
        return read_fields(frame, offset, width);
    return {shows(frame, n) ? read_set(block, n) : 0, true};
}

template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] VgicRead Vgic<Hardware>::read_fields(Frame frame, uint32_t offset, uint32_t width) {
    const uint32_t block = offset / 0x80;
    const bool bytes = (block >= vgic_block_priority && block < vgic_block_config) || offset >= gicd_cpendsgir;
    if ((offset & (width - 1)) != 0 || (width != 4 && !(width == 1 && bytes)))
        return vgic_bad_read;
    if (block < vgic_block_targets)
        return {read_priorities(frame, offset - gicd_ipriorityr, width), true};
    if (block < vgic_block_config)
        return {read_targets(offset - gicd_itargetsr, width), true};
    if (block < vgic_block_config + 2)
        return {read_config(frame, offset % 0x100 / 4), true};
    if (Hardware::version == 2 && offset >= gicd_cpendsgir && offset < gicd_cpendsgir + 0x20)
        return {read_sgi_pending(offset % 0x10, width), true};
    if (Hardware::version == 2 && offset == 0xfe8)
        return {vgic_pidr2_v2, true};
    return {0, true};
}

template <VgicHardware Hardware>
inline bool Vgic<Hardware>::write_group(Frame frame, uint32_t offset, uint32_t width, uint64_t value) {
    const uint32_t block = offset / 0x80;
    const uint32_t n = offset % 0x80 / 4;
    if (width != 4 || offset % 4 != 0 || block >= vgic_block_priority)
        return write_fields(frame, offset, width, static_cast<uint32_t>(value));
    if (shows(frame, n))
        write_set(block, n, static_cast<uint32_t>(value));
    return true;
}

template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] bool Vgic<Hardware>::write_fields(Frame frame, uint32_t offset, uint32_t width, uint32_t value) {
    const uint32_t block = offset / 0x80;
    const bool bytes = (block >= vgic_block_priority && block < vgic_block_config) || offset >= gicd_cpendsgir;
    if ((offset & (width - 1)) != 0 || (width != 4 && !(width == 1 && bytes)))
        return false;
    if (block < vgic_block_targets)
        write_priorities(frame, offset - gicd_ipriorityr, width, value);
    else if (block >= vgic_block_config && block < vgic_block_config + 2)
        write_config(frame, offset % 0x100 / 4, value);
    else if (Hardware::version == 2 && offset == gicd_sgir)
        write_sgir(value);
    else if (Hardware::version == 2 && offset >= gicd_cpendsgir && offset < gicd_cpendsgir + 0x20)
        write_sgi_pending(offset % 0x10, width, value, offset >= gicd_cpendsgir + 0x10);
    return true;
}

template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::read_set(uint32_t block, uint32_t n) {
    const uint32_t shift = n % 2 * 32;
    switch (block) {
    case vgic_block_group: return group1_.word32(n);
    case vgic_block_isenable:
    case vgic_block_icenable: return enabled_.word32(n);
    case vgic_block_ispend:
    case vgic_block_icpend: return static_cast<uint32_t>(pending(n / 2) >> shift);
    case vgic_block_isactive:
    case vgic_block_icactive: return static_cast<uint32_t>(active(n / 2) >> shift);
    default: return 0;
    }
}

template <VgicHardware Hardware>
inline void Vgic<Hardware>::write_set(uint32_t block, uint32_t n, uint32_t value) {
    const uint32_t w = n / 2;
    const uint32_t shift = n % 2 * 32;
    const uint64_t mask = static_cast<uint64_t>(value) << shift;
    if (block == vgic_block_isenable)
        set_enabled(w, enabled_[w] | mask);
    else if (block == vgic_block_icenable)
        set_enabled(w, enabled_[w] & ~mask);
    else
        write_state(block, n, mask);
}

template <VgicHardware Hardware>
[[gnu::noinline, gnu::cold]] void Vgic<Hardware>::write_state(uint32_t block, uint32_t n, uint64_t mask) {
    const uint32_t w = n / 2;
    // GICv2 has GICD_SPENDSGIR and GICD_CPENDSGIR for SGIs (IHI 0048B, 4.3.7).
    const uint64_t pend_mask = Hardware::version == 2 && n == 0 ? mask & ~uint64_t{vgic_sgi_mask} : mask;
    switch (block) {
    case vgic_block_group: set_group(w, 0xffffffffull << (n % 2 * 32), mask); break;
    case vgic_block_ispend: set_pending(w, pend_mask); break;
    case vgic_block_icpend: clear_pending(w, pend_mask); break;
    case vgic_block_isactive: set_active(w, mask); break;
    case vgic_block_icactive: clear_active(w, mask); break;
    default: break;
    }
}

template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::read_priorities(Frame frame, uint32_t intid, uint32_t count) const {
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++, intid++)
        if (shows(frame, intid / 32))
            value |= static_cast<uint32_t>(priority_[intid]) << (i * 8);
    return value;
}

template <VgicHardware Hardware>
void Vgic<Hardware>::write_priorities(Frame frame, uint32_t intid, uint32_t count, uint32_t value) {
    const uint8_t mask = hw_.priority_mask();
    for (uint32_t i = 0; i < count; i++, intid++, value >>= 8) {
        const uint8_t priority = static_cast<uint8_t>(value) & mask;
        if (!shows(frame, intid / 32) || priority_[intid] == priority)
            continue;
        priority_[intid] = priority;
        rebuild_template(intid);
    }
    if (waiting_ != 0)
        refill();
}

// GICv2: everything targets the one CPU there is. GICv3 with affinity routing has IROUTER instead.
template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::read_targets(uint32_t intid, uint32_t count) const {
    if (Hardware::version == 3 || intid >= AMP_INTID_LIMIT)
        return 0;
    return count == 1 ? 0x01 : 0x01010101;
}

// Two bits per INTID, the upper one: edge-triggered. SGIs always are.
template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::read_config(Frame frame, uint32_t n) const {
    if (!shows(frame, n / 2))
        return 0;
    uint32_t value = 0;
    for_each_bit(edge_[n / 4] >> (n % 4 * 16) & 0xffff, [&](uint32_t i) { value |= 2u << (i * 2); });
    return value;
}

// What hardware drives is as the board has it.
template <VgicHardware Hardware>
void Vgic<Hardware>::write_config(Frame frame, uint32_t n, uint32_t value) {
    if (n == 0 || !shows(frame, n / 2))
        return;
    uint64_t edges = 0;
    for (uint32_t i = 0; i < 16; i++)
        edges |= static_cast<uint64_t>(value >> (i * 2 + 1) & 1) << i;
    const uint32_t w = n / 4;
    const uint32_t shift = n % 4 * 16;
    const uint64_t writable = (0xffffull << shift) & ~wired_[w];
    edge_[w] = (edge_[w] & ~writable) | (edges << shift & writable);
    refill();
}

// GICv2, IHI 0048B 4.3.16: a byte per SGI, a bit per sender, of which there is one.
template <VgicHardware Hardware>
uint32_t Vgic<Hardware>::read_sgi_pending(uint32_t sgi, uint32_t count) {
    const uint64_t word = pending(0) >> sgi;
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++)
        value |= static_cast<uint32_t>(word >> i & 1) << (i * 8);
    return value;
}

template <VgicHardware Hardware>
void Vgic<Hardware>::write_sgi_pending(uint32_t sgi, uint32_t count, uint32_t value, bool set) {
    uint64_t mask = 0;
    for (uint32_t i = 0; i < count; i++)
        mask |= static_cast<uint64_t>(value >> (i * 8) & 1) << (sgi + i);
    if (set)
        set_pending(0, mask);
    else
        clear_pending(0, mask);
}

// GICv2, IHI 0048B 4.3.15: filter 0 takes the target list, 1 all but the sender, 2 the sender.
template <VgicHardware Hardware>
void Vgic<Hardware>::write_sgir(uint32_t value) {
    const uint32_t filter = value >> 24 & 3;
    if (filter == 2 || (filter == 0 && (value & 1u << 16) != 0))
        pend(value & 0xf);
}

} // namespace amp

#endif
