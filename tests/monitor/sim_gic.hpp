// SPDX-License-Identifier: GPL-2.0-only
// A GIC with one core for unit tests: distributor, CPU interface, list registers and the guest's side of them, behind the
// registers of a GICv3 or a GICv2. Written from the specifications, sharing no constant with the drivers that it tests.
#ifndef AMP_TESTS_MONITOR_SIM_GIC_HPP
#define AMP_TESTS_MONITOR_SIM_GIC_HPP

#include <array>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace amp::test {

constexpr std::uintptr_t sim_gicd = 0x08000000, sim_gicc = 0x08010000, sim_gich = 0x08030000, sim_gicv = 0x08040000,
                         sim_gicr = 0x080a0000;
constexpr std::uint32_t sim_maintenance = 25, sim_spurious = 1023;

struct SimLr {
    unsigned state = 0; // 1 pending, 2 active, 3 both
    std::uint32_t intid = 0, physical = 0;
    std::uint8_t priority = 0;
    bool hw = false, group1 = false, eoi = false;
};

struct SimIrq {
    bool enabled = false, pending = false, line = false, active = false, edge = false;
    std::uint8_t priority = 0;
    std::uint64_t route = ~0ull; // IROUTER, or ITARGETSR's byte
};

struct SimWrite {
    std::uintptr_t address;
    unsigned width;
    std::uint64_t value;
};

class SimGic {
public:
    SimGic(unsigned version, unsigned lr_count);
    ~SimGic();
    SimGic(const SimGic&) = delete;
    SimGic& operator=(const SimGic&) = delete;

    // the core's view
    bool interrupt_asserted() const { return highest() != sim_spurious; }
    std::uint32_t acknowledge();
    void eoi(std::uint32_t intid);
    void deactivate(std::uint32_t intid);

    // the guest's view
    std::uint32_t guest_highest() const;
    std::uint32_t guest_acknowledge();
    void guest_eoi(std::uint32_t intid);
    void guest_deactivate(std::uint32_t intid);

    // registers
    std::uint64_t mmio_read(std::uintptr_t address, unsigned width);
    void mmio_write(std::uintptr_t address, unsigned width, std::uint64_t value);
    std::uint64_t lr_raw(unsigned n) const;
    void set_lr_raw(unsigned n, std::uint64_t value);
    std::uint32_t empty_lrs() const;
    std::uint32_t hcr() const { return hcr_control | eoi_count << 27; }
    void set_hcr(std::uint32_t value);
    std::uint64_t vtr() const;

    unsigned version;
    std::array<SimIrq, 1024> irq;
    std::vector<SimLr> lr;
    std::vector<SimWrite> writes; // to device registers
    std::vector<std::uint64_t> sgis; // ICC_SGI1R or GICD_SGIR
    unsigned barriers = 0, observed = 0;
    bool lr_written = false; // since the last ISB: registers that follow from them are not known
    // physical CPU interface
    std::uint32_t cpu_control = 0; // ICC_CTLR_EL1 or GICC_CTLR
    bool group_enabled = false;    // GICv3 ICC_IGRPEN1_EL1
    std::uint8_t pmr = 0;
    std::uint32_t waker = 6;
    std::vector<std::uint8_t> running;
    // virtual interface; the guest's own settings as after its start
    std::uint32_t hcr_control = 0, eoi_count = 0, vmcr = ~0u;
    std::array<std::uint32_t, 8> apr;
    bool guest_group0 = true, guest_group1 = true, guest_eoimode = false;
    std::uint8_t guest_pmr = 0xff;
    std::vector<std::uint8_t> guest_running;

    static SimGic* current;

private:
    bool eoimode() const { return version == 3 ? (cpu_control & 2) != 0 : (cpu_control & 1u << 9) != 0; }
    bool interface_on() const { return version == 3 ? group_enabled : (cpu_control & 1) != 0; }
    bool maintenance() const;
    bool is_pending(std::uint32_t intid) const;
    std::uint32_t highest() const;
    std::uint64_t distributor_read(std::uint32_t offset, unsigned width, bool banked);
    void distributor_write(std::uint32_t offset, unsigned width, std::uint64_t value);
};

// What the drivers are given in place of MmioBlock and the system registers.
class SimMmio {
public:
    SimMmio() = default;
    explicit SimMmio(std::uintptr_t base) : base_(base) {}
    template <class T>
    T read(std::uintptr_t offset) const {
        return static_cast<T>(SimGic::current->mmio_read(base_ + offset, sizeof(T)));
    }
    template <class T>
    void write(std::uintptr_t offset, T value) const {
        SimGic::current->mmio_write(base_ + offset, sizeof(T), value);
    }
    std::uint32_t read32(std::uintptr_t offset) const { return read<std::uint32_t>(offset); }
    void write32(std::uintptr_t offset, std::uint32_t value) const { write<std::uint32_t>(offset, value); }
    void write8(std::uintptr_t offset, std::uint8_t value) const { write<std::uint8_t>(offset, value); }

private:
    std::uintptr_t base_ = 0;
};

struct SimCpu {
    static SimGic& sim() { return *SimGic::current; }
    static std::uint64_t read_iar1() { return sim().acknowledge(); }
    static void write_eoir1(std::uint64_t value) { sim().eoi(static_cast<std::uint32_t>(value)); }
    static void write_dir(std::uint64_t value) { sim().deactivate(static_cast<std::uint32_t>(value)); }
    static void write_sgi1r(std::uint64_t value) { sim().sgis.push_back(value); }
    static void write_pmr(std::uint64_t value) { sim().pmr = static_cast<std::uint8_t>(value); }
    static std::uint64_t read_ctlr() { return sim().cpu_control | 4u << 8; }
    static void write_ctlr(std::uint64_t value) { sim().cpu_control = static_cast<std::uint32_t>(value); }
    static void write_igrpen1(std::uint64_t value) { sim().group_enabled = value != 0; }
    static void write_sre_el1(std::uint64_t) {}
    static void write_sre_el2(std::uint64_t) {}
    static std::uint64_t read_vtr() { return sim().vtr(); }
    static std::uint64_t read_hcr() { return sim().hcr(); }
    static void write_hcr(std::uint64_t value) { sim().set_hcr(static_cast<std::uint32_t>(value)); }
    static void write_vmcr(std::uint64_t value) { sim().vmcr = static_cast<std::uint32_t>(value); }
    static std::uint64_t read_elrsr() {
        if (sim().lr_written)
            throw std::logic_error("ICH_ELRSR_EL2 read behind a write of a list register without ISB");
        return sim().empty_lrs();
    }
    static void write_physical_ap1r(unsigned n, std::uint64_t value) { sim().apr.at(4 + n) = static_cast<std::uint32_t>(value); }
    static void write_aprs(unsigned n, std::uint64_t value) { sim().apr.at(n) = static_cast<std::uint32_t>(value); }
    static std::uint64_t read_lr(unsigned n) { return sim().lr_raw(n); }
    static void write_lr(unsigned n, std::uint64_t value) {
        sim().lr_written = true;
        sim().set_lr_raw(n, value);
    }
    static std::uint64_t read_lr_inline(unsigned n) { return read_lr(n); }
    static void write_lr_inline(unsigned n, std::uint64_t value) { write_lr(n, value); }
    static void isb() { sim().lr_written = false; }
    static void publish() { sim().barriers++; }
    static void observe() { sim().observed++; }
};

} // namespace amp::test

#endif
