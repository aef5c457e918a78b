// SPDX-License-Identifier: GPL-2.0-only
// docs/checks.md must list every rule with its severity and meaning, docs/description.md every property.
#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("docs/checks.md lists the rules") {
    std::string text = "<!-- SPDX-License-Identifier: GPL-2.0-only -->\n# Checks\n\n"
                       "What `ampctl check` looks for. The name in brackets at the end of a message is the rule's; for "
                       "each there is a wrong\n"
                       "description with its message in `tests/partitioner/bad/`. An error stops, a warning does not. "
                       "This table is compared with the\n"
                       "code by a test.\n\n| rule | severity | what holds |\n|---|---|---|\n";
    for (const auto& rule : all_rules()) {
        text += "| `" + std::string(rule.name) + "` | " + std::string(to_string(rule.severity)) + " | " +
                std::string(rule.summary) + " |\n";
    }
    check_golden("docs/checks.md", text);
}

TEST_CASE("docs/description.md names every property") {
    const std::string text = source_text("docs/description.md");
    for (const auto name :
         {"compatible", "id", "os,type", "amp,cores", "cpus", "memory", "amp,image", "amp,load-address", "amp,entry",
          "amp,initrd", "amp,aarch32", "amp,dtb", "amp,dtb-address", "amp,dtb-overlay", "amp,unlisted-memory",
          "amp,file", "bootargs", "amp,console", "access", "amp,devices", "amp,device-addresses",
          "amp,reserved-memory", "amp,allow-dma", "amp,peer", "amp,size", "amp,address", "doorbell-spis", "keep-cpus",
          "memory-margin-mib", "clock-rates", "devices-without-dma",
          "amp,backend", "local-mac-address", "amp,mtu", "amp,cid", "read-only"}) {
        INFO(name);
        CHECK(text.find("`" + std::string(name) + "`") != std::string::npos);
    }
}
