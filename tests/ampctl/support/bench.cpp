// SPDX-License-Identifier: GPL-2.0-only
#include "support/bench.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <set>

namespace amp::ctl::test {
namespace {

constexpr const char* two_partitions = R"(/dts-v1/;
/ {
    domains {
        #address-cells = <2>;
        #size-cells = <2>;
        motor {
            compatible = "amp,partition-v1", "openamp,domain-v1";
            id = <1>;
            os,type = "baremetal";
            amp,cores = <3>;
            memory = <0x0 0x40000000 0x0 0x01000000>;
            amp,image = "guest.bin";
            amp,load-address = <0x0 0x40100000>;
            amp,entry = <0x0 0x40100000>;
            amp,console;
            channels { ctrl { amp,peer = "dom0"; amp,size = <0x10000>; }; };
        };
        pump {
            compatible = "amp,partition-v1", "openamp,domain-v1";
            id = <2>;
            os,type = "baremetal";
            amp,cores = <2>;
            memory = <0x0 0x40000000 0x0 0x01000000>;
            amp,image = "guest.bin";
            amp,load-address = <0x0 0x40100000>;
            amp,entry = <0x0 0x40100000>;
            amp,console;
            channels { ctrl { amp,peer = "dom0"; amp,size = <0x10000>; }; };
        };
    };
};
)";

constexpr const char* with_virtio = R"(/dts-v1/;
/ {
    domains {
        #address-cells = <2>;
        #size-cells = <2>;
        motor {
            compatible = "amp,partition-v1", "openamp,domain-v1";
            id = <1>;
            amp,cores = <3>;
            memory = <0x0 0x40000000 0x0 0x01000000>;
            amp,image = "guest.bin";
            amp,console;
            virtio {
                net0 { compatible = "virtio,net"; amp,backend = "vhost-net:amp0"; amp,mtu = <1400>; };
                disk0 { compatible = "virtio,blk"; amp,backend = "file:/root.img"; read-only; };
                con0 { compatible = "virtio,console"; };
                con1 { compatible = "virtio,console"; amp,backend = "unix:/run/con1"; };
                rng0 { compatible = "virtio,rng"; };
                vsock0 { compatible = "virtio,vsock"; amp,cid = <3>; };
            };
        };
    };
};
)";

std::string cells(std::initializer_list<std::uint32_t> values) {
    std::string bytes;
    for (const std::uint32_t value : values)
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes.push_back(static_cast<char>(value >> shift & 0xff));
    return bytes;
}

std::string text(std::string_view value) { return std::string(value) + '\0'; }

// The parts of QEMU's tree that matter, as /proc/device-tree shows them.
void add_tree(FakeDisk& disk) {
    const auto property = [&](const std::string& path, const std::string& value) {
        disk.files["/proc/device-tree/" + path] = value;
    };
    property("compatible", text("linux,dummy-virt"));
    property("#address-cells", cells({2}));
    property("#size-cells", cells({2}));
    property("interrupt-parent", cells({1}));
    property("psci/compatible", text("arm,psci-1.0"));
    property("psci/method", text("smc"));
    property("intc@8000000/compatible", text("arm,gic-v3"));
    property("intc@8000000/interrupt-controller", "");
    property("intc@8000000/#interrupt-cells", cells({3}));
    property("intc@8000000/phandle", cells({1}));
    property("intc@8000000/reg", cells({0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000}));
    property("cpus/#address-cells", cells({1}));
    property("cpus/#size-cells", cells({0}));
    for (std::uint32_t cpu = 0; cpu < 4; ++cpu) {
        const std::string node = fmt::format("cpus/cpu@{}", cpu);
        property(node + "/device_type", text("cpu"));
        property(node + "/compatible", text("arm,cortex-a72"));
        property(node + "/reg", cells({cpu}));
        const std::string sysfs = fmt::format("/sys/devices/system/cpu/cpu{}/", cpu);
        disk.files[sysfs + "online"] = "1\n";
        disk.links[sysfs + "of_node"] = "/sys/firmware/devicetree/base/" + node;
    }
    disk.files["/sys/devices/system/cpu/online"] = "0-3\n";
    disk.files["/proc/interrupts"] = "           CPU0\n";
    disk.files["/proc/meminfo"] = "MemAvailable:     800000 kB\n";
}

} // namespace

Result<Bytes, std::string> FakeDisk::read(const std::string& path) const {
    const auto found = files.find(path);
    if (found == files.end())
        return Err{std::string("No such file or directory")};
    return Bytes(found->second.begin(), found->second.end());
}

FileKind FakeDisk::kind(const std::string& path) const {
    if (files.contains(path))
        return FileKind::file;
    return list(path).empty() ? FileKind::none : FileKind::directory;
}

std::vector<std::string> FakeDisk::list(const std::string& directory) const {
    std::set<std::string> names;
    const std::string prefix = directory + "/";
    for (const auto& file : files)
        if (file.first.starts_with(prefix))
            names.insert(file.first.substr(prefix.size(), file.first.find('/', prefix.size()) - prefix.size()));
    return {names.begin(), names.end()};
}

std::string FakeDisk::resolve_link(const std::string& path) const {
    const auto found = links.find(path);
    return found == links.end() ? std::string() : found->second;
}

Ran Bench::run(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    host.files = &disk.files;
    host.calls = &device.calls;
    const ExitStatus status = dispatch(words, {out, err, in, out_descriptor, disk, device, host, watch_signals});
    return {status, out.str(), err.str()};
}

Ran Bench::run(const std::string& words) {
    std::istringstream stream(words);
    return run(std::vector<std::string>{std::istream_iterator<std::string>(stream), {}});
}

Bench qemu_bench() {
    Bench bench;
    add_tree(bench.disk);
    bench.disk.files["/proc/sys/kernel/osrelease"] = "6.12.1-arm64\n";
    bench.disk.files["/proc/cmdline"] = "console=ttyAMA0\n";
    bench.disk.files["/dev/kvm"] = "";
    bench.disk.files["/usr/bin/dtc"] = "";
    bench.disk.files["/dev/net/tun"] = "";
    bench.disk.files["/dev/vhost-net"] = "";
    bench.disk.files[AMP_BOARDS_DIRECTORY "/qemu-virt.yaml"] = source_text("boards/qemu-virt.yaml");
    bench.disk.files["/two.dts"] = two_partitions;
    bench.disk.files["/virtio.dts"] = with_virtio;
    bench.disk.files["/root.img"] = std::string(512, '\0');
    bench.disk.files["/guest.bin"] = std::string(6000, '\x1f');
    return bench;
}

std::string source_text(const std::string& path) {
    std::ifstream file(std::string(AMP_SOURCE_DIR) + "/" + path);
    REQUIRE(file);
    return {std::istreambuf_iterator<char>(file), {}};
}

void check_golden(const std::string& name, const std::string& actual) {
    const std::string path = "tests/ampctl/golden/" + name;
    if (std::getenv("AMP_UPDATE_EXPECTED") != nullptr)
        std::ofstream(std::string(AMP_SOURCE_DIR) + "/" + path) << actual;
    INFO(path);
    CHECK(source_text(path) == actual);
}

} // namespace amp::ctl::test
