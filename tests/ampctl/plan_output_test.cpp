// SPDX-License-Identifier: GPL-2.0-only
// check, plan and doctor: what ampctl says before it changes anything.
#include "plan_output.hpp"

#include "support/bench.hpp"

#include <amp/partitioner/check.hpp>

#include <catch2/catch.hpp>
#include <cerrno>
#include <nlohmann/json.hpp>

using namespace amp::ctl;
using namespace amp::ctl::test;
using Json = nlohmann::json;

TEST_CASE("plan as a table and as JSON") {
    Bench bench = qemu_bench();
    const Ran table = bench.run("plan /two.dts");
    CHECK(table.err == "");
    REQUIRE(table.status == ExitStatus::ok);
    check_golden("plan.txt", table.out);
    const Json plans = Json::parse(bench.run("plan /two.dts --json").out);
    REQUIRE(plans.size() == 2);
    CHECK(plans[0]["name"] == "motor");
    CHECK(plans[0]["cores"][0]["cpu"] == 3);
    CHECK(plans[1]["memory_bytes"] == (16 << 20) + 4096);
    CHECK(plans[0]["channels"][0]["peer"] == "dom0");
    CHECK(bench.device.calls.empty());
}

TEST_CASE("virtio devices in the plan") {
    Bench bench = qemu_bench();
    const Ran table = bench.run("plan /virtio.dts");
    CHECK(table.err == "");
    check_golden("plan-virtio.txt", table.out);
    const Json plans = Json::parse(bench.run("plan /virtio.dts --json").out);
    CHECK(plans[0]["platform"]["virtio"] == 0x0a000000);
    const Json& devices = plans[0]["virtio"];
    REQUIRE(devices.size() == 6);
    CHECK(devices[0]["mac"].get<std::string>().size() == 17);
    CHECK(devices[0]["mtu"] == 1400);
    CHECK(devices[1]["read_only"] == true);
    CHECK(devices[1]["backend"] == "file:/root.img");
    CHECK(devices[5]["cid"] == 3);
    CHECK(devices[5]["interrupt"] == 53);
}

TEST_CASE("of a machine or board that can't be read only that is said") {
    Bench bench = qemu_bench();
    bench.disk.files["/broken.dts"] = "hello";
    bench.disk.files["/broken.yaml"] = "[";
    const Ran machine = bench.run("check /two.dts --live /broken.dts");
    CHECK(machine.status == ExitStatus::description);
    CHECK(machine.out.starts_with("/broken.dts:1: error: dtc: syntax error [spec.syntax]\n"));
    CHECK(machine.out.ends_with("\n1 error, 0 warnings\n"));
    CHECK(machine.out.find("not checked against a machine") == std::string::npos);
    const Ran board = bench.run("check /two.dts --board /broken.yaml");
    CHECK(board.status == ExitStatus::description);
    CHECK(board.out.find("[board.syntax]") != std::string::npos);
    INFO(board.out);
    CHECK(board.out.ends_with("\n1 error, 0 warnings\n"));
}

TEST_CASE("check prints every finding and its count") {
    Bench bench = qemu_bench();
    const Ran good = bench.run("check /two.dts");
    CHECK(good.out == "0 errors, 0 warnings\n");
    CHECK(good.status == ExitStatus::ok);
    std::string& text = bench.disk.files["/two.dts"];
    text.replace(text.find("amp,cores = <3>"), 15, "amp,cores = <2>");
    const Ran wrong = bench.run("check /two.dts");
    CHECK(wrong.status == ExitStatus::description);
    CHECK(wrong.out.find("1 error, 0 warnings\n") != std::string::npos);
    const Json list = Json::parse(bench.run("check --json /two.dts").out);
    REQUIRE(list.size() == 1);
    CHECK(list[0]["severity"] == "error");
    CHECK(bench.run("plan /two.dts").status == ExitStatus::description);
}

TEST_CASE("check without a machine says so, plan needs one") {
    Bench bench = qemu_bench();
    std::erase_if(bench.disk.files, [](const auto& file) { return file.first.starts_with("/proc/device-tree"); });
    const Ran checked = bench.run("check /two.dts");
    CHECK(checked.status == ExitStatus::ok);
    CHECK(checked.out.starts_with("not checked against a machine"));
    const Ran planned = bench.run("plan /two.dts");
    CHECK(planned.status == ExitStatus::machine);
    CHECK(planned.err == "ampctl: this machine has no device tree to plan for; check, plan and doctor look at another machine's "
                         "by --live DTB\n");
    bench.disk.files["/live.dts"] = source_text("dts/qemu-virt-gicv3.dts");
    CHECK(bench.run("plan /two.dts --live /live.dts --board qemu-virt").status == ExitStatus::ok);
}

TEST_CASE("files that are not there") {
    Bench bench = qemu_bench();
    CHECK(bench.run("plan /none.dts").err == "ampctl: no file \"/none.dts\"; give the path of a .dts or .dtb\n");
    CHECK(bench.run("plan /two.dts --board none").err == "ampctl: no board file \"" AMP_BOARDS_DIRECTORY
                                                         "/none.yaml\"; installed boards are in " AMP_BOARDS_DIRECTORY
                                                         "\n");
    CHECK(bench.run("plan /two.dts --live /none.dtb").status == ExitStatus::not_found);
}

TEST_CASE("check --rules lists every rule") {
    Bench bench;
    const std::string out = bench.run("check --rules").out;
    for (const amp::RuleInfo& rule : amp::all_rules())
        CHECK(out.find(std::string(rule.name)) != std::string::npos);
}

TEST_CASE("what exists is part of the check") {
    Bench bench = qemu_bench();
    bench.device.add("motor", 1, AMP_STATE_RUNNING, 3);
    const Ran checked = bench.run("check /two.dts");
    CHECK(checked.status == ExitStatus::description);
    CHECK(checked.out.find("motor") != std::string::npos);
    CHECK(bench.device.calls.empty());
}

static std::string replaced(std::string text, const std::string& what, const std::string& by) {
    const std::size_t at = text.find(what);
    return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

// Where boards are installed is the build's choice, and the ABI's version changes.
static std::string without_directory(const std::string& text) {
    const std::string abi = std::to_string(AMP_ABI_MAJOR) + "." + std::to_string(AMP_ABI_MINOR);
    return replaced(replaced(text, AMP_BOARDS_DIRECTORY, "BOARDS"), "ABI " + abi, "ABI VERSION");
}

TEST_CASE("doctor on a machine that serves") {
    Bench bench = qemu_bench();
    const Ran ran = bench.run("doctor");
    CHECK(ran.status == ExitStatus::ok);
    check_golden("doctor.txt", without_directory(ran.out));
    const Json json = Json::parse(bench.run("doctor --json").out);
    CHECK(json["serves"] == true);
    CHECK(json["findings"][0]["subject"] == "kernel");
}

TEST_CASE("doctor on a machine that does not") {
    Bench bench = qemu_bench();
    bench.device.missing = CallError{ENOENT, CallPlace::device, {}};
    bench.disk.files["/proc/sys/kernel/osrelease"] = "4.19.0\n";
    bench.disk.files["/proc/cmdline"] = "kvm-arm.mode=protected quiet\n";
    bench.disk.files.erase("/dev/kvm");
    bench.disk.files.erase("/usr/bin/dtc");
    bench.disk.files["/proc/device-tree/psci/method"] = std::string("hvc\0", 4);
    const Ran ran = bench.run("doctor");
    CHECK(ran.status == ExitStatus::machine);
    check_golden("doctor-fail.txt", without_directory(ran.out));
}

TEST_CASE("doctor tells how the module gets loaded") {
    Bench bench = qemu_bench();
    const auto said = [&](const std::string& text) { return bench.run("doctor").out.find(text) != std::string::npos; };
    bench.device.missing = CallError{EACCES, CallPlace::device, {}};
    CHECK(said("FAIL  module       loaded, but there is no permission"));
    bench.device.missing = CallError{ENOENT, CallPlace::device, {}};
    bench.disk.files["/lib/modules/6.12.1-arm64/modules.dep"] = "kernel/fs/x.ko:\nupdates/amp.ko:\n";
    CHECK(said("warn  module       installed for this kernel, not loaded"));
    CHECK(said("`modprobe amp`"));
    bench.disk.files["/sys/module/amp/refcnt"] = "0";
    CHECK(said("does not answer this ampctl"));
}

TEST_CASE("doctor tells what virtio's back ends and rpmsg need") {
    Bench bench = qemu_bench();
    const auto said = [&](const std::string& text) { return bench.run("doctor").out.find(text) != std::string::npos; };
    CHECK(said("warn  vhost-vsock  no /dev/vhost-vsock, so no virtio,vsock\n"));
    CHECK(said("-> `modprobe vhost_vsock`"));
    CHECK(said("ok    vhost-net    /dev/vhost-net\n"));
    CHECK(said("not known whether this kernel has RPMSG_VIRTIO"));
    bench.disk.files["/lib/modules/6.12.1-arm64/modules.builtin"] = "kernel/fs/x.ko\n";
    CHECK(said("built without RPMSG_VIRTIO"));
    bench.disk.files["/dev/vhost-vsock"] = "";
    bench.disk.files["/lib/modules/6.12.1-arm64/modules.dep"] = "kernel/drivers/rpmsg/virtio_rpmsg_bus.ko: x.ko\n";
    CHECK(said("ok    vhost-vsock  /dev/vhost-vsock\n"));
    CHECK(said("this kernel has RPMSG_VIRTIO"));
    bench.disk.files.erase("/dev/net/tun");
    const Ran ran = bench.run("doctor");
    CHECK(ran.status == ExitStatus::ok); // partitions run without
    CHECK(ran.out.find("warn  tun") != std::string::npos);
}
