// SPDX-License-Identifier: GPL-2.0-only
#include "core/vcpu.hpp"

#include <catch2/catch.hpp>

#include "amp/abi/status.h"
#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE_METHOD(MonitorRig, "each way to end has its reason") {
    struct {
        Work work;
        std::uint32_t reason;
    } const table[] = {{Work::system_off, AMP_EXIT_SYSTEM_OFF},
                       {Work::system_reset, AMP_EXIT_SYSTEM_RESET},
                       {Work::cpu_off, AMP_EXIT_CPU_OFF}};
    for (const auto& row : table) {
        CHECK_THROWS_AS(finish_work(monitor, row.work, registers), arch::CoreLeft);
        CHECK(monitor.exit_record->reason == row.reason);
        CHECK(mailbox().state == AMP_MONITOR_ENDED);
    }
}

TEST_CASE_METHOD(MonitorRig, "a crash leaves everything that is known") {
    for (unsigned i = 0; i < 31; ++i) {
        registers.x[i] = 100 + i;
    }
    arch::host.guest.pc = 0x1000;
    arch::host.guest.pstate = 0x3c5;
    arch::host.guest.vbar_el1 = 0x800;
    CHECK_THROWS_AS(end_guest(monitor, AMP_EXIT_UNMAPPED_READ, registers, Syndrome{1, 2, 3}), arch::CoreLeft);
    const amp_exit_record& record = *monitor.exit_record;
    CHECK(record.esr == 1);
    CHECK(record.far == 2);
    CHECK(record.ipa == 3);
    CHECK(record.pc == 0x1000);
    CHECK(record.pstate == 0x3c5);
    CHECK(record.vbar_el1 == 0x800);
    for (unsigned i = 0; i < 31; ++i) {
        CHECK(record.x[i] == 100 + i);
    }
    CHECK(text(monitor.boot.log).find("end: reason 16, pc 0x1000") == 0);
}

TEST_CASE_METHOD(MonitorRig, "refusals: the module learns the status, and is called if it is known how") {
    CHECK_THROWS_AS(refuse(monitor, AMP_STATUS_BAD_REGION), arch::CoreLeft);
    CHECK(mailbox().state == AMP_MONITOR_FAILED);
    CHECK(mailbox().boot_status == AMP_STATUS_BAD_REGION);
    CHECK(mailbox().ack_seq == mailbox().request_seq);
    CHECK(happened("early doorbell 72"));

    arch::host.events.clear();
    monitor.platform.doorbell_intid = 0;
    CHECK_THROWS_AS(refuse(monitor, AMP_STATUS_BAD_MAGIC), arch::CoreLeft);
    CHECK(arch::host.events == std::vector<std::string>{"leave"});
}

TEST_CASE_METHOD(MonitorRig, "streams that can't be are refused") {
    CHECK(attached == AMP_STATUS_OK);
    stream(monitor.boot.console_in).capacity = 0;
    CHECK(attach_shared(monitor) == AMP_STATUS_BAD_SIZE);
}
