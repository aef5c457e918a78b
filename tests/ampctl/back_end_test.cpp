// SPDX-License-Identifier: GPL-2.0-only
// The back end of virtio devices over the life of a partition, and what is left of it when a step fails.
#include "back_end.hpp"

#include "support/bench.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cerrno>
#include <iostream>
#include <nlohmann/json.hpp>

using namespace amp::ctl;
using namespace amp::ctl::test;

namespace {

constexpr CallError no_memory{ENOMEM, CallPlace::partition, {AMP_STATUS_OUT_OF_MEMORY, 0, 1 << 20}};
const std::string config = "/run/amp/motor/virtio.json";

std::size_t place_of(const Bench& bench, const std::string& call) {
    const auto& calls = bench.device.calls;
    const auto found = std::find(calls.begin(), calls.end(), call);
    INFO(call);
    REQUIRE(found != calls.end());
    return static_cast<std::size_t>(found - calls.begin());
}

bool was_called(const Bench& bench, const std::string& call) {
    const auto& calls = bench.device.calls;
    return std::find(calls.begin(), calls.end(), call) != calls.end();
}

std::string left_over(const Bench& bench) {
    std::string all;
    for (const auto& file : bench.disk.files)
        if (file.first.starts_with("/run/amp/") || file.first.ends_with("/comm"))
            all += file.first + "\n";
    return all;
}

} // namespace

TEST_CASE("create writes the configuration, start runs the back end first, destroy waits for it and tidies up") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("create /virtio.dts").status == ExitStatus::ok);
    const auto json = nlohmann::json::parse(bench.disk.files.at(config));
    CHECK(json["partition"] == "motor");
    CHECK(json["devices"].size() == 6);
    CHECK(place_of(bench, "write " + config) < place_of(bench, "keep motor"));
    CHECK_FALSE(was_called(bench, "amp-virtio motor"));
    CHECK(bench.run("start motor").out == "motor: started in 1.5 ms\n");
    CHECK(place_of(bench, "amp-virtio motor") < place_of(bench, "start motor"));
    bench.device.calls.clear();
    CHECK(bench.run("stop motor").status == ExitStatus::ok);
    CHECK(bench.run("start motor").status == ExitStatus::ok);
    CHECK_FALSE(was_called(bench, "amp-virtio motor")); // it serves the next run, too
    CHECK(bench.run("destroy motor").status == ExitStatus::ok);
    CHECK(place_of(bench, "destroy motor") < place_of(bench, "wait 812"));
    CHECK(place_of(bench, "wait 812") < place_of(bench, "remove /run/amp/motor"));
    CHECK_FALSE(was_called(bench, "end 812")); // it ends by itself
    CHECK(left_over(bench) == "");
}

TEST_CASE("a partition without virtio devices touches neither files nor processes") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("start /two.dts").status == ExitStatus::ok);
    REQUIRE(bench.run("destroy --all").status == ExitStatus::ok);
    for (const auto& call : bench.device.calls) {
        INFO(call);
        CHECK_FALSE((call.starts_with("mkdir") || call.starts_with("write") || call.starts_with("remove") ||
                     call.starts_with("amp-virtio")));
    }
}

TEST_CASE("whichever step fails, neither file nor process nor partition is left") {
    for (const std::string command : {"create /virtio.dts", "start /virtio.dts", "run /virtio.dts --timeout 0"}) {
        Bench good = qemu_bench();
        good.run(command);
        const auto steps = good.device.calls;
        for (const std::string& step : steps) {
            if (step.starts_with("open ") || step.starts_with("destroy") || step.starts_with("wait") || step.starts_with("remove"))
                continue; // the way down
            INFO(command << ", failing: " << step);
            Bench bench = qemu_bench();
            bench.device.failures[step] = no_memory;
            bench.host.failures[step] = "No space left on device";
            const Ran ran = bench.run(command);
            CHECK(ran.status == ExitStatus::machine);
            CHECK(ran.out == "");
            CHECK(ran.err.find(step.find('/') != std::string::npos || step.starts_with("amp-virtio") ? "No space left on device"
                                                                                                     : "1048576 more bytes") !=
                  std::string::npos);
            CHECK(bench.device.partitions.empty());
            CHECK(left_over(bench) == "");
        }
        CHECK(std::find(steps.begin(), steps.end(), "write " + config) != steps.end());
    }
}

TEST_CASE("a back end that fails is the start's failure") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("create /virtio.dts").status == ExitStatus::ok);
    bench.host.exit_status = 1;
    const Ran ran = bench.run("start motor");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err == "ampctl: can't start motor: its virtio devices are not served, /usr/libexec/amp/amp-virtio ended with "
                     "status 1; what it printed tells why\n");
    CHECK_FALSE(was_called(bench, "start motor"));
    bench.host.failures["amp-virtio motor"] = "No such file or directory";
    CHECK(bench.run("start motor").err ==
          "ampctl: can't run /usr/libexec/amp/amp-virtio: No such file or directory; install amp-virtio, or name it in the "
          "environment variable AMP_VIRTIO\n");
    CHECK(bench.disk.files.contains(config)); // the partition is still there, and can be started later
}

TEST_CASE("a failed start ends the back end that it ran, and no other") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("create /virtio.dts").status == ExitStatus::ok);
    bench.device.failures["start motor"] = {EIO, CallPlace::partition, {AMP_STATUS_BACKEND_SILENT, 2, 0}};
    const Ran ran = bench.run("start motor");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err.find("can't start motor: the back end of virtio device 2 still uses the memory") != std::string::npos);
    CHECK(place_of(bench, "start motor") < place_of(bench, "end 812"));
    CHECK_FALSE(bench.disk.files.contains("/proc/812/comm"));
    bench.host.add_back_end("motor");
    bench.device.calls.clear();
    CHECK(bench.run("start motor").status == ExitStatus::machine);
    CHECK_FALSE(was_called(bench, "end 812"));
    CHECK(bench.disk.files.contains("/proc/812/comm"));
}

TEST_CASE("a back end that does not end is told of, and its files stay") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("start /virtio.dts").status == ExitStatus::ok);
    bench.host.stubborn = true;
    const Ran ran = bench.run("destroy motor");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err == "ampctl: the back end of motor does not end (process 812); `kill 812`; /run/amp/motor/virtio.log tells what "
                     "it does\n");
    CHECK(bench.device.partitions.empty());
    CHECK(bench.disk.files.contains(config));
    // nor is a new partition made while the old one's disk may be written
    const Ran again = bench.run("create /virtio.dts");
    CHECK(again.status == ExitStatus::machine);
    CHECK(bench.device.partitions.empty());
    CHECK(bench.disk.files.contains("/run/amp/motor/virtio.pid"));
}

TEST_CASE("start on a partition that is up and whose back end has ended brings another one, and touches nothing else") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("start /virtio.dts").status == ExitStatus::ok);
    CHECK(bench.run("start motor").out == "motor: nothing to start, it is running\n");
    const std::string said = "motor: nobody serves its virtio devices; `ampctl start motor` does, and the guest goes on\n";
    CHECK(bench.run("list").out.find(said) == std::string::npos);
    for (const std::string state : {"running", "paused"}) {
        INFO(state);
        if (state == "paused")
            REQUIRE(bench.run("pause motor").status == ExitStatus::ok);
        bench.disk.files.erase("/proc/812/comm"); // as if killed
        bench.device.calls.clear();
        CHECK(bench.run("list").out.find(said) != std::string::npos);
        CHECK(nlohmann::json::parse(bench.run("list --json").out)[0]["virtio_served"] == false);
        CHECK(bench.run("start motor --dry-run").out == "would run the back end of motor\n");
        CHECK_FALSE(was_called(bench, "amp-virtio motor"));
        CHECK(bench.run("start motor").out == "motor: its virtio devices are served again\n");
        CHECK(was_called(bench, "amp-virtio motor"));
        CHECK_FALSE(was_called(bench, "start motor"));
        CHECK(nlohmann::json::parse(bench.run("list --json").out)[0]["virtio_served"] == true);
    }
    bench.disk.files.erase("/proc/812/comm");
    bench.host.failures["amp-virtio motor"] = "No such file or directory";
    const Ran ran = bench.run("start motor");
    CHECK(ran.status == ExitStatus::machine);
    CHECK(ran.err.find("install amp-virtio") != std::string::npos);
    REQUIRE(bench.run("stop motor").status == ExitStatus::ok);
    CHECK(bench.run("list").out.find(said) == std::string::npos); // no guest waits
}

TEST_CASE("a back end whose memory has to be scrubbed is given the time") {
    Bench bench = qemu_bench();
    REQUIRE(bench.run("start /virtio.dts").status == ExitStatus::ok);
    bench.host.takes_to_end = std::chrono::minutes(1);
    CHECK(bench.run("destroy motor").status == ExitStatus::ok);
    CHECK(was_called(bench, "wait 812"));
    CHECK_FALSE(bench.disk.files.contains(config));
}

TEST_CASE("what an earlier partition of the same name left is not taken for this one's") {
    Bench bench = qemu_bench();
    bench.disk.files[config] = "{}";
    bench.disk.files["/run/amp/motor/virtio.pid"] = "812\n";
    bench.disk.files["/proc/812/comm"] = "sshd\n"; // the number is another program's by now
    REQUIRE(bench.run("create /two.dts").status == ExitStatus::ok);
    CHECK_FALSE(bench.disk.files.contains(config));
    CHECK_FALSE(was_called(bench, "wait 812"));
    CHECK(bench.run("start motor").status == ExitStatus::ok);
    CHECK_FALSE(was_called(bench, "amp-virtio motor"));
}

TEST_CASE("a pid file that holds no process is none") {
    Bench bench = qemu_bench();
    const Arguments arguments;
    const Context context{arguments, std::cout, std::cerr, {}, bench.disk, bench.device, bench.host};
    bench.disk.files["/proc/812/comm"] = "amp-virtio\n";
    bench.disk.files["/proc/1/comm"] = "amp-virtio\n";
    for (const std::string text : {"", "x", "812x", "-812", "0", "1", "99999999999999999999", "813"}) {
        INFO(text);
        bench.disk.files["/run/amp/motor/virtio.pid"] = text;
        CHECK_FALSE(back_end_process(context, "motor"));
    }
    bench.disk.files["/run/amp/motor/virtio.pid"] = "812\n";
    CHECK(back_end_process(context, "motor") == 812);
}
