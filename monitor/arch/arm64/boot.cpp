// SPDX-License-Identifier: GPL-2.0-only
// From CPU_ON to the guest's first instruction. amp_prepare runs with MMU and caches off and touches as little as possible;
// amp_start runs on the monitor's own table. Called by entry.S only.
#include "boot.hpp"

#include <new>

#include "core/address_space.hpp"
#include "core/hypercall.hpp"
#include "core/main.hpp"
#include "core/vcpu.hpp"
#include "features.hpp"
#include "regs.hpp"
#include "stage1_pte.hpp"
#include "stage2_pte.hpp"
#include "sysreg.hpp"
#include "trap.hpp"
#include "trapped_registers.hpp"
#include "vcpu.hpp"

extern "C" {
[[gnu::visibility("hidden")]] extern const char __text_start[], __text_end[], __rodata_end[], __data_start[], __bss_end[],
    __stack_start[], __stack_end[], __fault_stack_start[], __fault_stack_end[], __memory_end[];
}

namespace amp {

constinit MonitorStorage this_monitor_storage;

namespace {

constinit PagePool pool{};
constinit PageTable<Stage1Format> stage1{};
constinit PageTable<Stage2Format> stage2{};

uint64_t address(const char* symbol) { return reinterpret_cast<uintptr_t>(symbol); }

// The affinity fields of MPIDR_EL1, as in a device tree's cpu node.
constexpr uint64_t affinity_mask = 0xff00ffffff;

CoreFacts core_facts(uint64_t boot_info_pa) {
    const unsigned bits = arch::pa_bits(arch::pa_range());
    const uint64_t pa_limit = 1ull << bits;
    return {AMP_READ_SYSREG(mpidr_el1) & affinity_mask, pa_limit, pa_limit < AMP_GPA_LIMIT ? pa_limit : AMP_GPA_LIMIT,
            address(__text_start), address(__memory_end), boot_info_pa, 0, arch::has_aarch32_el1()};
}

unsigned gpa_bits() {
    const unsigned bits = arch::pa_bits(arch::pa_range());
    return bits < 39 ? bits : 39;
}

constinit CoreFacts core{};

uint32_t build_stage1() {
    constexpr uint32_t read = AMP_ACCESS_READ, write = AMP_ACCESS_READ | AMP_ACCESS_WRITE;
    const amp_area& own = this_monitor().boot.monitor;
    const Section sections[] = {
        {address(__text_start), address(__text_end), read | AMP_ACCESS_EXECUTE},
        {address(__text_end), address(__rodata_end), read},
        {address(__data_start), address(__bss_end), write},
        {address(__stack_start), address(__stack_end), write},
        {address(__fault_stack_start), address(__fault_stack_end), write},
        {address(__memory_end), own.pa + own.size, write},
    };
    pool.init(address(__memory_end), own.pa + own.size);
    if (!stage1.init(pool)) {
        return AMP_STATUS_OUT_OF_MEMORY;
    }
    return map_monitor(stage1, pool, sections, sizeof(sections) / sizeof(sections[0]), this_monitor().boot);
}

uint32_t build_stage2() {
    if (!stage2.init(pool)) {
        return AMP_STATUS_OUT_OF_MEMORY;
    }
    return map_guest(stage2, pool, extents(this_monitor()), this_monitor().boot, descriptor(this_monitor()));
}

// Before the MMU is on: the mailbox is written past the caches, so the line must not be in any of them. It is the monitor's
// own line, which the module has not written since it cleaned the page.
[[noreturn]] void refuse_early(const amp_boot_info& boot, uint32_t status) {
    if (boot.magic == AMP_BOOT_INFO_MAGIC && boot.mailbox.pa != 0 && boot.mailbox.pa % AMP_PAGE_SIZE == 0) {
        auto* const mailbox = reinterpret_cast<volatile amp_mailbox*>(static_cast<uintptr_t>(boot.mailbox.pa));
        const auto* const line = reinterpret_cast<const volatile char*>(&mailbox->ack_seq);
        __asm__ __volatile__("dc civac, %0\n\tdsb sy" : : "r"(line) : "memory");
        mailbox->boot_status = status;
        mailbox->state = AMP_MONITOR_FAILED;
        // Partner: the module's acquire load of ack_seq, or its look at the state once the core is off.
        arch::dsb_sy();
        mailbox->ack_seq = mailbox->request_seq;
        __asm__ __volatile__("dsb sy\n\tdc ivac, %0\n\tdsb sy" : : "r"(line) : "memory");
    }
    arch::leave_core_without_guest();
}

void log_facts() {
    const amp_partition& partition = descriptor(this_monitor());
    this_monitor().log.line("monitor at ", Hex{address(__text_start)}, ", core ", Hex{core.mpidr}, ", GICv",
                            this_monitor().boot.gic_version);
    this_monitor().log.line("extents ", this_monitor().boot.extent_count, ", table pages ", pool.used_pages());
    this_monitor().log.line("guest enters at ", Hex{partition.entry}, ", device tree ", Hex{partition.dtb_gpa});
}

} // namespace

extern "C" {

// In the order enable_mmu loads them.
constinit Translation amp_translation{};
uint64_t amp_written_end;

[[gnu::used]] uint64_t amp_prepare(const amp_boot_info* boot, uint64_t ticks) {
    ::new (&this_monitor_storage.monitor) Monitor{};
    this_monitor().boot = *boot;
    core = core_facts(reinterpret_cast<uintptr_t>(boot));
    core.start_ticks = ticks;
    uint32_t status = check_boot_info(this_monitor().boot, core);
    if (status == AMP_STATUS_OK) {
        status = build_stage1();
    }
    if (status != AMP_STATUS_OK) {
        refuse_early(this_monitor().boot, status);
    }
    const uint64_t range = arch::pa_range();
    amp_translation = {Stage1Format::mair, tcr_el2::with(range < arch::pa_range_max ? range : arch::pa_range_max),
                       sctlr_el2::mmu_on};
    amp_written_end = pool.next();
    return stage1.root();
}

[[gnu::used]] void amp_wrong_level(const amp_boot_info* boot) { refuse_early(*boot, AMP_STATUS_NO_EL2); }

[[gnu::used]] void amp_start() {
    uint32_t status = attach_shared(this_monitor());
    if (status != AMP_STATUS_OK) {
        refuse(this_monitor(), status);
    }
    this_monitor().stats->monitor_ticks = core.start_ticks;
    status = adopt_partition(this_monitor(), core);
    if (status == AMP_STATUS_OK) {
        status = build_stage2();
    }
    if (status == AMP_STATUS_OK) {
        status = this_monitor().gic.init(this_monitor().boot, descriptor(this_monitor()), *this_monitor().stats);
    }
    if (status != AMP_STATUS_OK) {
        refuse(this_monitor(), status);
    }
    this_monitor().stats->table_pages = pool.used_pages();
    log_facts();
    ask_firmware(this_monitor());
    arch::clear_guest_state();
    // The tables are complete before any walk of the guest's can see them. Partner: this core's table walker.
    arch::dsb_ish();
    // Each partition's VMID differs, so that one guest's broadcast TLB maintenance does not slow another one down.
    const amp_partition& partition = descriptor(this_monitor());
    const bool aarch32 = (partition.flags & AMP_PARTITION_AARCH32) != 0;
    const bool hidden = init_id_registers(arch::read_id_registers(), this_monitor().boot.gic_version == 3, aarch32);
    this_monitor().log.line("ID registers ", hidden ? "trapped: the core has what the guest has not" : "as the core has them");
    arch::configure_guest(stage2.root() | vttbr_el2::Vmid::of(1 + this_monitor().boot.slot), gpa_bits(), {aarch32, hidden});
    AMP_WRITE_SYSREG(elr_el2, partition.entry);
    AMP_WRITE_SYSREG(spsr_el2, aarch32 ? spsr::guest_start32 : spsr::guest_start);
    announce(this_monitor());
    this_monitor().stats->guest_ticks = arch::counter();
    AMP_WRITE_SYSREG(cntvoff_el2, this_monitor().stats->guest_ticks);
    // Linux Documentation/arch/arm64/booting.rst and arch/arm/booting.rst: a machine that only the device tree names
    if (aarch32) {
        amp_enter_guest(0, 0xffffffff, partition.dtb_gpa);
    }
    amp_enter_guest(partition.dtb_gpa, 0, 0);
}

} // extern "C"

} // namespace amp
