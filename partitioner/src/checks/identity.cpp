// SPDX-License-Identifier: GPL-2.0-only
// Rules about who a partition is: name, id, operating system; and command line. Part of the rule table.
#include <algorithm>

#include "rule.hpp"

namespace amp {

namespace {

// Linux takes COMMAND_LINE_SIZE, terminating NUL included (arch/arm64: 2048).
constexpr std::size_t bootargs_max = 2047;

void name_pattern(const CheckContext& context, std::size_t index, Report& report) {
    const auto& name = context.subjects[index].partition.name;
    if (!is_name(name.value)) {
        report(name.place, "partition name " + quoted(name.value) + " has characters outside a-z, 0-9 and '-'",
               "begin with a letter, such as 'motor-1'");
    }
}

void name_too_long(const CheckContext& context, std::size_t index, Report& report) {
    const auto& name = context.subjects[index].partition.name;
    if (name.value.size() >= AMP_NAME_SIZE) {
        report(name.place,
               "partition name " + quoted(name.value) + " has " + std::to_string(name.value.size()) + " characters",
               "at most " + std::to_string(AMP_NAME_SIZE - 1) + " are possible");
    }
}

void name_reserved(const CheckContext& context, std::size_t index, Report& report) {
    const auto& name = context.subjects[index].partition.name;
    if (name.value == "dom0") {
        report(name.place, "partition name 'dom0' stands for Linux", "choose another name");
    }
}

void name_duplicate(const CheckContext& context, std::size_t index, Report& report) {
    const auto& name = context.subjects[index].partition.name;
    for (std::size_t i = 0; i < index; ++i) {
        if (context.subjects[i].partition.name.value == name.value) {
            report(name.place, "another partition is called " + where(context.subjects[i].partition),
                   "give each its own name");
            return;
        }
    }
    for (const auto& existing : context.world.existing) {
        if (existing.name == name.value) {
            report(name.place, "a partition called " + quoted(name.value) + " exists already",
                   "destroy it first (ampctl destroy " + name.value + ") or choose another name");
        }
    }
}

void id_missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (is_missing(partition, partition.id.has_value(), partition.name.place, "id")) {
        report(partition.name.place, "partition " + quoted(partition.name.value) + " has no id",
               "add id = <1>; or another unused number");
    }
}

void id_zero(const CheckContext& context, std::size_t index, Report& report) {
    const auto& id = context.subjects[index].partition.id;
    if (id && id->value == 0) {
        report(id->place, "id 0 stands for Linux", "number partitions from 1");
    }
}

void id_duplicate(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (!partition.id) {
        return;
    }
    const std::string id = std::to_string(partition.id->value);
    for (std::size_t i = 0; i < index; ++i) {
        const auto& other = context.subjects[i].partition;
        if (other.id && other.id->value == partition.id->value) {
            report(partition.id->place, "id " + id + " is taken by " + where(other), "give each partition its own id");
            return;
        }
    }
    for (const auto& existing : context.world.existing) {
        if (existing.id == partition.id->value && existing.name != partition.name.value) {
            report(partition.id->place,
                   "id " + id + " is taken by partition " + quoted(existing.name) + ", which exists already",
                   "choose another id, or destroy it first (ampctl destroy " + existing.name + ")");
        }
    }
}

void os_type(const CheckContext& context, std::size_t index, Report& report) {
    static constexpr std::string_view known[] = {"linux", "zephyr", "freertos", "baremetal"};
    const auto& type = context.subjects[index].partition.os_type;
    if (!type || std::find(std::begin(known), std::end(known), type->value) != std::end(known) ||
        (type->value.starts_with("x-") && is_name(type->value))) {
        return;
    }
    const auto meant = nearest(type->value, known);
    report(type->place, "os,type " + quoted(type->value) + " is not known",
           meant ? "did you mean " + quoted(*meant) + "?" : "write linux, zephyr, freertos, baremetal or x-<vendor>");
}

void bootargs_too_long(const CheckContext& context, std::size_t index, Report& report) {
    const auto& bootargs = context.subjects[index].partition.bootargs;
    if (bootargs && bootargs->value.size() > bootargs_max) {
        report(bootargs->place, "bootargs has " + std::to_string(bootargs->value.size()) + " characters",
               "at most " + std::to_string(bootargs_max) + " are possible");
    }
}

constexpr Rule rules[] = {
    {"name.pattern", Severity::error, "partition names consist of a-z, 0-9 and '-' and begin with a letter",
     name_pattern},
    {"name.too-long", Severity::error, "partition names have at most 31 characters", name_too_long},
    {"name.reserved", Severity::error, "no partition is called dom0", name_reserved},
    {"name.duplicate",
     Severity::error,
     "every partition has its own name",
     name_duplicate,
     {"name.pattern", "name.too-long", "name.reserved"}},
    {"id.missing", Severity::error, "every partition has an id", id_missing},
    {"id.zero", Severity::error, "ids begin at 1", id_zero, {"id.missing"}},
    {"id.duplicate", Severity::error, "every partition has its own id", id_duplicate, {"id.missing", "id.zero"}},
    {"os.type", Severity::error, "os,type is linux, zephyr, freertos, baremetal or x-<vendor>", os_type},
    {"bootargs.too-long", Severity::error, "bootargs has at most 2047 characters", bootargs_too_long},
};

} // namespace

bool is_name(std::string_view name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-';
    });
}

std::string where(const PartitionSpec& partition) {
    const Place& place = partition.name.place;
    return quoted(partition.name.value) + " (" + file_name_of(place.file) +
           (place.line != 0 ? ":" + std::to_string(place.line) : std::string()) + ")";
}

bool is_missing(const PartitionSpec& partition, bool present, const Place& node, std::string_view property) {
    const auto& malformed = partition.malformed;
    return !present && std::none_of(malformed.begin(), malformed.end(), [&](const auto& known) {
        return known.first == node.node && known.second == property;
    });
}

std::span<const Rule> identity_rules() {
    return rules;
}

} // namespace amp
