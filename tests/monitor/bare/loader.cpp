// SPDX-License-Identifier: GPL-2.0-only
// Plays the module on core 0 of QEMU's virt machine: one start of the real monitor on core 1 per row of the table, each after
// the other on the same core, and checks what it left in the shared pages. Prints PASS or FAIL per row and at the end.
#include "back_end.hpp"
#include "machine.hpp"
#include "stage.hpp"

extern "C" {
#define GUEST(name) extern const char guest_##name[], guest_##name##_end[];
GUEST(hello) GUEST(spin) GUEST(count) GUEST(reset) GUEST(cpu_off) GUEST(psci) GUEST(unmapped_read) GUEST(unmapped_write)
GUEST(unmapped_fetch) GUEST(denied_write) GUEST(denied_fetch) GUEST(no_syndrome) GUEST(bad_width) GUEST(table_walk)
GUEST(undefined) GUEST(id) GUEST(registers) GUEST(echo) GUEST(timer) GUEST(doorbell) GUEST(bench) GUEST(gic)
GUEST(virtio) GUEST(virtio_waits)
#undef GUEST
extern const char guests32[], guests32_end[]; // empty where there was no assembler for them
void run();
}

namespace bare {
namespace {

unsigned failures;

// What the module does while the guest runs; nullptr: waits for the end.
using Script = bool (*)(const Stage&);
// Spoils what was prepared, for the refusals.
using Spoil = void (*)(const Stage&);

struct Row {
    const char* name;
    const char *guest, *guest_end;
    uint32_t reason;
    const char* console; // nullptr: not looked at
    Script script;
    uint64_t ipa;
    int number32 = -1; // of a 32-bit guest in guests32.S
};

bool stop_spinning(const Stage& stage) {
    return wait_for_console(stage, "m") && check(request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED), "stop is acknowledged") &&
           check(stage.exit->x[21] == 0x1234, "x21 in the record");
}

// Banked registers of FIQ mode, in the AArch64 view.
bool stop_spinning32(const Stage& stage) {
    return wait_for_console(stage, "m") && check(request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED), "stop is acknowledged") &&
           check(stage.exit->x[24] == 0x42 && stage.exit->x[30] == 0x43, "r8_fiq, lr_fiq in the record") &&
           check((stage.exit->pstate & 0x1f) == 0x11, "mode in the record");
}

volatile uint64_t& guest_word(uint64_t offset) { return reg<uint64_t>(guest_ram_pa + offset); }

bool pause_and_resume(const Stage& stage) {
    for (unsigned i = 0; i < 1000 && guest_word(0x3000) == 0; ++i) {
        delay_ms(1);
    }
    const uint64_t asked = counter();
    bool good = check(request(stage, AMP_WANT_PAUSE, AMP_MONITOR_PAUSED), "pause is acknowledged");
    const uint64_t paused = counter(), count = guest_word(0x3000), behind = guest_word(0x3008);
    delay_ms(20);
    good = check(count != 0 && guest_word(0x3000) == count, "a paused guest stands still") && good;
    good = check(request(stage, AMP_WANT_PAUSE, AMP_MONITOR_PAUSED), "a second pause is acknowledged") && good;
    const uint64_t resumed = counter();
    good = check(request(stage, AMP_WANT_RUN, AMP_MONITOR_RUNNING), "resume is acknowledged") && good;
    for (unsigned i = 0; i < 1000 && guest_word(0x3000) < count + 100; ++i) {
        delay_ms(1);
    }
    good = check(guest_word(0x3000) > count, "a resumed guest runs") && good;
    const uint64_t missed = guest_word(0x3008) - behind;
    const uint64_t inexact = frequency() / 1000;
    good = check(missed + inexact >= resumed - paused && missed <= counter() - asked + inexact, "its virtual time stood still") &&
           good;
    good = check(take_spi(doorbell), "the doorbell was pended") && good;
    good = check(request(stage, AMP_WANT_PAUSE, AMP_MONITOR_PAUSED), "pause again") && good;
    return check(request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED), "stop of a paused guest") && good;
}

bool type_text(const Stage& stage) {
    auto* const data = reinterpret_cast<volatile char*>(stage.console_in + 1);
    const char text[] = "abcdefghijklmnopqrstuvw";
    delay_ms(2);
    // Between the letters of more than a FIFO's worth there is no kick: reading makes room.
    for (unsigned i = 0; i < 22; ++i) {
        data[i] = text[i] == 'q' ? 'Q' : text[i];
    }
    stage.console_in->written = 22;
    kick();
    const bool good = wait_for_console(stage, "abcdefghijklmnopQrstuv");
    data[22] = 'q';
    stage.console_in->written = 23;
    kick();
    return check(wait_for_state(stage, AMP_MONITOR_ENDED), "ends after q") && check(stage.mailbox->console_in_taken == 23, "taken") &&
           good;
}

bool ring_doorbell(const Stage& stage) {
    stage.mailbox->route[0] = AMP_ROUTE_DOM0;
    const bool good = wait_for_console(stage, "r");
    stage.slots[3].pending = 1;
    kick();
    return check(wait_for_state(stage, AMP_MONITOR_ENDED), "answers") &&
           check((stage.mailbox->channel_outbox & 1) != 0, "channel outbox") &&
           check(stage.stats->doorbells_in == 1 && stage.stats->doorbells_out == 1, "doorbells counted") && good;
}

// Under -icount shift=0, where one instruction is a nanosecond, QEMU's command line puts 1 here and only the costs of exits
// are looked at; with real time they would mean nothing.
constexpr uint64_t count_only_flag = 0x41000000;
bool count_only() { return reg<uint32_t>(count_only_flag) == 1; }

bool check_costs(const Stage& stage) {
    struct Cost {
        const char* name;
        uint64_t at_most; // design.md's table; virtio's: a little more than it takes
    };
    const Cost costs[] = {{"empty loop", 4},
                          {"HVC PSCI_VERSION and back", 90},
                          {"trapped read of GICD_TYPER", 110},
                          {"notification of a virtio queue", 170},
                          {"read of virtio's InterruptStatus", 125}};
    bool good = check(wait_for_state(stage, AMP_MONITOR_ENDED), "ends");
    for (unsigned i = 0; i < 5 && count_only(); ++i) {
        const uint64_t instructions = guest_word(0x3000 + 8 * i) * (1000000000 / frequency()) / 1024;
        print("  instructions: ");
        print(costs[i].name);
        print(" ");
        print_number(instructions);
        print("\n");
        good = check(instructions <= costs[i].at_most, "too many") && good;
    }
    return good;
}

#define GUEST(name) #name, guest_##name, guest_##name##_end
constexpr uint64_t no_ipa = 0;
const Row rows[] = {
    {GUEST(hello), AMP_EXIT_SYSTEM_OFF, "hxvs", nullptr, no_ipa},
    {GUEST(spin), AMP_EXIT_STOPPED, "m", stop_spinning, no_ipa},
    {GUEST(count), AMP_EXIT_STOPPED, "", pause_and_resume, no_ipa},
    {GUEST(reset), AMP_EXIT_SYSTEM_RESET, "", nullptr, no_ipa},
    {GUEST(cpu_off), AMP_EXIT_CPU_OFF, "", nullptr, no_ipa},
    {GUEST(psci), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(unmapped_read), AMP_EXIT_UNMAPPED_READ, "", nullptr, 0x12345678},
    {GUEST(unmapped_write), AMP_EXIT_UNMAPPED_WRITE, "", nullptr, 0x60000008},
    {GUEST(unmapped_fetch), AMP_EXIT_UNMAPPED_FETCH, "", nullptr, 0x60000040},
    {GUEST(denied_write), AMP_EXIT_DENIED_WRITE, "", nullptr, 0x50000010},
    {GUEST(denied_fetch), AMP_EXIT_DENIED_FETCH, "", nullptr, 0x50000000},
    {GUEST(no_syndrome), AMP_EXIT_NO_SYNDROME, "", nullptr, 0x08000000},
    {GUEST(bad_width), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(table_walk), AMP_EXIT_TABLE_WALK, "", nullptr, 0x70000000},
    {GUEST(undefined), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(id), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(registers), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(echo), AMP_EXIT_SYSTEM_OFF, "abcdefghijklmnopQrstuv", type_text, no_ipa},
    {GUEST(timer), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa},
    {GUEST(doorbell), AMP_EXIT_SYSTEM_OFF, "rP", ring_doorbell, no_ipa},
    {GUEST(virtio), AMP_EXIT_SYSTEM_OFF, "P", serve_virtio, no_ipa},
    {GUEST(virtio_waits), AMP_EXIT_STOPPED, "w", stop_waiting, no_ipa},
    {GUEST(gic), AMP_EXIT_SYSTEM_OFF, "cP", nullptr, no_ipa},
    {GUEST(bench), AMP_EXIT_SYSTEM_OFF, "", check_costs, no_ipa},
    {GUEST(hello), AMP_EXIT_SYSTEM_OFF, "hxvs", nullptr, no_ipa},
};

#define GUEST32(name) #name " (32-bit)", guests32, guests32_end
const Row rows32[] = {
    {GUEST32(entry and calls), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 0},
    {GUEST32(undefined), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 1},
    {GUEST32(registers), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 2},
    {GUEST32(device accesses), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 3},
    {GUEST32(id), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 4},
    {GUEST32(sgi), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 5},
    {GUEST32(unmapped read), AMP_EXIT_UNMAPPED_READ, "", nullptr, 0x12345678, 6},
    {GUEST32(spin), AMP_EXIT_STOPPED, "m", stop_spinning32, no_ipa, 7},
    {GUEST32(no syndrome), AMP_EXIT_NO_SYNDROME, "", nullptr, 0x08000000, 8},
    {GUEST32(unmapped fetch), AMP_EXIT_UNMAPPED_FETCH, "", nullptr, 0x60000040, 9},
    {GUEST32(leaves its state), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 10},
    {GUEST32(virtio), AMP_EXIT_SYSTEM_OFF, "P", serve_virtio32, no_ipa, 11},
    {GUEST32(virtio waits), AMP_EXIT_STOPPED, "w", stop_waiting32, no_ipa, 12},
    {GUEST32(finds none of it), AMP_EXIT_SYSTEM_OFF, "P", nullptr, no_ipa, 4},
    {GUEST(hello), AMP_EXIT_SYSTEM_OFF, "hxvs", nullptr, no_ipa},
};

struct Refusal {
    const char* name;
    uint32_t status;
    Spoil spoil;
};
const Refusal refusals[] = {
    {"descriptor of another version", AMP_STATUS_BAD_VERSION, [](const Stage& s) { s.partition->abi_major = 99; }},
    {"another core's descriptor", AMP_STATUS_BAD_CORE, [](const Stage& s) { s.boot->mpidr = 2; }},
    {"guest memory on the monitor", AMP_STATUS_BAD_PHYSICAL, [](const Stage& s) { s.extents[0].pa = 0x42000000; }},
    {"guest memory on the boot information", AMP_STATUS_BAD_PHYSICAL, [](const Stage& s) { s.extents[1].pa = shared_pa; }},
    {"guest memory on the distributor", AMP_STATUS_BAD_PHYSICAL, [](const Stage& s) { s.extents[1].pa = gicd_base; }},
    {"memory under the console", AMP_STATUS_REGION_OVERLAP, [](const Stage& s) { s.extents[0].gpa = 0x08f00000; }},
    {"entry outside", AMP_STATUS_BAD_ENTRY, [](const Stage& s) { s.partition->entry = read_only_gpa; }},
    {"virtio without a window", AMP_STATUS_BAD_VIRTIO, [](const Stage& s) { s.partition->virtio_gpa = 0; }},
    {"memory under virtio", AMP_STATUS_REGION_OVERLAP, [](const Stage& s) { s.extents[0].gpa = virtio_gpa + 0x3000; }},
    {"pool too small", AMP_STATUS_OUT_OF_MEMORY, [](const Stage& s) { s.boot->monitor.size -= 60 * AMP_PAGE_SIZE; }},
    {"log without a capacity", AMP_STATUS_BAD_SIZE, [](const Stage& s) { s.log->capacity = 3; }},
};

void report(const char* name, bool good, const Stage& stage) {
    print(good ? "PASS " : "FAIL ");
    print(name);
    print("\n");
    if (good) {
        return;
    }
    ++failures;
    print("  state ");
    print_number(stage.mailbox->state);
    print(" status ");
    print_number(stage.mailbox->boot_status);
    print(" reason ");
    print_number(stage.exit->reason);
    print(" pc ");
    print_hex(stage.exit->pc);
    print(" esr ");
    print_hex(stage.exit->esr);
    print(" far ");
    print_hex(stage.exit->far);
    print(" ipa ");
    print_hex(stage.exit->ipa);
    print(" elr_el1 ");
    print_hex(stage.exit->elr_el1);
    print(" esr_el1 ");
    print_hex(stage.exit->esr_el1);
    print("\n");
    print_stream("log", *stage.log);
    print_stream("console", *stage.console_out);
}

void run_row(const Row& row) {
    if (count_only() && row.script != check_costs) {
        return;
    }
    const Stage stage = prepare(row.guest, static_cast<uint64_t>(row.guest_end - row.guest));
    if (row.number32 >= 0) {
        stage.partition->flags |= AMP_PARTITION_AARCH32;
        stage.partition->entry += static_cast<uint64_t>(row.number32) * 0x800;
    }
    bool good = check(start(stage), "CPU_ON");
    good = good && (row.script == nullptr || row.script(stage));
    good = check(wait_for_state(stage, AMP_MONITOR_ENDED), "ended") && good;
    if (stage.mailbox->state != AMP_MONITOR_ENDED) {
        request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED); // so that the next row finds the core off
    }
    good = check(stage.exit->reason == row.reason, "reason") && good;
    good = check(row.console == nullptr || stream_is(*stage.console_out, row.console), "console") && good;
    good = check(stage.exit->ipa == row.ipa, "ipa") && good;
    good = check(wait_until_off(), "core off") && good;
    good = check((stage.mailbox->outbox & AMP_OUTBOX_STATE) != 0 && take_spi(doorbell), "doorbell") && good;
    good = check(stage.mailbox->ack_seq == stage.mailbox->request_seq, "acknowledged") && good;
    report(row.name, good, stage);
}

void run_refusal(const Refusal& refusal) {
    const Stage stage = prepare(guest_hello, static_cast<uint64_t>(guest_hello_end - guest_hello));
    refusal.spoil(stage);
    bool good = check(start(stage), "CPU_ON");
    good = check(wait_for_state(stage, AMP_MONITOR_FAILED), "failed") && good;
    good = check(stage.mailbox->boot_status == refusal.status, "status") && good;
    good = check(wait_until_off(), "core off") && good;
    report(refusal.name, good, stage);
}

// ID_AA64PFR0_EL1.EL1
bool has_aarch32() {
    uint64_t pfr0;
    __asm__ __volatile__("mrs %0, id_aa64pfr0_el1" : "=r"(pfr0));
    return (pfr0 >> 4 & 0xf) == 2;
}

void run_32bit() {
    if (!has_aarch32()) {
        return run_refusal({"32-bit guest", AMP_STATUS_NO_AARCH32, [](const Stage& s) { s.partition->flags |= AMP_PARTITION_AARCH32; }});
    }
    if (+guests32 == +guests32_end) {
        print("SKIP 32-bit guests: no compiler for them\n");
        return;
    }
    for (const Row& row : rows32) {
        run_row(row);
    }
}

// Nothing that a guest can do makes the monitor fault, so the loader lies: the distributor it names is not there.
void run_monitor_fault() {
    const Stage stage = prepare(guest_hello, static_cast<uint64_t>(guest_hello_end - guest_hello));
    stage.boot->gicd.pa = 0x0c000000 + 0x02000000;
    bool good = check(start(stage), "CPU_ON");
    good = check(wait_for_state(stage, AMP_MONITOR_ENDED), "ended") && good;
    good = check(stage.exit->reason == AMP_EXIT_MONITOR_FAULT, "reason") && good;
    good = check(stage.exit->pc >= monitor_pa && stage.exit->pc < monitor_pa + 0x10000, "where") && good;
    good = check(wait_until_off(), "core off") && good;
    report("fault in the monitor", good, stage);
}

} // namespace
} // namespace bare

void run() {
    using namespace bare;
    init_gic();
    for (const Row& row : rows) {
        run_row(row);
    }
    for (const Refusal& refusal : refusals) {
        if (!count_only()) {
            run_refusal(refusal);
        }
    }
    if (!count_only()) {
        run_32bit();
        run_monitor_fault();
        run_row(rows[0]); // and the core is as good as new
    }
    print(failures == 0 ? "ALL PASS\n" : "FAILURES\n");
    firmware(psci_system_off);
}
