// SPDX-License-Identifier: GPL-2.0-only
// YAML as a flat table of keys with lines, all that boards/*.yaml needs. yaml_reader.cpp is the only file that includes
// yaml-cpp; its exceptions stop there and become diagnostics.
#pragma once

#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

struct YamlEntry {
    std::string key;
    Place place;
    bool is_list = false;
    bool is_map = false;
    std::vector<std::string> values; // one for a scalar
};

// The entries of a file whose top level is a map. Rule board.syntax.
Loaded<std::vector<YamlEntry>> read_yaml(const Bytes&, const std::string& file);

} // namespace amp
