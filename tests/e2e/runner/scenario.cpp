// SPDX-License-Identifier: GPL-2.0-only
// Reader of runs.yaml; the only file of the runner that includes yaml-cpp. An unknown key is an error: a misspelt
// must_not_appear would otherwise let everything pass.
#include "scenario.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

namespace amp::e2e {
namespace {

[[noreturn]] void fail(const YAML::Node& node, const std::string& message) {
    throw ConfigError(fmt::format("line {}: {}", node.Mark().line + 1, message));
}

void refuse_unknown_keys(const YAML::Node& map, const std::set<std::string>& known) {
    if (!map.IsMap()) {
        fail(map, "a map is expected here");
    }
    for (const auto& entry : map) {
        const auto key = entry.first.as<std::string>();
        if (!known.contains(key)) {
            fail(entry.first, fmt::format("unknown key '{}'", key));
        }
    }
}

template <typename T>
T read(const YAML::Node& map, const char* key, T otherwise) {
    const auto node = map[key];
    if (!node) {
        return otherwise;
    }
    try {
        return node.as<T>();
    } catch (const YAML::Exception&) {
        fail(node, fmt::format("'{}' has the wrong type", key));
    }
}

// One axis of the matrix: a scalar is a list of one.
template <typename T>
std::vector<T> axis(const YAML::Node& matrix, const char* key, T otherwise) {
    if (!matrix || !matrix[key]) {
        return {otherwise};
    }
    const auto node = matrix[key];
    return node.IsSequence() ? read<std::vector<T>>(matrix, key, {}) : std::vector<T>{read<T>(matrix, key, otherwise)};
}

std::map<std::string, std::string> read_variables(const YAML::Node& node, Length length) {
    std::map<std::string, std::string> variables;
    if (!node) {
        return variables;
    }
    for (const auto& entry : node) {
        const auto name = entry.first.as<std::string>();
        if (!entry.second.IsMap()) {
            variables[name] = entry.second.as<std::string>();
            continue;
        }
        refuse_unknown_keys(entry.second, {"test", "soak"});
        if (!entry.second["test"] || !entry.second["soak"]) {
            fail(entry.second, fmt::format("'{}' needs both a test and a soak value", name));
        }
        variables[name] = entry.second[length == Length::soak ? "soak" : "test"].as<std::string>();
    }
    return variables;
}

Machine read_machine(const YAML::Node& node, Machine machine) {
    machine.kernel = read(node, "kernel", machine.kernel);
    machine.cpu = read(node, "cpu", machine.cpu);
    machine.gic = read(node, "gic", machine.gic);
    machine.smp = read(node, "smp", machine.smp);
    machine.memory_mib = read(node, "mem", machine.memory_mib);
    machine.append = read(node, "append", machine.append);
    machine.reserve = read(node, "reserve", machine.reserve);
    machine.images = read(node, "images", machine.images);
    machine.qemu = read(node, "qemu", machine.qemu);
    return machine;
}

const std::set<std::string> scenario_keys = {
    "name",   "group",     "matrix",      "kernel",          "cpu",     "gic",    "smp",    "mem",
    "append", "add",       "script",      "commands",        "timeout", "status", "variables", "host",
    "reserve", "qemu",   "images", "must_appear", "must_not_appear", "may_appear"};

// must_not_appear adds to the defaults; may_appear takes single defaults away again where a run provokes them.
std::vector<std::string> forbidden(const YAML::Node& node, std::vector<std::string> list) {
    for (const auto& allowed : read<std::vector<std::string>>(node, "may_appear", {})) {
        if (std::erase(list, allowed) == 0) {
            fail(node["may_appear"], fmt::format("'{}' is not among the defaults' must_not_appear", allowed));
        }
    }
    const auto more = read<std::vector<std::string>>(node, "must_not_appear", {});
    list.insert(list.end(), more.begin(), more.end());
    return list;
}

Scenario read_scenario(const YAML::Node& node, const Scenario& defaults, Length length) {
    refuse_unknown_keys(node, scenario_keys);
    Scenario scenario = defaults;
    scenario.name = read<std::string>(node, "name", "");
    scenario.group = read<std::string>(node, "group", "");
    scenario.machine = read_machine(node, defaults.machine);
    const auto files = read<std::vector<std::string>>(node, "add", {});
    scenario.files.insert(scenario.files.end(), files.begin(), files.end());
    scenario.script = read<std::string>(node, "script", "");
    scenario.commands = read<std::string>(node, "commands", "");
    scenario.host = read<std::string>(node, "host", "");
    scenario.variables = read_variables(node["variables"], length);
    scenario.must_appear = read<std::vector<std::string>>(node, "must_appear", {});
    scenario.must_not_appear = forbidden(node, defaults.must_not_appear);
    scenario.timeout_s = read(node, "timeout", defaults.timeout_s);
    scenario.status = read(node, "status", 0);
    if (scenario.name.empty() || scenario.group.empty()) {
        fail(node, "a scenario needs a name and a group");
    }
    if (scenario.script.empty() && scenario.commands.empty()) {
        fail(node, fmt::format("scenario '{}' does nothing: give script or commands", scenario.name));
    }
    if (scenario.must_appear.empty()) {
        fail(node, fmt::format("scenario '{}' expects nothing: give must_appear", scenario.name));
    }
    return scenario;
}

std::vector<Scenario> expand(const YAML::Node& matrix, const Scenario& scenario) {
    if (!matrix) {
        return {scenario};
    }
    refuse_unknown_keys(matrix, {"kernel", "cpu", "gic"});
    std::vector<Scenario> out;
    for (const auto& kernel : axis(matrix, "kernel", scenario.machine.kernel)) {
        for (const auto& cpu : axis(matrix, "cpu", scenario.machine.cpu)) {
            for (const int gic : axis(matrix, "gic", scenario.machine.gic)) {
                Scenario one = scenario;
                one.machine.kernel = kernel;
                one.machine.cpu = cpu;
                one.machine.gic = gic;
                one.name = fmt::format("{}-{}-{}-gic{}", scenario.name, kernel, cpu, gic);
                out.push_back(std::move(one));
            }
        }
    }
    return out;
}

Scenario read_defaults(const YAML::Node& node) {
    Scenario defaults;
    if (!node) {
        return defaults;
    }
    refuse_unknown_keys(node, {"kernel", "cpu", "gic", "smp", "mem", "append", "add", "timeout", "must_not_appear"});
    defaults.machine = read_machine(node, defaults.machine);
    defaults.files = read<std::vector<std::string>>(node, "add", {});
    defaults.timeout_s = read(node, "timeout", 60);
    defaults.must_not_appear = read<std::vector<std::string>>(node, "must_not_appear", {});
    return defaults;
}

void refuse_equal_names(const std::vector<Scenario>& scenarios) {
    std::set<std::string> names;
    for (const auto& scenario : scenarios) {
        if (!names.insert(scenario.name).second) {
            throw ConfigError(fmt::format("two scenarios are called '{}'", scenario.name));
        }
    }
}

}  // namespace

std::vector<Scenario> read_scenarios(const std::string& text, Length length) {
    try {
        const auto root = YAML::Load(text);
        refuse_unknown_keys(root, {"defaults", "scenarios"});
        const auto defaults = read_defaults(root["defaults"]);
        std::vector<Scenario> scenarios;
        for (const auto& node : root["scenarios"]) {
            const auto expanded = expand(node["matrix"], read_scenario(node, defaults, length));
            scenarios.insert(scenarios.end(), expanded.begin(), expanded.end());
        }
        refuse_equal_names(scenarios);
        return scenarios;
    } catch (const YAML::Exception& error) {
        throw ConfigError(fmt::format("line {}: {}", error.mark.line + 1, error.msg));
    }
}

std::vector<Scenario> select(const std::vector<Scenario>& all, const Selection& selection) {
    const auto wanted = [&](const Scenario& scenario) {
        const auto& groups = selection.groups;
        const bool group = groups.empty() || std::find(groups.begin(), groups.end(), scenario.group) != groups.end();
        const bool name = selection.filters.empty() ||
                          std::any_of(selection.filters.begin(), selection.filters.end(), [&](const auto& filter) {
                              return scenario.name.find(filter) != std::string::npos;
                          });
        return group && name;
    };
    std::vector<Scenario> out;
    std::copy_if(all.begin(), all.end(), std::back_inserter(out), wanted);
    return out;
}

}  // namespace amp::e2e
