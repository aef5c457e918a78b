// SPDX-License-Identifier: GPL-2.0-only
#include "core/hypercall.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "amp/abi/hypercall.h"
#include "monitor_rig.hpp"

using namespace amp;
using namespace amp::test;

namespace {

constexpr std::int64_t not_supported = -1, invalid = -2, already_on = -4;

struct Caller : MonitorRig {
    Work work = Work::none;

    std::int64_t call(std::uint64_t function, std::uint64_t a = 0, std::uint64_t b = 0) {
        registers = {};
        for (unsigned i = 4; i < 31; ++i) {
            registers.x[i] = 0x1000 + i;
        }
        registers.x[0] = function;
        registers.x[1] = a;
        registers.x[2] = b;
        work = hypercall(monitor, registers);
        for (unsigned i = 4; i < 31; ++i) {
            CHECK(registers.x[i] == 0x1000 + i); // DEN 0028: x4 up are preserved
        }
        return static_cast<std::int64_t>(registers.x[0]);
    }
};

} // namespace

TEST_CASE_METHOD(Caller, "PSCI: calls that just answer") {
    arch::host.firmware = {};
    ask_firmware(monitor);
    struct {
        std::uint64_t function, a, b;
        std::int64_t answer;
    } const table[] = {
        {0x84000000, 0, 0, 0x10001},         // VERSION 1.1
        {0xffffffff84000000, 0, 0, 0x10001}, // only w0 counts
        {0x84000003, 0, 0, already_on},      // CPU_ON of itself
        {0xc4000003, 0, 0, already_on},
        {0xc4000003, 1, 0x40000000, invalid}, // of Linux's core 1
        {0xc4000003, 0x80000000, 0, invalid},
        {0xc4000003, 0x100000000, 0, invalid},
        {0x84000003, 0x100000000, 0, already_on}, // 32-bit arguments
        {0xc4000004, 0, 0, 0},                    // AFFINITY_INFO: on
        {0xc4000004, 1, 0, invalid},
        {0x84000004, 0, 3, 0},
        {0x84000004, 0, 4, invalid},
        {0x84000006, 0, 0, 2}, // MIGRATE_INFO_TYPE
        {0x84000005, 0, 0, not_supported},
        {0x84000012, 5, 0, invalid}, // SYSTEM_RESET2 of a reserved type
        {0xc4000012, 0x7fffffff, 0, invalid},
        {0x84000001, 0x80000000, 0, invalid}, // CPU_SUSPEND in no format that there is
        {0xc4000001, 0x01000000, 0, invalid}, // of a cluster
        {0x80000000, 0, 0, 0x10001},            // SMCCC_VERSION
        {0x80000001, 0x80000001, 0, 0},         // ARCH_FEATURES of itself
        {0x80000001, 0x80008000, 0, not_supported}, // a firmware's workaround
        {0x84000050, 0, 0, not_supported},      // TRNG
        {0xc4000000, 0, 0, not_supported},      // VERSION has no 64-bit form
        {0, 0, 0, not_supported},
        {0xffffffff, 0, 0, not_supported},
        {AMP_HVC_VERSION, 0, 0, AMP_ABI_MAJOR << 16 | AMP_ABI_MINOR},
    };
    for (const auto& row : table) {
        INFO(std::hex << row.function << " " << row.a << " " << row.b);
        CHECK(call(row.function, row.a, row.b) == row.answer);
        CHECK(work == Work::none);
    }
}

TEST_CASE_METHOD(Caller, "PSCI: calls that leave work") {
    CHECK(call(0x84000001) == 0);
    CHECK(work == Work::suspend);
    CHECK(call(0xc4000001, 0, 0x40000000) == 0);
    CHECK(work == Work::suspend);
    call(0x84000002);
    CHECK(work == Work::cpu_off);
    call(0x84000008);
    CHECK(work == Work::system_off);
    call(0x84000009);
    CHECK(work == Work::system_reset);
    call(0xc4000012, 0);
    CHECK(work == Work::system_reset);
    call(0xc4000012, 0x80000001); // a vendor's
    CHECK(work == Work::system_reset);
    CHECK(call(0x84000001, 0x1ffff) == 0);
    CHECK(work == Work::suspend);
    call(0xc4000012, 0);
    CHECK(registers.x[0] == 0xc4000012); // as the guest had it, for the record
}

TEST_CASE_METHOD(Caller, "PSCI_FEATURES agrees with what is answered") {
    const std::uint32_t has[] = {0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003, 0xc4000003, 0x84000004, 0xc4000004,
                                 0x84000006, 0x84000008, 0x84000009, 0x8400000a, 0x84000012, 0xc4000012, 0x80000000};
    for (std::uint32_t function = 0x84000000; function < 0x84000040; ++function) {
        for (const std::uint32_t id : {function, function | 0x40000000}) {
            INFO(std::hex << id);
            const bool expected = std::find(std::begin(has), std::end(has), id) != std::end(has);
            CHECK(call(0x8400000a, id) == (expected ? 0 : not_supported));
            if (!expected) {
                CHECK(call(id) == not_supported);
                CHECK(work == Work::none);
            }
        }
    }
    CHECK(call(0x8400000a, 0x80000000) == 0);
}

TEST_CASE_METHOD(Caller, "the firmware's workarounds are passed on") {
    constexpr std::uint32_t one = 0x80008000, two = 0x80007fff, three = 0x80003fff;
    const auto calls = [&] {
        return std::count_if(arch::host.events.begin(), arch::host.events.end(),
                             [&](const auto& event) { return event == "firmware " + std::to_string(two) + " 1"; });
    };
    arch::host.firmware = {};
    ask_firmware(monitor);
    for (const std::uint32_t function : {one, two, three}) {
        CHECK(call(0x80000001, function) == not_supported);
        CHECK(call(function) == not_supported);
    }
    arch::host.firmware = {{0x84000000, 0x10001}, {0x80000000, 0x10002}, {one, 1}, {two, 0}, {three, -1}};
    ask_firmware(monitor);
    CHECK(call(0x80000001, one) == 1);
    CHECK(call(0x80000001, two) == 0);
    CHECK(call(0x80000001, three) == not_supported);
    arch::host.events.clear();
    CHECK(call(one) == 0); // not needed: nothing happens
    CHECK(call(three) == not_supported);
    CHECK(arch::host.events.empty());
    CHECK(call(two, 0xffffffff) == 0);
    CHECK(calls() == 1); // and no more than the one bit reaches the firmware
    arch::host.firmware[0x84000000] = 2; // PSCI 0.2: would not know what it is asked
    ask_firmware(monitor);
    CHECK(call(0x80000001, two) == not_supported);
    arch::host.firmware = {};
}

TEST_CASE_METHOD(Caller, "who we are") {
    CHECK(call(AMP_HVC_CALL_UID) == AMP_HVC_UID0);
    CHECK(registers.x[1] == AMP_HVC_UID1);
    CHECK(registers.x[2] == AMP_HVC_UID2);
    CHECK(registers.x[3] == AMP_HVC_UID3);
}

TEST_CASE_METHOD(Caller, "doorbells") {
    CHECK(call(AMP_HVC_DOORBELL, 3) == AMP_HVC_INVALID);
    CHECK(call(AMP_HVC_DOORBELL, ~0ull) == AMP_HVC_INVALID);
    CHECK(call(AMP_HVC_DOORBELL, 1ull << 32) == AMP_HVC_INVALID);
    CHECK(call(AMP_HVC_DOORBELL, 0) == AMP_HVC_NOT_CONNECTED);
    mailbox().route[0] = AMP_ROUTE_DOM0;
    CHECK(call(AMP_HVC_DOORBELL, 0) == AMP_HVC_OK);
    CHECK(mailbox().channel_outbox == 1);
    CHECK(happened("spi 72"));
    CHECK(monitor.stats->doorbells_out == 1);
}
