// SPDX-License-Identifier: GPL-2.0-only
// One machine to run ampctl on: a fake disk, a fake module, and what a command printed.
#pragma once

#include "dispatch.hpp"
#include "support/fake_device.hpp"
#include "support/fake_host.hpp"

#include <map>
#include <sstream>

namespace amp::ctl::test {

class FakeDisk final : public Disk {
public:
    std::map<std::string, std::string> files;
    std::map<std::string, std::string> links;

    Result<Bytes, std::string> read(const std::string& path) const override;
    FileKind kind(const std::string& path) const override;
    std::vector<std::string> list(const std::string& directory) const override;
    std::string absolute(const std::string& path) const override { return path; }
    std::string canonical(const std::string& path) const override { return path; }
    std::string resolve_link(const std::string& path) const override;
};

struct Ran {
    ExitStatus status;
    std::string out;
    std::string err;
};

struct Bench {
    FakeDisk disk;
    FakeDevice device;
    FakeHost host;
    int in = -1;
    int out_descriptor = -1;
    int (*watch_signals)() = nullptr;

    // The words after "ampctl", split at blanks.
    Ran run(const std::string& words);
    Ran run(const std::vector<std::string>& words);
};

// QEMU's virt machine with four cores, as Linux there shows it, with /two.dts (motor on core 3, pump on core 2, each
// with a console and a channel ctrl) and the image that both name; /virtio.dts: motor, with
// a virtio device of every kind.
Bench qemu_bench();

std::string source_text(const std::string& path_below_source);
// Compares with golden/<name>; AMP_UPDATE_EXPECTED=1 in the environment rewrites it, the diff is then reviewed.
void check_golden(const std::string& name, const std::string& actual);

} // namespace amp::ctl::test
