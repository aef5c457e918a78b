// SPDX-License-Identifier: GPL-2.0-only
// One function per row.
#include "doctor_checks.hpp"

#include "explain.hpp"

#include <cerrno>
#include <charconv>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace amp::ctl {
namespace {

Finding fine(std::string subject, std::string text) {
    return {std::move(subject), Severity::note, std::move(text), ""};
}

std::string first_line(const Disk& disk, const std::string& path) {
    const auto bytes = disk.read(path);
    if (!bytes)
        return "";
    const std::string text(bytes->begin(), bytes->end());
    return text.substr(0, text.find_first_of(std::string_view("\n\0", 2)));
}

std::optional<unsigned> take_number(std::string_view& text) {
    unsigned number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc())
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return number;
}

Finding kernel(const Context& context) {
    const std::string release = first_line(context.disk, "/proc/sys/kernel/osrelease");
    std::string_view rest = release;
    const auto major = take_number(rest);
    if (rest.starts_with('.'))
        rest.remove_prefix(1);
    const auto minor = take_number(rest);
    if (!major || !minor)
        return {"kernel", Severity::error, "no Linux kernel release found in /proc",
                "run it on the target, with /proc mounted"};
    if (*major < 5 || (*major == 5 && *minor < 10))
        return {"kernel", Severity::error, fmt::format("Linux {} is too old", release), "boot Linux 5.10 or newer"};
    return fine("kernel", fmt::format("Linux {}", release));
}

Finding el2(const Context& context) {
    if (const auto info = context.device.info())
        return fine("el2", fmt::format("Linux itself runs at EL{}", info->host_el));
    if (context.disk.exists("/dev/kvm"))
        return fine("el2", "KVM found EL2 here");
    return {"el2", Severity::warning, "no /dev/kvm, so EL2 is not proved; loading the module tells for sure",
            "if it is missing, boot at EL2: a firmware or hypervisor setting (QEMU: -M virt,virtualization=on)"};
}

// modules.dep lists every installed module of this kernel, a line each: "updates/amp.ko: dependencies".
bool module_installed(const Disk& disk) {
    const std::string folder = "/lib/modules/" + first_line(disk, "/proc/sys/kernel/osrelease");
    if (const auto bytes = disk.read(folder + "/modules.dep")) {
        const std::string text(bytes->begin(), bytes->end());
        if (text.find("/amp.ko") != std::string::npos || text.starts_with("amp.ko"))
            return true;
    }
    return disk.exists(folder + "/extra/amp.ko") || disk.exists(folder + "/updates/amp.ko");
}

Finding module(const Context& context) {
    const auto info = context.device.info();
    if (!info && (info.error().number == EACCES || info.error().number == EPERM))
        return {"module", Severity::error, "loaded, but there is no permission to use " AMP_DEVICE,
                "run ampctl as root"};
    if (!info && context.disk.exists("/sys/module/amp"))
        return {"module", Severity::error, "loaded, but " AMP_DEVICE " does not answer this ampctl",
                "install ampctl and the module from the same release; see `dmesg`"};
    if (!info && module_installed(context.disk))
        return {"module", Severity::warning, "installed for this kernel, not loaded", "`modprobe amp`"};
    if (!info)
        return {"module", Severity::error, "not installed for this kernel",
                "build it against this kernel's headers and install it: see README.md"};
    if (info->abi_major != AMP_ABI_MAJOR)
        return {"module", Severity::error,
                fmt::format("loaded, but its ABI is {}.{} and ampctl's {}.{}", info->abi_major, info->abi_minor,
                            AMP_ABI_MAJOR, AMP_ABI_MINOR),
                "install ampctl and the module from the same release"};
    return fine("module", fmt::format("loaded, ABI {}.{}, {} partition{}", info->abi_major, info->abi_minor,
                                      info->partition_count, info->partition_count == 1 ? "" : "s"));
}

Finding compiler(const Context& context) {
    for (const char* folder : {"/usr/bin", "/usr/local/bin", "/bin", "/usr/sbin", "/sbin"})
        if (context.disk.exists(std::string(folder) + "/dtc"))
            return fine("dtc", std::string(folder) + "/dtc");
    return {"dtc", Severity::warning, "no device tree compiler: only .dtb descriptions can be read",
            "install device-tree-compiler"};
}

// What virtio devices' back ends need of Linux; nothing else does.
Finding node_for(const Context& context, const char* subject, const char* node, const char* use, const char* module) {
    if (context.disk.exists(node))
        return fine(subject, node);
    return {subject, Severity::warning, fmt::format("no {}, so no {}", node, use), fmt::format("`modprobe {}`", module)};
}

Finding tun(const Context& context) {
    return node_for(context, "tun", "/dev/net/tun", "virtio,net on a TAP (tap:, vhost-net:)", "tun");
}

Finding vhost_net(const Context& context) {
    return node_for(context, "vhost-net", "/dev/vhost-net", "virtio,net served by the kernel (vhost-net:)", "vhost_net");
}

Finding vhost_vsock(const Context& context) {
    return node_for(context, "vhost-vsock", "/dev/vhost-vsock", "virtio,vsock", "vhost_vsock");
}

// Linux's own rpmsg bus; modules.builtin lists what is not a module.
Finding rpmsg(const Context& context) {
    const std::string folder = "/lib/modules/" + first_line(context.disk, "/proc/sys/kernel/osrelease");
    bool known = false;
    for (const char* list : {"/modules.dep", "/modules.builtin"}) {
        const auto bytes = context.disk.read(folder + list);
        known = known || bytes;
        if (bytes && std::string(bytes->begin(), bytes->end()).find("virtio_rpmsg_bus.ko") != std::string::npos)
            return fine("rpmsg", "this kernel has RPMSG_VIRTIO");
    }
    if (!known)
        return fine("rpmsg", fmt::format("no list of modules in {}, so it is not known whether this kernel has RPMSG_VIRTIO", folder));
    return fine("rpmsg", "this kernel is built without RPMSG_VIRTIO, as Debian's are: none of Linux's own rpmsg drivers");
}

using Check = Finding (*)(const Context&);
constexpr Check checks[] = {kernel, el2, module, compiler, tun, vhost_net, vhost_vsock, rpmsg};

} // namespace

std::vector<Finding> check_host(const Context& context) {
    std::vector<Finding> findings;
    for (const Check check : checks)
        findings.push_back(check(context));
    return findings;
}

} // namespace amp::ctl
