// SPDX-License-Identifier: GPL-2.0-only
// Every rule name there is, readers' included, for help, documentation and the test that each has an example.
#include <algorithm>

#include "checks/rule.hpp"
#include "rule_table.hpp"

namespace amp {

namespace {

constexpr RuleInfo reader_rules[] = {
    {"spec.unreadable", Severity::error, "the description can be read"},
    {"spec.syntax", Severity::error, "the description is valid device tree source"},
    {"spec.not-device-tree", Severity::error, "a binary description is a valid flattened device tree"},
    {"spec.no-domains", Severity::error, "there is a node /domains"},
    {"spec.no-partition", Severity::error, "node domains holds a partition"},
    {"spec.compatible", Severity::error, "every partition is compatible with amp,partition-v1"},
    {"spec.cells", Severity::error, "node domains says how many cells memory's addresses and sizes have"},
    {"spec.property-type", Severity::error, "every property has the type that docs/description.md says"},
    {"spec.unknown-property", Severity::error, "no amp, property is unknown and none is misspelt"},
    {"spec.ignored-property", Severity::warning, "no property is without effect"},
    {"spec.unknown-node", Severity::error, "no child node is unknown"},
    {"board.unreadable", Severity::error, "the board file can be read"},
    {"board.syntax", Severity::error, "the board file is a YAML table"},
    {"board.unknown-key", Severity::error, "no key of the board file is unknown"},
    {"board.type", Severity::error, "every key of the board file has the type that docs/description.md says"},
    {"board.doorbell-range", Severity::error, "doorbell-spis are INTIDs from 32 to 1019"},
    {"board.missing-key", Severity::error, "a board file has name and compatible"},
    {"live.no-device-tree", Severity::error, "the machine shows its device tree"},
    {"live.unreadable", Severity::error, "the machine's device tree can be read"},
};

} // namespace

const std::vector<const Rule*>& rule_table() {
    static const std::vector<const Rule*> table = [] {
        std::vector<const Rule*> all;
        for (const auto rules :
             {identity_rules(), device_rules(), cpu_rules(), memory_rules(), channel_rules(), channel_peer_rules(),
              virtio_rules(), virtio_backend_rules(), virtio_sharing_rules(),
              device_guest_rules(), device_dma_rules(), image_rules(), file_rules(), aarch32_rules(),
              interrupt_rules()}) {
            for (const auto& rule : rules) {
                all.push_back(&rule);
            }
        }
        return all;
    }();
    return table;
}

const std::vector<RuleInfo>& all_rules() {
    static const std::vector<RuleInfo> infos = [] {
        std::vector<RuleInfo> all(std::begin(reader_rules), std::end(reader_rules));
        for (const Rule* rule : rule_table()) {
            if (rule->severity != Severity::note) {
                all.push_back({rule->name, rule->severity, rule->summary});
            }
        }
        return all;
    }();
    return infos;
}

} // namespace amp
