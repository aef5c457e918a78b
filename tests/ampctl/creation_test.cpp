// SPDX-License-Identifier: GPL-2.0-only
// create, start and what becomes of them when a step fails.
#include "creation.hpp"

#include "support/bench.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>

using namespace amp::ctl;
using namespace amp::ctl::test;

namespace {

constexpr CallError no_memory{ENOMEM, CallPlace::partition, {AMP_STATUS_OUT_OF_MEMORY, 0, 1 << 20}};

// The calls that a fully successful command makes.
std::vector<std::string> calls_of(const std::string& words) {
    Bench bench = qemu_bench();
    REQUIRE(bench.run(words).status == ExitStatus::ok);
    return bench.device.calls;
}

} // namespace

TEST_CASE("create makes all partitions and keeps them") {
    Bench bench = qemu_bench();
    const Ran ran = bench.run("create /two.dts");
    CHECK(ran.out == "motor: created, 16.1 MiB of memory\npump: created, 16.1 MiB of memory\n");
    CHECK(ran.err == "");
    REQUIRE(bench.device.partitions.size() == 2);
    CHECK(bench.device.partitions["motor"]->kept);
    CHECK(bench.device.partitions["pump"]->query.cpu == 2);
    // Image, device tree and information page.
    CHECK(bench.device.partitions["motor"]->segments.size() == 3);
    CHECK(bench.run("create /two.dts").status == ExitStatus::description);
}

TEST_CASE("the module is told that the image is the program, and neither the device tree nor the information page") {
    const auto calls = calls_of("create /two.dts");
    const auto count = [&](const std::string& start) {
        return std::count_if(calls.begin(), calls.end(), [&](const auto& call) { return call.rfind(start, 0) == 0; });
    };
    CHECK(count("load-image motor ") == 1);
    CHECK(count("load motor ") == 2);
}

TEST_CASE("whichever step of create or start fails, nothing is left and the reason is told") {
    for (const std::string command : {"create /two.dts", "start /two.dts"}) {
        for (const std::string& step : calls_of(command)) {
            INFO(command << ", failing: " << step);
            Bench bench = qemu_bench();
            bench.device.failures[step] = no_memory;
            const Ran ran = bench.run(command);
            CHECK(ran.status == ExitStatus::machine);
            CHECK(ran.out == "");
            CHECK(ran.err.find("1048576 more bytes of memory were needed; give the partition less memory") !=
                  std::string::npos);
            CHECK(bench.device.partitions.empty());
        }
    }
}

TEST_CASE("what can't be undone is reported too") {
    Bench bench = qemu_bench();
    bench.device.failures["create pump"] = no_memory;
    bench.device.failures["destroy motor"] = {EIO, CallPlace::partition, {AMP_STATUS_CORE_STUCK, 3, 0}};
    const Ran ran = bench.run("create /two.dts");
    CHECK(ran.err.find("can't undo the creation of motor: core 3 did not turn off") != std::string::npos);
    CHECK(ran.err.find("can't create pump: ") != std::string::npos);
    // The module undoes what was never kept.
    CHECK(bench.device.partitions.empty());
}

TEST_CASE("a wrong description or a missing module changes nothing") {
    Bench bench = qemu_bench();
    bench.disk.files["/two.dts"] = "/dts-v1/; / { domains { motor { }; }; };";
    CHECK(bench.run("create /two.dts").status == ExitStatus::description);
    CHECK(bench.device.calls.empty());
    Bench unloaded = qemu_bench();
    unloaded.device.missing = CallError{ENOENT, CallPlace::device, {}};
    const Ran ran = unloaded.run("create /two.dts");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err == "ampctl: can't create motor: the module is not loaded; `modprobe amp`; if that fails, `ampctl "
                     "doctor` tells why\n");
}

TEST_CASE("--dry-run changes nothing") {
    Bench bench = qemu_bench();
    CHECK(bench.run("create --dry-run /two.dts").out ==
          "would create motor: core 3, 16.1 MiB of memory, 3 segments loaded\n"
          "would create pump: core 2, 16.1 MiB of memory, 3 segments loaded\n");
    CHECK(bench.run("start --dry-run /two.dts").out.ends_with("would start motor\nwould start pump\n"));
    CHECK(
        bench.run("run --dry-run /two.dts pump").out.ends_with("would start them and attach to the console of pump\n"));
    bench.device.add("fan", 3, AMP_STATE_RUNNING, 1);
    bench.device.partitions["fan"]->nodes.push_back("ctrl");
    CHECK(bench.run("stop --dry-run --all").out == "would stop fan (running)\n");
    CHECK(bench.run("pause --dry-run fan").out == "would pause fan (running)\n");
    CHECK(bench.run("destroy --dry-run fan").out == "would destroy fan (running)\n");
    bench.device.add("vane", 4, AMP_STATE_CREATED, AMP_NO_CPU);
    CHECK(bench.run("assign --dry-run 2 vane").out == "would give core 2 to vane\n");
    CHECK(bench.run("release --dry-run 1").out == "would take core 1 from fan and give it back to Linux\n");
    CHECK(bench.run("send --dry-run fan ctrl hello").out == "would send 5 bytes to ctrl of fan\n");
    CHECK(bench.device.calls.empty());
}

TEST_CASE("start takes names or files, not both") {
    Bench bench = qemu_bench();
    CHECK(bench.run("start /two.dts").out == "motor: created and started\npump: created and started\n");
    CHECK(bench.device.partitions["pump"]->query.state == AMP_STATE_RUNNING);
    CHECK(bench.run("start motor").out == "motor: nothing to start, it is running\n");
    CHECK(bench.run("start motor /two.dts").status == ExitStatus::usage);
}
