#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The lint must be able to fail: each rule is given a small tree that breaks it, and one that does not."""
import os
import tempfile
import unittest

import lint

GPL = "// SPDX-License-Identifier: GPL-2.0-only\n"
BSD = "/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */\n"


def violations(files, path):
    with tempfile.TemporaryDirectory() as top:
        for name, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(top, name)), exist_ok=True)
            with open(os.path.join(top, name), "w", encoding="utf-8") as stream:
                stream.write(text)
        return [rule for _, rule, _ in lint.check_file(top, path)]


class Includes(unittest.TestCase):
    def includes(self, source, name, target, target_text=BSD):
        return violations({source: GPL + f"#include {name}\n", target: target_text}, source)

    def test_allowed(self):
        self.assertEqual(self.includes("partitioner/src/a.cpp", "<amp/abi/x.h>", "include/amp/abi/x.h"), [])
        self.assertEqual(self.includes("monitor/core/a.cpp", '"arch/arch.hpp"', "monitor/arch/arch.hpp"), [])
        self.assertEqual(self.includes("cpu-hotplug/a.c", "<linux/slab.h>", "cpu-hotplug/b.h"), [])
        self.assertEqual(self.includes("cpu-hotplug/a.c", "<amp/ring/spsc.h>", "ipc-ring/include/amp/ring/spsc.h"), [])
        self.assertEqual(self.includes("monitor/drivers/gicv3/a.cpp", '"arch/arm64/regs.hpp"', "monitor/arch/arm64/regs.hpp"), [])

    def test_virtio(self):
        queue = "virtio/include/amp/virtio/queue.hpp"
        self.assertEqual(self.includes("tools/amp-virtio/a.cpp", '"amp/virtio/queue.hpp"', queue), [])
        self.assertEqual(self.includes("virtio/src/a.cpp", '"amp/abi/ioctl.h"', "include/amp/abi/ioctl.h"), [])
        rule = ["include-direction"]
        self.assertEqual(self.includes("partitioner/src/a.cpp", '"amp/virtio/queue.hpp"', queue), rule)
        self.assertEqual(self.includes("virtio/src/a.cpp", '"report.hpp"', "tools/amp-virtio/report.hpp"), rule)
        self.assertEqual(self.includes("virtio/src/a.cpp", "<amp/ring/spsc.h>", "ipc-ring/include/amp/ring/spsc.h"), rule)
        self.assertEqual(self.includes("tools/amp-virtio/a.cpp", '"act.hpp"', "tools/ampctl/act.hpp"), rule)

    def test_include_path_decides(self):
        self.assertEqual(self.includes("monitor/core/a.cpp", '"ops.hpp"', "monitor/arch/arm64/ops.hpp"), [])
        self.assertEqual(self.includes("partitioner/src/a.cpp", '"ops.hpp"', "monitor/arch/arm64/ops.hpp"), ["include-direction"])

    def test_wrong_direction(self):
        rule = ["include-direction"]
        self.assertEqual(self.includes("include/amp/base/a.hpp", "<amp/ring/spsc.h>", "ipc-ring/include/amp/ring/spsc.h"), rule)
        self.assertEqual(self.includes("monitor/core/a.cpp", '"arch/arm64/x.hpp"', "monitor/arch/arm64/x.hpp"), rule)
        self.assertEqual(self.includes("monitor/arch/host/a.cpp", '"arch/arm64/x.hpp"', "monitor/arch/arm64/x.hpp"), rule)
        self.assertEqual(self.includes("cpu-hotplug/a.c", '"../monitor/core/x.hpp"', "monitor/core/x.hpp"), rule)
        self.assertEqual(self.includes("cpu-hotplug/a.c", "<amp/ring/spsc.hpp>", "ipc-ring/include/amp/ring/spsc.hpp"), rule)
        self.assertEqual(self.includes("tools/ampctl/a.cpp", '"tests/support/x.hpp"', "tests/support/x.hpp"), rule)
        self.assertEqual(self.includes("guests/hello/a.cpp", '"monitor/core/x.hpp"', "monitor/core/x.hpp"), rule)

    def test_unknown_name_in_quotes(self):
        self.assertEqual(violations({"monitor/core/a.cpp": GPL + '#include "nowhere.hpp"\n'}, "monitor/core/a.cpp"),
                         ["include-direction"])

    def test_confined(self):
        self.assertEqual(violations({"partitioner/src/a.cpp": GPL + "#include <yaml-cpp/yaml.h>\n"}, "partitioner/src/a.cpp"),
                         ["include-confined"])
        self.assertEqual(violations({"partitioner/src/yaml_reader.cpp": GPL + "#include <yaml-cpp/yaml.h>\n"},
                                    "partitioner/src/yaml_reader.cpp"), [])

    def test_freestanding(self):
        self.assertEqual(violations({"monitor/core/a.cpp": GPL + "#include <vector>\n"}, "monitor/core/a.cpp"),
                         ["include-freestanding"])


class Others(unittest.TestCase):
    def test_arch_condition(self):
        text = BSD + "#if defined(__aarch64__)\n#endif\n"
        self.assertEqual(violations({"ipc-ring/include/amp/ring/spsc.h": text}, "ipc-ring/include/amp/ring/spsc.h"), ["arch-if"])
        self.assertEqual(violations({"ipc-ring/include/amp/ring/order.h": text}, "ipc-ring/include/amp/ring/order.h"), [])

    def test_licence(self):
        self.assertEqual(violations({"docs/a.md": "text\n"}, "docs/a.md"), ["spdx"])
        self.assertEqual(violations({"tools/a.sh": "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only\n"}, "tools/a.sh"), [])
        self.assertEqual(violations({"tools/a.sh": "# SPDX-License-Identifier: MIT\n"}, "tools/a.sh"), ["spdx"])
        self.assertEqual(violations({"include/amp/abi/a.h": GPL}, "include/amp/abi/a.h"), ["spdx"])


class Columns(unittest.TestCase):
    def of(self, line):
        return violations({"virtio/src/a.cpp": GPL + line + "\n"}, "virtio/src/a.cpp")

    def test_long(self):
        self.assertEqual(self.of("//" + "x" * (lint.COLUMNS - 2)), [])
        self.assertEqual(self.of("//" + "x" * (lint.COLUMNS - 1)), ["columns"])
        self.assertEqual(self.of("\t//" + "x" * (lint.COLUMNS - 9)), ["columns"])

    def test_text(self):
        self.assertEqual(self.of('    "' + "x" * lint.COLUMNS + '\\n",'), [])
        self.assertEqual(self.of('f(1, "' + "x" * lint.COLUMNS + '");'), ["columns"])


if __name__ == "__main__":
    unittest.main()
