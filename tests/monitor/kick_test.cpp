// SPDX-License-Identifier: GPL-2.0-only
#include "core/kick.hpp"

#include <catch2/catch.hpp>

#include "core/doorbell.hpp"
#include "core/vcpu.hpp"
#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE_METHOD(MonitorRig, "a kick without news changes nothing") {
    handle_kick(monitor, registers);
    CHECK(arch::host.events.empty());
    CHECK(mailbox().ack_seq == 0);
}

TEST_CASE_METHOD(MonitorRig, "a request with unchanged state is only acknowledged") {
    request(AMP_WANT_RUN);
    handle_kick(monitor, registers);
    CHECK(mailbox().ack_seq == 2);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
    CHECK_FALSE(happened("stop timers"));
    CHECK(happened("spi 72"));
}

TEST_CASE_METHOD(MonitorRig, "stop ends the guest: record and clean interrupts before the state, the state before the call") {
    registers.x[30] = 30;
    arch::host.guest.pc = 0x40001234;
    arch::host.ticks = 99;
    request(AMP_WANT_STOP);
    CHECK_THROWS_AS(handle_kick(monitor, registers), arch::CoreLeft);
    CHECK(mailbox().state == AMP_MONITOR_ENDED);
    CHECK(mailbox().ack_seq == 2);
    CHECK(mailbox().outbox == AMP_OUTBOX_STATE);
    CHECK(monitor.exit_record->reason == AMP_EXIT_STOPPED);
    CHECK(monitor.exit_record->pc == 0x40001234);
    CHECK(monitor.exit_record->x[30] == 30);
    CHECK(monitor.exit_record->ticks == 99);
    CHECK(position("gic shutdown") < position("spi 72"));
    CHECK(position("spi 72") < position("leave"));
}

TEST_CASE_METHOD(MonitorRig, "pause: nothing runs until something else is wanted") {
    request(AMP_WANT_PAUSE);
    unsigned waits = 0;
    arch::host.on_wait = [&] {
        REQUIRE(++waits < 10);
        CHECK(mailbox().state == AMP_MONITOR_PAUSED);
        CHECK(monitor.gic.muted); // a pending virtual interrupt would end each wait at once
        switch (waits) {
        case 1: break;                    // woken for nothing
        case 2: slot(own_slot).pending = 2; break;
        case 3: request(AMP_WANT_PAUSE); break;
        case 4:
            CHECK(mailbox().ack_seq == mailbox().request_seq);
            CHECK(happened("edge 97")); // rang while paused: the guest will see it
            request(AMP_WANT_RUN);
            break;
        default: FAIL("still paused");
        }
        monitor.gic.kick_pending = true;
    };
    handle_kick(monitor, registers);
    CHECK(waits == 4);
    CHECK_FALSE(monitor.gic.muted);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
    CHECK(mailbox().ack_seq == 4);
    CHECK(count("stop timers") == 1);
    CHECK(count("restart timers") == 1);
    CHECK(position("stop timers") < position("gic pause"));
    CHECK(position("gic pause") < position("gic resume"));
    CHECK(position("gic resume") < position("restart timers"));
}

TEST_CASE_METHOD(MonitorRig, "stop of a paused guest") {
    request(AMP_WANT_PAUSE);
    arch::host.on_wait = [&] { request(AMP_WANT_STOP); };
    CHECK_THROWS_AS(handle_kick(monitor, registers), arch::CoreLeft);
    CHECK(mailbox().state == AMP_MONITOR_ENDED);
    CHECK(mailbox().ack_seq == 3);
}

TEST_CASE_METHOD(MonitorRig, "requests that follow each other before the kick: the last one counts") {
    request(AMP_WANT_PAUSE);
    request(AMP_WANT_RUN);
    handle_kick(monitor, registers);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
    CHECK(mailbox().ack_seq == 3);
    CHECK_FALSE(happened("wait"));
}

TEST_CASE_METHOD(MonitorRig, "what is wanted is one of three; anything else is RUN") {
    request(0xdead);
    handle_kick(monitor, registers);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
    CHECK(mailbox().ack_seq == 2);
}

TEST_CASE_METHOD(MonitorRig, "sequence numbers wrap") {
    monitor.answered_seq = 0xffffffff;
    mailbox().request_seq = 0xffffffff;
    request(AMP_WANT_RUN);
    handle_kick(monitor, registers);
    CHECK(mailbox().ack_seq == 0);
    CHECK(mailbox().state == AMP_MONITOR_RUNNING);
}

TEST_CASE_METHOD(MonitorRig, "a request that came before the guest's first instruction is followed") {
    SECTION("run") {
        announce(monitor);
        CHECK(mailbox().state == AMP_MONITOR_RUNNING);
        CHECK(mailbox().ack_seq == 1);
        CHECK(happened("spi 72"));
    }
    SECTION("stop") {
        request(AMP_WANT_STOP);
        CHECK_THROWS_AS(announce(monitor), arch::CoreLeft);
        CHECK(mailbox().state == AMP_MONITOR_ENDED);
    }
    SECTION("a doorbell that rang before anybody was at home") {
        slot(own_slot).pending = 1;
        announce(monitor);
        CHECK(happened("edge 96"));
    }
}

TEST_CASE_METHOD(MonitorRig, "doorbells in: each channel's interrupt once, unknown ones ignored") {
    slot(own_slot).pending = 0xffffffff;
    handle_kick(monitor, registers);
    CHECK(arch::host.events == std::vector<std::string>{"edge 96", "edge 97", "edge 98"});
    CHECK(slot(own_slot).pending == 0);
    CHECK(monitor.stats->doorbells_in == 3);
}

TEST_CASE_METHOD(MonitorRig, "doorbells to a peer") {
    mailbox().route[2] = AMP_ROUTE_PEER(9, 31);
    SECTION("nobody at home: the bit waits") {
        CHECK(ring_channel(monitor, 2) == -3);
        CHECK(slot(9).pending == 1u << 31);
        CHECK(arch::host.events.empty());
    }
    SECTION("at home") {
        slot(9).target = AMP_TARGET_VALID | 0x102;
        CHECK(ring_channel(monitor, 2) == 0);
        CHECK(slot(9).pending == 1u << 31);
        CHECK(happened("sgi 258"));
    }
    SECTION("goes away between bit and look") {
        slot(9).target = AMP_TARGET_VALID | 0x102;
        arch::host.on_barrier = [&] { slot(9).target = 0; };
        CHECK(ring_channel(monitor, 2) == -3);
        CHECK(arch::host.events.empty());
    }
    SECTION("a route to a slot that does not exist") {
        mailbox().route[2] = AMP_ROUTE_PEER(200, 1);
        CHECK(ring_channel(monitor, 2) == -3);
    }
}

TEST_CASE_METHOD(MonitorRig, "CPU_SUSPEND waits for the guest's interrupt and obeys meanwhile") {
    unsigned waits = 0;
    SECTION("one is there already") {
        monitor.gic.guest_interrupt = true;
        finish_work(monitor, Work::suspend, registers);
        CHECK_FALSE(happened("wait"));
    }
    SECTION("comes later") {
        arch::host.on_wait = [&] { monitor.gic.guest_interrupt = ++waits == 3; };
        finish_work(monitor, Work::suspend, registers);
        CHECK(waits == 3);
        CHECK(count("irq") == 3);
    }
    SECTION("stopped meanwhile") {
        arch::host.on_wait = [&] {
            request(AMP_WANT_STOP);
            monitor.gic.kick_pending = true;
        };
        CHECK_THROWS_AS(finish_work(monitor, Work::suspend, registers), arch::CoreLeft);
        CHECK(monitor.exit_record->reason == AMP_EXIT_STOPPED);
    }
}
