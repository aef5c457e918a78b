// SPDX-License-Identifier: GPL-2.0-only
// One switch over the register's number. Everything that is not listed is undefined to the guest.
#include "trapped_registers.hpp"

#include "features.hpp"
#include "regs.hpp"
#include "set_way.hpp"
#include "syndrome.hpp"
#include "sysreg.hpp"

namespace amp {
namespace {

using esr_el2::sysreg;

constexpr uint32_t icc_sgi1r = sysreg(3, 0, 12, 11, 5), icc_asgi1r = sysreg(3, 0, 12, 11, 6),
                   icc_sgi0r = sysreg(3, 0, 12, 11, 7);
constexpr uint32_t dc_isw = sysreg(1, 0, 7, 6, 2), dc_csw = sysreg(1, 0, 7, 10, 2), dc_cisw = sysreg(1, 0, 7, 14, 2);
constexpr uint32_t actlr = sysreg(3, 0, 1, 0, 1);
constexpr uint32_t mdrar = sysreg(2, 0, 1, 0, 0), oslar = sysreg(2, 0, 1, 0, 4), oslsr = sysreg(2, 0, 1, 1, 4),
                   osdlr = sysreg(2, 0, 1, 3, 4), dbgprcr = sysreg(2, 0, 1, 4, 4);
// OSLSR_EL1: OSLM = 0b10, an OS lock exists; it is open and stays so.
constexpr uint64_t os_lock_open = 1u << 3;

IdRegisters guest_ids;

// CRn 0, CRm 1-7 of Op0 3, Op1 0
bool is_id_register(uint32_t number) {
    return (number & ~0x3fu) == sysreg(3, 0, 0, 0, 0) && number >= sysreg(3, 0, 0, 1, 0);
}

void clean_set_way(Monitor& monitor, uint64_t operand) {
    monitor.count(AMP_CAUSE_SET_WAY);
    const unsigned level = set_way::level_of(operand);
    if (!set_way::has_data(AMP_READ_SYSREG(clidr_el1), level)) {
        return;
    }
    const uint64_t selected = AMP_READ_SYSREG(csselr_el1); // the guest's
    AMP_WRITE_SYSREG(csselr_el1, level << 1);
    arch::isb();
    const uint64_t ccsidr = AMP_READ_SYSREG(ccsidr_el1);
    AMP_WRITE_SYSREG(csselr_el1, selected);
    const set_way::Line line = set_way::line(operand, set_way::geometry(ccsidr, arch::has_ccidx()));
    if (line.exists) {
        // Clean and invalidate for all three: invalidating alone could throw away what somebody else wrote.
        __asm__ __volatile__("dc cisw, %0" : : "r"(line.operand) : "memory");
    }
}

bool read(Monitor& monitor, uint32_t number, uint64_t& value) {
    monitor.count(AMP_CAUSE_SYSREG);
    if (is_id_register(number)) {
        value = guest_ids.value[((number >> 3) & 7) - 1][number & 7];
        return true;
    }
    switch (number) {
    case oslsr: value = os_lock_open; return true;
    case actlr:
    case osdlr:
    case dbgprcr:
    case mdrar: value = 0; return true;
    default: return false;
    }
}

bool write(Monitor& monitor, uint32_t number, uint64_t value) {
    switch (number) {
    case icc_sgi1r:
        monitor.count(AMP_CAUSE_SGI);
        monitor.gic.send_sgi(value);
        return true;
    case dc_isw:
    case dc_csw:
    case dc_cisw: clean_set_way(monitor, value); return true;
    case icc_sgi0r:
    case icc_asgi1r:
        monitor.count(AMP_CAUSE_SGI);
        monitor.gic.send_group0_sgi(value);
        return true;
    default: break;
    }
    monitor.count(AMP_CAUSE_SYSREG);
    return number == actlr || number == oslar || number == osdlr || number == dbgprcr;
}

} // namespace

bool init_id_registers(const IdRegisters& host, bool gicv3, bool aarch32) {
    guest_ids = guest_id_registers(host, gicv3, aarch32);
    return !shows_everything(host, guest_ids);
}

bool emulate_register(Monitor& monitor, Registers& registers, uint64_t esr) {
    const uint32_t number = esr_el2::sysreg_of(esr);
    const uint64_t rt = esr_el2::Rt::in(esr);
    if (esr_el2::Read::in(esr) == 0) {
        return write(monitor, number, read_register(registers, rt));
    }
    uint64_t value = 0;
    if (!read(monitor, number, value)) {
        return false;
    }
    write_register(registers, rt, value);
    return true;
}

} // namespace amp
