// SPDX-License-Identifier: GPL-2.0-only
// The virtio-mmio window: tests play the guest, and in the hook for waiting also dom0 with a back end.
#include "core/virtio.hpp"

#include <catch2/catch.hpp>

#include <random>

#include "core/kick.hpp"
#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

namespace {

constexpr std::uint64_t transport(std::uint32_t device) { return virtio_gpa + device * AMP_VIRTIO_STRIDE; }

// virtio 1.2, table 4.1, as the contract in mailbox.h divides it.
bool belongs_to_monitor(std::uint32_t offset) {
    return offset < 0x10 || offset == 0x50 || offset == 0x60 || offset == 0x64;
}
bool belongs_to_back_end(std::uint32_t device, std::uint32_t offset, std::uint32_t width) {
    if (device >= virtio_devices || offset % width != 0) {
        return false;
    }
    return offset >= 0x100 || (width == 4 && !belongs_to_monitor(offset));
}

struct VirtioRig : MonitorRig {
    std::uint32_t read(std::uint32_t device, std::uint32_t offset) {
        const MmioRead result = emulate_read(monitor, transport(device) + offset, 4);
        REQUIRE(result.done);
        return static_cast<std::uint32_t>(result.value);
    }
    void write(std::uint32_t device, std::uint32_t offset, std::uint64_t value) {
        REQUIRE(emulate_write(monitor, transport(device) + offset, 4, value));
    }
    void answer(std::uint64_t value) {
        mailbox().virtio_answer.value = value;
        mailbox().virtio_answer.seq = mailbox().virtio_access.seq;
        monitor.gic.kick_pending = true;
    }
    bool untouched() {
        std::uint32_t kicks = mailbox().virtio_outbox;
        for (const std::uint32_t word : mailbox().virtio_kicks) {
            kicks |= word;
        }
        return kicks == 0 && mailbox().outbox == 0 && mailbox().virtio_access.seq == 0 && arch::host.events.empty();
    }
};

} // namespace

TEST_CASE_METHOD(VirtioRig, "virtio: fixed registers of every transport, device or not") {
    for (std::uint32_t device = 0; device < AMP_VIRTIO_MAX; ++device) {
        CHECK(read(device, 0x000) == 0x74726976);
        CHECK(read(device, 0x004) == 2);
        CHECK(read(device, 0x008) == (device < virtio_devices ? device + 1 : 0));
        CHECK(read(device, 0x00c) == 0x00504d41); // as tests/virtio/transport_test.cpp says of the back end
        for (const std::uint32_t offset : {0x0u, 0x4u, 0x8u, 0xcu}) {
            write(device, offset, 0xffffffff);
        }
        CHECK(read(device, 0x008) == (device < virtio_devices ? device + 1 : 0));
        CHECK(read(device, 0x050) == 0); // QueueNotify can't be read, nor InterruptACK
        CHECK(read(device, 0x064) == 0);
        write(device, 0x060, 3); // nor InterruptStatus written
        CHECK(read(device, 0x060) == 0);
    }
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO] == 13 * AMP_VIRTIO_MAX);
    CHECK(untouched());
}

TEST_CASE_METHOD(VirtioRig, "virtio: each offset and width is answered where it belongs; what nobody has reads as zero") {
    for (std::uint32_t at = 0; at < AMP_VIRTIO_WINDOW; ++at) {
        const std::uint32_t device = at / AMP_VIRTIO_STRIDE, offset = at % AMP_VIRTIO_STRIDE;
        for (const std::uint32_t width : {1u, 2u, 4u, 8u}) {
            const MmioRead result = emulate_read(monitor, virtio_gpa + at, width);
            const bool forwarded = belongs_to_back_end(device, offset, width);
            const bool fixed = width == 4 && offset < 0x10 && offset % 4 == 0;
            if ((result.done == 0) != forwarded || (!fixed && result.value != 0)) {
                FAIL("read of " << width << " at " << offset << " of " << device);
            }
            // QueueNotify and InterruptACK: others look at them.
            if (offset != 0x50 && emulate_write(monitor, virtio_gpa + at, width, ~0ull) == forwarded) {
                FAIL("write of " << width << " at " << offset << " of " << device);
            }
        }
    }
    CHECK(untouched());
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] == 0);
}

TEST_CASE_METHOD(VirtioRig, "virtio: the window ends where it ends, and is none without its size") {
    CHECK(is_emulated(monitor, virtio_gpa));
    CHECK(is_emulated(monitor, virtio_gpa + AMP_VIRTIO_WINDOW - 1));
    for (const std::uint64_t gpa : {virtio_gpa - 4, virtio_gpa + AMP_VIRTIO_WINDOW}) {
        CHECK_FALSE(is_emulated(monitor, gpa));
        CHECK_FALSE(emulate_read(monitor, gpa, 4).done);
        CHECK_FALSE(emulate_write(monitor, gpa, 4, 0));
        CHECK_FALSE(forward_read(monitor, registers, gpa, 4).done);
        CHECK_FALSE(forward_write(monitor, registers, gpa, 4, 0));
    }
    monitor.platform.virtio_gpa = monitor.platform.virtio_size = 0;
    CHECK_FALSE(is_emulated(monitor, 0));
    CHECK_FALSE(emulate_read(monitor, 0, 4).done);
    CHECK_FALSE(forward_read(monitor, registers, 0, 4).done);
    CHECK(untouched());
}

TEST_CASE_METHOD(VirtioRig, "virtio: a notification is a bit of the queue, one of the device, and a call") {
    write(2, 0x050, 1);
    CHECK(mailbox().virtio_kicks[2] == 2);
    CHECK(mailbox().virtio_outbox == 4);
    write(2, 0x050, 0xabcd0000'00000000 | 2); // a 64-bit register's upper half is no part of the store
    write(0, 0x050, 0);
    CHECK(mailbox().virtio_kicks[2] == 6);
    CHECK(mailbox().virtio_kicks[0] == 1);
    CHECK(mailbox().virtio_outbox == 5);
    CHECK(count("spi 72") == 3);
    CHECK(mailbox().outbox == 0);
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO] == 3);
    // Also where dom0 has not come to look at the last one yet.
    write(0, 0x050, 0);
    CHECK(count("spi 72") == 4);
}

TEST_CASE_METHOD(VirtioRig, "virtio: notifications of queues and devices that are not there reach nobody") {
    for (const std::uint32_t queue : {3u, 16u, 31u, 32u, 33u, 0x10000u, 0x7fffffffu, 0x80000000u, 0xffffffffu}) {
        write(2, 0x050, queue);
    }
    write(0, 0x050, 1);
    for (std::uint32_t device = virtio_devices; device < AMP_VIRTIO_MAX; ++device) {
        write(device, 0x050, 0);
        write(device, 0x064, 3);
    }
    for (const std::uint32_t width : {1u, 2u, 8u}) {
        CHECK(emulate_write(monitor, transport(0) + 0x50, width, 0));
    }
    CHECK(emulate_write(monitor, transport(0) + 0x4e, 4, 0));
    CHECK(untouched());
}

TEST_CASE_METHOD(VirtioRig, "virtio: what dom0 calls for becomes InterruptStatus and an edge; others stay as they are") {
    slot(own_slot).virtio_used = 0xffffffff & ~1u;
    slot(own_slot).virtio_config = 4;
    handle_kick(monitor, registers);
    CHECK(arch::host.events == std::vector<std::string>{"edge 49", "edge 50"});
    CHECK(slot(own_slot).virtio_used == 0);
    CHECK(slot(own_slot).virtio_config == 0);
    CHECK(monitor.stats->doorbells_in == 2);
    CHECK(read(0, 0x060) == 0);
    CHECK(read(1, 0x060) == 1);
    CHECK(read(2, 0x060) == 3);
    for (std::uint32_t device = virtio_devices; device < AMP_VIRTIO_MAX; ++device) {
        CHECK(read(device, 0x060) == 0);
    }
    for (const std::uint32_t width : {1u, 2u, 8u}) {
        CHECK(emulate_read(monitor, transport(2) + 0x60, width).value == 0);
        CHECK(emulate_write(monitor, transport(2) + 0x64, width, 3));
    }
    CHECK(emulate_read(monitor, transport(2) + 0x5e, 4).value == 0);
    write(2, 0x064, 0);
    write(2, 0x064, 0xfffffffc);
    CHECK(read(2, 0x060) == 3);
    write(2, 0x064, 1);
    CHECK(read(2, 0x060) == 2);
    write(2, 0x064, 0xffffffff);
    CHECK(read(2, 0x060) == 0);
    CHECK(read(1, 0x060) == 1); // untouched by its neighbour
    // Not acknowledged: the next call comes through all the same.
    arch::host.events.clear();
    slot(own_slot).virtio_used = 2;
    handle_kick(monitor, registers);
    CHECK(arch::host.events == std::vector<std::string>{"edge 49"});
}

TEST_CASE_METHOD(VirtioRig, "virtio: all 32 devices have their bits") {
    monitor.platform.virtio_count = AMP_VIRTIO_MAX;
    for (std::uint32_t i = 0; i < AMP_VIRTIO_MAX; ++i) {
        monitor.platform.virtio[i] = {1, first_virtio_intid + i, AMP_VIRTIO_QUEUES_MAX};
    }
    slot(own_slot).virtio_used = slot(own_slot).virtio_config = 0xffffffff;
    handle_kick(monitor, registers);
    CHECK(count("edge 79") == 1);
    for (std::uint32_t i = 0; i < AMP_VIRTIO_MAX; ++i) {
        CHECK(read(i, 0x060) == 3);
        write(i, 0x064, 2);
        write(i, 0x050, 15);
    }
    CHECK(monitor.virtio.used == 0xffffffff);
    CHECK(monitor.virtio.config == 0);
    CHECK(mailbox().virtio_outbox == 0xffffffff);
    CHECK(mailbox().virtio_kicks[31] == 1u << 15);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a doorbell that rang before anybody was at home") {
    slot(own_slot).virtio_config = 1;
    announce(monitor);
    CHECK(happened("edge 48"));
    CHECK(read(0, 0x060) == 2);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a read that the back end answers, cut to its width") {
    const struct {
        std::uint32_t offset, width;
        std::uint64_t expected;
    } table[] = {{0x010, 4, 0xcafef00d}, {0x100, 1, 0x0d}, {0x101, 1, 0x0d}, {0x1fe, 2, 0xf00d},
                 {0x1fc, 4, 0xcafef00d}, {0x1f8, 8, 0xdeadbeefcafef00d}};
    std::uint32_t seq = 0;
    for (const auto& row : table) {
        arch::host.on_wait = [&] {
            const amp_virtio_access& access = mailbox().virtio_access;
            CHECK(access.seq == seq + 1);
            CHECK(access.device == 1);
            CHECK(access.offset == row.offset);
            CHECK(access.width == row.width);
            CHECK(access.write == 0);
            CHECK(access.value == 0);
            CHECK((mailbox().outbox & AMP_OUTBOX_ACCESS) != 0);
            CHECK(happened("spi 72"));
            CHECK(monitor.gic.muted); // a pending virtual interrupt would end each wait at once
            answer(0xdeadbeefcafef00d);
        };
        REQUIRE_FALSE(emulate_read(monitor, transport(1) + row.offset, row.width).done);
        const MmioRead result = forward_read(monitor, registers, transport(1) + row.offset, row.width);
        CHECK(result.done);
        CHECK(result.value == row.expected);
        CHECK_FALSE(monitor.gic.muted);
        CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] == ++seq);
    }
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO] == 0);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a write that the back end takes, cut to its width") {
    const struct {
        std::uint32_t offset, width;
        std::uint64_t expected;
    } table[] = {{0x070, 4, 0x89abcdef}, {0x1ff, 1, 0xef}, {0x100, 2, 0xcdef}, {0x108, 8, 0x0123456789abcdef}};
    for (const auto& row : table) {
        arch::host.on_wait = [&] {
            CHECK(mailbox().virtio_access.device == 0);
            CHECK(mailbox().virtio_access.offset == row.offset);
            CHECK(mailbox().virtio_access.width == row.width);
            CHECK(mailbox().virtio_access.write == 1);
            CHECK(mailbox().virtio_access.value == row.expected);
            answer(~0ull);
        };
        REQUIRE_FALSE(emulate_write(monitor, transport(0) + row.offset, row.width, 0x0123456789abcdef));
        CHECK(forward_write(monitor, registers, transport(0) + row.offset, row.width, 0x0123456789abcdef));
    }
    CHECK(mailbox().virtio_access.seq == 4);
}

TEST_CASE_METHOD(VirtioRig, "virtio: only the answer with the number of the access ends the wait, and the numbers wrap") {
    monitor.virtio.access_seq = mailbox().virtio_access.seq = mailbox().virtio_answer.seq = 0xffffffff;
    unsigned waits = 0;
    arch::host.on_wait = [&] {
        REQUIRE(++waits < 10);
        monitor.gic.kick_pending = waits != 2; // once woken by an interrupt of the guest's
        mailbox().virtio_answer.value = 100 + waits;
        switch (waits) {
        case 1: break;                                           // woken for nothing
        case 2: mailbox().virtio_answer.seq = 0xfffffffe; break; // of an access long ago
        case 3: mailbox().virtio_answer.seq = 1; break;          // of one that was not made yet
        case 4: slot(own_slot).pending = 1; break;
        default: mailbox().virtio_answer.seq = 0;
        }
    };
    CHECK(forward_read(monitor, registers, transport(0) + 0x34, 4).value == 105);
    CHECK(mailbox().virtio_access.seq == 0);
    CHECK(waits == 5);
    CHECK(count("irq") == 5);
    CHECK(happened("edge 96")); // a doorbell of a channel gets through meanwhile
}

TEST_CASE_METHOD(VirtioRig, "virtio: an answer that was there before the first wait needs none") {
    arch::host.on_wait = [] { FAIL("waits"); };
    mailbox().virtio_answer.seq = 1;
    mailbox().virtio_answer.value = 7;
    CHECK(forward_read(monitor, registers, transport(0) + 0x34, 4).value == 7);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a guest that waits for an answer can be stopped") {
    arch::host.guest.pc = 0x40001234;
    registers.x[28] = 28;
    arch::host.on_wait = [&] {
        request(AMP_WANT_STOP);
        monitor.gic.kick_pending = true;
    };
    CHECK_THROWS_AS(forward_read(monitor, registers, transport(0) + 0x70, 4), arch::CoreLeft);
    CHECK(mailbox().state == AMP_MONITOR_ENDED);
    CHECK(mailbox().ack_seq == 2);
    CHECK(monitor.exit_record->reason == AMP_EXIT_STOPPED);
    CHECK(monitor.exit_record->pc == 0x40001234); // of the access itself
    CHECK(monitor.exit_record->x[28] == 28);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a guest that waits for an answer can be paused, which may come meanwhile") {
    unsigned waits = 0;
    arch::host.on_wait = [&] {
        REQUIRE(++waits < 10);
        monitor.gic.kick_pending = true;
        switch (waits) {
        case 1: request(AMP_WANT_PAUSE); break;
        case 2:
            CHECK(mailbox().state == AMP_MONITOR_PAUSED);
            CHECK(mailbox().ack_seq == mailbox().request_seq);
            answer(11);
            break;
        case 3: request(AMP_WANT_RUN); break;
        default: FAIL("waits although it has the answer");
        }
    };
    CHECK(forward_read(monitor, registers, transport(0) + 0x70, 4).value == 11);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
    CHECK(count("gic pause") == 1);
    CHECK(count("gic resume") == 1);
}

TEST_CASE_METHOD(VirtioRig, "virtio: a reset forgets the interrupts of its device, once it is quiet, and nobody else's") {
    slot(own_slot).virtio_used = slot(own_slot).virtio_config = 7;
    handle_kick(monitor, registers);
    arch::host.on_wait = [&] {
        slot(own_slot).virtio_used = 6;   // late, but before its answer
        slot(own_slot).virtio_config = 2;
        answer(0);
        monitor.gic.kick_pending = false; // merged with one that came before
    };
    SECTION("0 to Status") {
        write(0, 0x064, 3);
        CHECK(forward_write(monitor, registers, transport(1) + 0x70, 4, 0xffffffff'00000000));
        CHECK(read(0, 0x060) == 0);
        CHECK(read(1, 0x060) == 0);
        CHECK(read(2, 0x060) == 3);
        CHECK(slot(own_slot).virtio_used == 0);
        CHECK(count("edge 50") == 2); // its neighbour has been told
    }
    SECTION("anything else to Status, or 0 elsewhere") {
        CHECK(forward_write(monitor, registers, transport(1) + 0x70, 4, 1));
        CHECK(forward_write(monitor, registers, transport(1) + 0x30, 4, 0));
        CHECK(forward_write(monitor, registers, transport(1) + 0x170, 4, 0));
        CHECK(read(1, 0x060) == 3);
    }
    SECTION("a read of Status") {
        CHECK(forward_read(monitor, registers, transport(1) + 0x70, 4).value == 0);
        CHECK(read(1, 0x060) == 3);
    }
}

TEST_CASE_METHOD(VirtioRig, "virtio: a guest that does anything in any order harms nobody and stays out of its neighbours") {
    std::mt19937_64 random(20261126); // NOLINT: the same run every time
    arch::host.on_wait = [&] {
        const amp_virtio_access& access = mailbox().virtio_access;
        REQUIRE(access.device < virtio_devices);
        REQUIRE(belongs_to_back_end(access.device, access.offset, access.width));
        REQUIRE(access.offset + access.width <= AMP_VIRTIO_STRIDE);
        REQUIRE((access.width == 8 || access.value >> 8 * access.width == 0));
        slot(own_slot).virtio_used = static_cast<std::uint32_t>(random());
        slot(own_slot).virtio_config = static_cast<std::uint32_t>(random());
        answer(random());
    };
    for (unsigned round = 0; round < 200000; ++round) {
        const std::uint64_t bits = random();
        const std::uint32_t width = 1u << (bits & 3);
        std::uint64_t gpa = virtio_gpa + (bits >> 2) % AMP_VIRTIO_WINDOW;
        gpa = (bits >> 40 & 1) != 0 ? gpa % (virtio_devices * AMP_VIRTIO_STRIDE) + virtio_gpa : gpa;
        gpa = (bits >> 41 & 3) != 0 ? gpa & ~std::uint64_t{width - 1} : gpa;
        if ((bits >> 43 & 1) != 0) {
            const std::uint64_t value = (bits >> 44 & 1) != 0 ? bits >> 60 : random();
            REQUIRE((emulate_write(monitor, gpa, width, value) || forward_write(monitor, registers, gpa, width, value)));
        } else {
            MmioRead result = emulate_read(monitor, gpa, width);
            result = result.done != 0 ? result : forward_read(monitor, registers, gpa, width);
            REQUIRE(result.done);
            REQUIRE((width == 8 || result.value >> 8 * width == 0));
        }
        if (arch::host.events.size() > 1000) {
            arch::host.events.clear();
        }
    }
    CHECK((mailbox().virtio_outbox >> virtio_devices) == 0);
    for (std::uint32_t device = 0; device < AMP_VIRTIO_MAX; ++device) {
        CHECK((mailbox().virtio_kicks[device] >> (device < virtio_devices ? device + 1 : 0)) == 0);
    }
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] == mailbox().virtio_access.seq);
    CHECK(monitor.stats->exits[AMP_CAUSE_VIRTIO_FORWARD] + monitor.stats->exits[AMP_CAUSE_VIRTIO] == 200000);
    CHECK((monitor.virtio.used | monitor.virtio.config) >> virtio_devices == 0);
}
