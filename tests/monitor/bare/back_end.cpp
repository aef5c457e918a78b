// SPDX-License-Identifier: GPL-2.0-only
// The accesses that each guest makes are known beforehand, in their order.
#include "back_end.hpp"

#include "machine.hpp"

namespace bare {
namespace {

struct Access {
    uint32_t device, offset, width, write;
    uint64_t value;
};
constexpr uint32_t reads = 0, writes = 1;

const Access accesses[] = {
    {1, 0x010, 4, reads, 0},
    {1, 0x101, 1, reads, 0},
    {1, 0x102, 1, reads, 0},
    {1, 0x1fe, 2, reads, 0},
    {1, 0x108, 8, reads, 0},
    {1, 0x070, 4, reads, 0},
    {1, 0x1f8, 8, writes, 0x114},
    {1, 0x020, 4, writes, 0x11e},
    {1, 0x1ff, 1, writes, 0xf8},
    {0, 0x070, 4, writes, 0},
};
const Access accesses32[] = {
    {1, 0x010, 4, reads, 0},
    {1, 0x101, 1, reads, 0},
    {1, 0x1fe, 2, reads, 0},
    {1, 0x034, 4, reads, 0},
    {1, 0x038, 4, reads, 0},
    {1, 0x034, 4, reads, 0},
    {1, 0x020, 4, writes, 0x765432f4},
    {1, 0x070, 4, writes, 5},
};
const Access reset = {1, 0x070, 4, writes, 0};

// The interrupt comes behind the words that it announces.
bool wait_for_doorbell() {
    for (unsigned i = 0; i < 3000; ++i) {
        if (take_spi(doorbell)) {
            return true;
        }
        delay_ms(1);
    }
    return check(false, "dom0 is called");
}

bool wait_for_access(const Stage& stage, uint32_t seq) {
    for (unsigned i = 0; i < 3000 && stage.mailbox->virtio_access.seq != seq; ++i) {
        delay_ms(1);
    }
    return check(stage.mailbox->virtio_access.seq == seq, "an access is made") &&
           wait_for_doorbell() && check((stage.mailbox->outbox & AMP_OUTBOX_ACCESS) != 0, "dom0 is called for an access");
}

bool is_as_expected(const volatile amp_virtio_access& found, const Access& expected) {
    const bool good = found.device == expected.device && found.offset == expected.offset && found.width == expected.width &&
                      found.write == expected.write && found.value == expected.value;
    if (!good) {
        print("  access ");
        print_number(found.seq);
        print(" at ");
        print_hex(found.offset);
        print(" value ");
        print_hex(found.value);
        print("\n");
    }
    return check(good, "another access was made than expected");
}

// The last digit is the offset's; what is more than the access is wide must not be seen.
void answer(const Stage& stage) {
    stage.mailbox->outbox = stage.mailbox->outbox & ~AMP_OUTBOX_ACCESS;
    stage.mailbox->virtio_answer.value = 0xfedcba98765432f0 | (stage.mailbox->virtio_access.offset & 0xf);
    stage.mailbox->virtio_answer.seq = stage.mailbox->virtio_access.seq;
    kick();
}

bool serve(const Stage& stage, uint32_t seq, const Access& expected) {
    const bool good = wait_for_access(stage, seq) && is_as_expected(stage.mailbox->virtio_access, expected);
    answer(stage);
    return good;
}

bool wait_for_notification(const Stage& stage) {
    for (unsigned i = 0; i < 3000 && stage.mailbox->virtio_outbox == 0; ++i) {
        delay_ms(1);
    }
    return check(stage.mailbox->virtio_outbox == 1u << 1 && stage.mailbox->virtio_kicks[1] == 1u << 1, "queue 1 of device 1") &&
           check(stage.mailbox->virtio_kicks[0] == 0, "no queue of device 0") && wait_for_doorbell();
}

// Both reasons, and a device that is not there.
void call_guest(const Stage& stage) {
    stage.slots[own_slot].virtio_used = 1u << 1 | 1u << 9;
    stage.slots[own_slot].virtio_config = 1u << 1;
    kick();
}

template <uint32_t Count>
bool serve_all(const Stage& stage, const Access (&list)[Count]) {
    for (uint32_t i = 0; i < Count; ++i) {
        if (!serve(stage, i + 1, list[i])) {
            return false;
        }
    }
    if (!wait_for_notification(stage)) {
        return false;
    }
    call_guest(stage);
    return serve(stage, Count + 1, reset) && check(wait_for_state(stage, AMP_MONITOR_ENDED), "ends") &&
           check(stage.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] == Count + 1, "forwarded accesses counted") &&
           check(stage.stats->doorbells_in == 1, "one call of dom0 counted");
}

bool stop_at(const Stage& stage, uint32_t instruction) {
    bool good = wait_for_console(stage, "w") && wait_for_access(stage, 1);
    good = check(request(stage, AMP_WANT_PAUSE, AMP_MONITOR_PAUSED), "pause is acknowledged") && good;
    good = check(request(stage, AMP_WANT_RUN, AMP_MONITOR_RUNNING), "resume is acknowledged") && good;
    stage.mailbox->virtio_answer.seq = 7; // no answer to this
    kick();
    delay_ms(5);
    good = check(stream_is(*stage.console_out, "w"), "it still waits") && good;
    good = check(request(stage, AMP_WANT_STOP, AMP_MONITOR_ENDED), "stop is acknowledged") && good;
    return check(reg<uint32_t>(guest_ram_pa + stage.exit->pc - guest_ram_gpa) == instruction, "the access is in the record") && good;
}

} // namespace

bool serve_virtio(const Stage& stage) { return serve_all(stage, accesses); }
bool serve_virtio32(const Stage& stage) { return serve_all(stage, accesses32); }
bool stop_waiting(const Stage& stage) { return stop_at(stage, 0xb9407335); }   // ldr w21, [x25, #0x70]
bool stop_waiting32(const Stage& stage) { return stop_at(stage, 0xe5945070); } // ldr r5, [r4, #0x70]

} // namespace bare
