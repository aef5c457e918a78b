#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Rules of the tree that no compiler checks: who may include whom, no #if on the architecture outside arch/, a licence line in
every file, lines that fit. Prints file:line: rule: message for each violation and exits 1 when there is one. Reads, never changes."""
import os
import re
import subprocess
import sys

# Folder (longest prefix wins) -> layer. Folders that are not named here hold no code with rules of inclusion.
LAYERS = {
    "include/amp/abi": "abi",
    "include/amp/base": "base",
    "ipc-ring": "ring",
    "rpmsg": "rpmsg",
    "partitioner": "partitioner",
    "virtio": "virtio",
    "tools/ampctl": "ampctl",
    "tools/amp-virtio": "amp-virtio",
    "cpu-hotplug": "module",
    "guests": "guests",
    "monitor/core": "core",
    "monitor/hw": "hw",
    "monitor/drivers": "drivers",
    "monitor/drivers/pl011": "model",
    "monitor/arch/arch.hpp": "arch-interface",
    "monitor/arch/arm64": "arch-arm64",
    "monitor/arch/riscv64": "arch-riscv64",
    "monitor/arch/x86_64": "arch-x86_64",
    "monitor/arch/host": "arch-host",
    "monitor/link": "link",
    "tests": "tests",
}
MONITOR = {"abi", "base", "ring", "core", "hw", "arch-interface"}
ALLOWED = {
    "abi": {"abi"},
    "base": {"base", "abi"},
    "ring": {"abi", "ring"},
    "rpmsg": {"abi", "base", "rpmsg"},
    "partitioner": {"abi", "base", "rpmsg", "partitioner"},
    "virtio": {"abi", "base", "virtio"},
    "ampctl": {"abi", "base", "ring", "partitioner", "ampctl"},
    "amp-virtio": {"abi", "base", "rpmsg", "virtio", "amp-virtio"},
    "module": {"abi", "ring", "module"},
    "guests": {"abi", "base", "ring", "guests"},
    "core": MONITOR | {"model"},
    "hw": {"base", "hw"},
    # A device that guests see: no hardware behind it, so it knows less than a driver does.
    "model": {"abi", "base", "hw", "model"},
    "drivers": MONITOR | {"drivers"},
    "arch-interface": {"abi", "base", "core", "hw"},
    "link": {"abi", "arch-interface"},
}
# Include paths of the layers: where a name in quotes or brackets may be found, beside the including file's own folder.
ROOTS = ["include", "ipc-ring/include", "rpmsg/include", "partitioner/include", "partitioner/src", "virtio/include", "virtio/src",
         "tools/ampctl", "tools/amp-virtio", "monitor", "monitor/core",
         # Both widths of guests have the same names; the include path decides.
         "guests/lib/include", "guests/lib/arch/arm64/include", "guests/lib", "guests", "cpu-hotplug", "."]
# A library that only some files may know: header pattern -> files. The reasons stand at the top of those files.
CONFINED = [
    (re.compile(r"^(libfdt|libfdt_env|fdt)\.h$"), re.compile(r"^partitioner/.*fdt[a-z_]*\.(cpp|hpp)$|^tests/")),
    (re.compile(r"^yaml-cpp/"), re.compile(r"^partitioner/src/yaml_reader\.cpp$|^tests/")),
    (re.compile(r"^linux/"),
     re.compile(r"^cpu-hotplug/|^include/amp/abi/|^ipc-ring/include/amp/ring/|^tools/ampctl/|^tools/amp-virtio/|^virtio/|"
                r"^tests/")),
]
# Standard headers of a freestanding implementation (C++20 [compliance], C11 4.6); <utility> and <tuple> need no run time.
FREESTANDING = set("cstddef cstdint limits version type_traits initializer_list concepts compare bit atomic utility tuple array "
                   "new climits cfloat cstdarg iterator span algorithm functional memory optional string_view "
                   "stddef.h stdint.h stdarg.h stdbool.h limits.h stdalign.h stdatomic.h".split())
FREESTANDING_LAYERS = {"base", "core", "hw", "drivers", "arch-interface", "arch-arm64", "arch-riscv64", "arch-x86_64"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
ARCH_IF = re.compile(r"^\s*#\s*(el)?if.*\b(__aarch64__|__arm__|__x86_64__|__i386__|__riscv|CONFIG_ARM64|CONFIG_ARM|CONFIG_X86|"
                     r"CONFIG_X86_64|CONFIG_RISCV)\b")
ARCH_IF_HOME = re.compile(r"(^|/)arch/|(^|/)types\.h$|(^|/)order\.h$|(^|/)compat\.h$|^tests/")
CODE = re.compile(r"\.(c|h|cpp|hpp|S)$")

# New code keeps to 125 columns; the check stands where all of the tree keeps to it by now, and comes down from there.
COLUMNS = 140
TAB = 8
# A text on a line of its own is not broken: people search for it, and device trees in tests read better.
TEXT_ALONE = re.compile(r'^\s*".*"[,;)]*$')
# Files of which another part is being worked on: to be wrapped, then taken out here.
COLUMNS_EXEMPT = re.compile(r"^tests/monitor/vgic_random_test\.cpp$")

SPDX = re.compile(r"SPDX-License-Identifier: (.+?)\s*(\*/|-->|\"\"\")?\s*$")
PERMISSIVE = "BSD-2-Clause OR GPL-2.0-only"
PERMISSIVE_HOME = re.compile(r"^include/amp/|^ipc-ring/|^guests/")
# Formats without comments, generated dumps, approved output that is compared byte for byte, licence texts.
SPDX_EXEMPT = re.compile(r"\.(json|dtb|bin|png|svg|expected|golden|txt\.approved)$|^LICENSES/|^COPYING|^LICENSE|\.gitignore$|"
                         r"\.gitattributes$|^tests/.*/(bad|golden|data|expected)/|/etc/(passwd|group)$")


def layer_of(path):
    best = ""
    for prefix in LAYERS:
        if (path == prefix or path.startswith(prefix + "/")) and len(prefix) > len(best):
            best = prefix
    return LAYERS.get(best)


def resolve(top, path, name):
    for root in [os.path.dirname(path)] + ROOTS:
        candidate = os.path.normpath(os.path.join(root, name))
        if os.path.isfile(os.path.join(top, candidate)):
            return candidate
    # A name that each architecture has and the include path decides: as good as arch.hpp itself.
    arch = os.path.join(top, "monitor/arch")
    if os.path.isdir(arch) and any(os.path.isfile(os.path.join(arch, one, name)) for one in os.listdir(arch)):
        return "monitor/arch/arch.hpp"
    return None


def may_include(layer, path, target):
    wanted = layer_of(target)
    if layer is None or layer == "tests" or wanted is None or wanted == layer:
        return wanted != "tests" or layer == "tests"
    if layer.startswith("arch-") and layer != "arch-interface":
        return wanted in MONITOR | {"drivers"}
    if layer == "drivers" and wanted.startswith("arch-") and wanted != "arch-interface":
        return os.path.basename(target) in ("regs.hpp", "sysreg.hpp")
    if layer == "ring" and wanted == "base":
        return path.endswith(".hpp") or "/examples/" in path
    if layer == "module" and wanted == "ring":
        return target.endswith(".h")
    return wanted in ALLOWED[layer]


def check_include(top, path, layer, bracket, name):
    target = resolve(top, path, name)
    if target and not may_include(layer, path, target):
        yield "include-direction", f"{layer} may not include {target} ({layer_of(target)})"
    if target is None and bracket == '"' and layer not in (None, "tests", "module"):
        yield "include-direction", f"{name} was not found; use <> for what is not ours"
    for header, home in CONFINED:
        if target is None and header.search(name) and not home.search(path):
            yield "include-confined", f"<{name}> belongs to files matching {home.pattern}"
    if target is None and bracket == "<" and layer in FREESTANDING_LAYERS and name not in FREESTANDING:
        yield "include-freestanding", f"<{name}> is not there without an operating system"


def check_code(top, path, lines):
    layer = layer_of(path)
    for number, line in enumerate(lines, 1):
        if ARCH_IF.search(line) and not ARCH_IF_HOME.search(path):
            yield number, "arch-if", "a condition on the architecture belongs into arch/"
        include = INCLUDE.match(line)
        if include:
            for rule, message in check_include(top, path, layer, *include.groups()):
                yield number, rule, message


def check_columns(path, lines):
    for number, line in enumerate(lines, 1):
        width = len(line.expandtabs(TAB))
        if width > COLUMNS and not TEXT_ALONE.match(line) and not COLUMNS_EXEMPT.search(path):
            yield number, "columns", f"{width} columns, at most {COLUMNS}; new lines have up to 125"


def check_spdx(path, lines):
    found = next((m for m in map(SPDX.search, lines[:3]) if m), None)
    wanted = PERMISSIVE if PERMISSIVE_HOME.search(path) and CODE.search(path) else None
    if not found:
        yield 1, "spdx", "no SPDX-License-Identifier in the first three lines"
    elif wanted and path.startswith(("include/amp/abi/", "ipc-ring/include/", "guests/lib/")) and found.group(1) != wanted:
        yield 1, "spdx", f"the licence here is '{wanted}'"
    elif found.group(1) not in (PERMISSIVE, "GPL-2.0-only"):
        yield 1, "spdx", f"unknown licence '{found.group(1)}'"


def check_file(top, path):
    try:
        with open(os.path.join(top, path), encoding="utf-8") as stream:
            lines = stream.read().splitlines()
    except UnicodeDecodeError:
        return  # not text
    if lines and not SPDX_EXEMPT.search(path):
        yield from check_spdx(path, lines)
    if CODE.search(path):
        yield from check_code(top, path, lines)
        yield from check_columns(path, lines)


def list_files(top):
    """Tracked files, or without git all that are not build products."""
    git = subprocess.run(["git", "-C", top, "ls-files", "-z"], capture_output=True)
    if git.returncode == 0 and git.stdout:
        return [p for p in git.stdout.decode().split("\0") if p and os.path.isfile(os.path.join(top, p))]
    files = []
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if f not in (".git", "build")]
        files += [os.path.relpath(os.path.join(folder, name), top) for name in names]
    return sorted(files)


def main():
    top = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
    files = list_files(top)
    count = 0
    for path in files:
        for number, rule, message in check_file(top, path):
            print(f"{path}:{number}: {rule}: {message}")
            count += 1
    print(f"{len(files)} files, {count} violations")
    return 1 if count or not files else 0


if __name__ == "__main__":
    sys.exit(main())
