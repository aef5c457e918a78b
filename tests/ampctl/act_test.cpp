// SPDX-License-Identifier: GPL-2.0-only
// stop, pause, resume, destroy, assign, release, list, status, stats: one partition that exists.
#include "act.hpp"

#include "support/bench.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>

using namespace amp::ctl;
using namespace amp::ctl::test;
using Json = nlohmann::json;

namespace {

Bench busy_bench() {
    Bench bench;
    FakePartition& motor = bench.device.add("motor", 1, AMP_STATE_RUNNING, 3);
    motor.query.starts = 2;
    motor.query.resets = 1;
    motor.query.memory_bytes = 16 << 20;
    motor.query.channel_bytes = 64 << 10;
    motor.query.monitor_bytes = 200 << 10;
    motor.query.segment_bytes = 6000;
    motor.query.start_ticks = 1'000'000;
    motor.query.now_ticks = 126'000'000;
    motor.query.stats.monitor_ticks = 1'003'000;
    motor.query.stats.guest_ticks = 1'004'500;
    motor.query.stats.exits[AMP_CAUSE_VIRTUAL_TIMER] = 125000;
    motor.query.stats.exits[AMP_CAUSE_KICK] = 3;
    motor.query.stats.injected = 125003;
    motor.query.stats.doorbells_in = 3;
    motor.query.stats.doorbells_out = 1250;
    motor.query.stats.console_out = 2048;
    motor.query.stats.table_pages = 7;
    bench.disk.files["/dev/amp-motor-console"] = "";
    bench.disk.files["/dev/amp-motor-ctrl"] = "";
    bench.device.add("pump", 2, AMP_STATE_CREATED, AMP_NO_CPU);
    return bench;
}

void crash(FakePartition& partition) {
    amp_exit_record& exit = partition.query.exit;
    exit.reason = AMP_EXIT_UNMAPPED_WRITE;
    exit.esr = 0x93c48046;
    exit.far = 0xdead0000;
    exit.ipa = 0xdead0000;
    exit.pc = 0x40100124;
    exit.pstate = 0x600003c5;
    for (std::uint64_t i = 0; i < 31; ++i)
        exit.x[i] = i * 0x1111;
    exit.sp_el1 = 0x40200000;
    exit.sctlr_el1 = 0x30d0198d;
    partition.set_state(AMP_STATE_CRASHED);
}

} // namespace

TEST_CASE("stop, pause, resume, start, destroy go through their states") {
    Bench bench = busy_bench();
    CHECK(bench.run("pause motor").out == "motor: paused in 1.5 ms\n");
    CHECK(bench.run("pause motor").out == "motor: nothing to pause, it is paused\n");
    CHECK(bench.run("resume motor").out == "motor: resumed in 1.5 ms\n");
    CHECK(bench.run("stop motor").out == "motor: stopped in 1.5 ms\n");
    CHECK(bench.run("stop motor").out == "motor: nothing to stop, it is stopped\n");
    CHECK(bench.run("start motor").out == "motor: started in 1.5 ms\n");
    CHECK(bench.run("destroy motor").out == "motor: destroyed in 1.5 ms; Linux has core 3 and 16.3 MiB again\n");
    CHECK(bench.run("destroy --all").out == "pump: destroyed in 1.5 ms; Linux has its 0 bytes again\n");
    CHECK(bench.device.partitions.empty());
}

TEST_CASE("an impossible step names state and remedy") {
    Bench bench = busy_bench();
    const Ran paused = bench.run("pause pump");
    CHECK(paused.status == ExitStatus::machine);
    CHECK(paused.err == "ampctl: can't pause pump: it is created; only a running partition can be paused\n");
    CHECK(bench.run("resume pump").err ==
          "ampctl: can't resume pump: it is created; only a paused partition can be resumed\n");
    bench.device.failures["pause motor"] = {EBUSY, CallPlace::partition, {AMP_STATUS_BAD_STATE, 0, AMP_STATE_CRASHED}};
    CHECK(bench.run("pause motor").err == "ampctl: can't pause motor: not in this state (crashed); `ampctl status` shows "
                                          "its state; see `ampctl help` for what goes from there\n");
    CHECK(bench.run("start pump").err ==
          "ampctl: can't start pump: the partition has no core assigned; give it one: `ampctl assign CORE NAME`\n");
}

TEST_CASE("all names are resolved before anything is done; one failure does not keep the others") {
    Bench bench = busy_bench();
    const Ran misspelt = bench.run("stop motor pmup");
    CHECK(misspelt.err == "ampctl: no partition \"pmup\"; did you mean \"pump\"?\n");
    CHECK(misspelt.status == ExitStatus::not_found);
    CHECK(bench.device.calls.empty());
    bench.device.failures["destroy motor"] = {EIO, CallPlace::partition, {AMP_STATUS_CORE_STUCK, 3, 0}};
    const Ran ran = bench.run("destroy --all");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.out.starts_with("pump: destroyed"));
    CHECK(bench.run("status nobody").err == "ampctl: no partition \"nobody\"; there is motor\n");
    Bench empty;
    CHECK(empty.run("status nobody").err ==
          "ampctl: no partition \"nobody\"; none exists; `ampctl create FILE` makes one\n");
}

TEST_CASE("cores by hand") {
    Bench bench = busy_bench();
    CHECK(bench.run("assign cpu2 pump").out == "pump: has core 2\n");
    CHECK(bench.run("assign 2 pump").out == "pump: has core 2 already\n");
    CHECK(bench.run("assign 1 pump").err ==
          "ampctl: pump has core 2 already; release that one first: `ampctl release 2`\n");
    CHECK(bench.run("release 2").out == "pump: gave core 2 back to Linux\n");
    CHECK(bench.run("release 2").err == "ampctl: no partition has core 2; `ampctl list` shows who has which\n");
    CHECK(bench.run("release 3").status == ExitStatus::machine);
    bench.device.failures["assign pump 1"] = {EBUSY, CallPlace::partition, {AMP_STATUS_CORE_IN_USE, 0, 1}};
    CHECK(bench.run("assign 1 pump").err ==
          "ampctl: can't give core 1 to pump: core 1 belongs to another partition; choose "
          "another core, or destroy the partition that has it: `ampctl list`\n");
}

TEST_CASE("list, status and stats") {
    Bench bench = busy_bench();
    check_golden("status.txt", bench.run("list").out + bench.run("status").out + bench.run("stats").out);
    CHECK(Bench().run("list").out == "no partitions\n");
    CHECK(Bench().run("status").out == "no partitions\n");
    CHECK(Bench().run("list --json").out == "[]\n");
    const Json list = Json::parse(bench.run("list --json").out);
    CHECK(list[0]["core"] == 3);
    CHECK(list[1]["core"].is_null());
    const Json status = Json::parse(bench.run("status motor --json").out);
    REQUIRE(status.size() == 1);
    CHECK(status[0]["state"] == "running");
    CHECK(status[0]["up_seconds"] == 125.0);
    const Json stats = Json::parse(bench.run("stats motor --json").out);
    CHECK(stats[0]["exits"]["virtual_timer"] == 125000);
    CHECK(stats[0]["exits"].size() == AMP_CAUSE_COUNT);
    CHECK(stats[0]["start_to_guest_seconds"] == 0.0045);
}

TEST_CASE("the report of a crash") {
    Bench bench = busy_bench();
    crash(*bench.device.partitions["motor"]);
    check_golden("crash.txt", bench.run("status motor").out);
    const Json status = Json::parse(bench.run("status motor --json").out);
    CHECK(status[0]["exit"]["reason"] == "UNMAPPED_WRITE");
    CHECK(status[0]["exit"]["pc"] == 0x40100124);
    CHECK(status[0]["exit"]["x"].size() == 31);
}

TEST_CASE("the report of a 32-bit guest's crash") {
    Bench bench = busy_bench();
    FakePartition& motor = *bench.device.partitions["motor"];
    crash(motor);
    motor.query.exit.pstate = 0x600000f1; // FIQ mode, T32
    motor.query.exit.far_el1 = 0x1111000022220000;
    motor.query.exit.ifsr = 0x5;
    check_golden("crash32.txt", bench.run("status motor").out);
    motor.query.exit.pstate = 0x1d3;
    const std::string out = bench.run("status motor").out;
    CHECK(out.find("AArch32 svc, A32, AIF masked") != std::string::npos);
    CHECK(out.find("      r8 00008888") != std::string::npos);
    CHECK(out.find("      sp 00014443       lr 00013332") != std::string::npos); // x19, x18
    motor.query.exit.pstate = 0x10; // a 32-bit program under a 64-bit kernel
    CHECK(bench.run("status motor").out.find("sctlr_el1") != std::string::npos);
}

TEST_CASE("a lost partition and a failed restart say why") {
    Bench bench = busy_bench();
    FakePartition& motor = *bench.device.partitions["motor"];
    motor.query.failure = {AMP_STATUS_CORE_START_FAILED, 3, 0xffffffff};
    CHECK(bench.run("status motor")
              .out.find("the last restart failed: firmware did not start core 3 (PSCI error -1 "
                        "NOT_SUPPORTED)") != std::string::npos);
    motor.query.failure = {AMP_STATUS_CORE_STUCK, 3, 0};
    motor.set_state(AMP_STATE_LOST);
    CHECK(bench.run("status motor")
              .out.starts_with("motor: lost: core 3 did not turn off; it stays out of use; only a reboot"));
    CHECK(Json::parse(bench.run("status motor --json").out)[0]["failure"]["status"] == "CORE_STUCK");
}

TEST_CASE("version, with and without the module") {
    Bench bench;
    const std::string abi = std::to_string(AMP_ABI_MAJOR) + "." + std::to_string(AMP_ABI_MINOR);
    CHECK(bench.run("version").out.find("module loaded, ABI " + abi + "\n") != std::string::npos);
    bench.device.missing = CallError{ENOENT, CallPlace::device, {}};
    CHECK(bench.run("--version").out.find("module not loaded") != std::string::npos);
    CHECK(!Json::parse(bench.run("version --json").out).contains("module_abi"));
    CHECK(bench.run("list").status == ExitStatus::machine);
}
