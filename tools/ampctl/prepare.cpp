// SPDX-License-Identifier: GPL-2.0-only
// Uses the partitioner library for everything that is policy.
#include "prepare.hpp"

#include "machine.hpp"
#include "selection.hpp"

#include <fmt/format.h>

namespace amp::ctl {

std::string diagnostic_counts(const Diagnostics& diagnostics) {
    const std::size_t errors = diagnostics.error_count();
    const std::size_t warnings = diagnostics.warning_count();
    return fmt::format("{} error{}, {} warning{}", errors, errors == 1 ? "" : "s", warnings, warnings == 1 ? "" : "s");
}

void print_diagnostics(std::ostream& out, const Diagnostics& diagnostics) {
    for (const Diagnostic& diagnostic : diagnostics) {
        const std::string text = amp::format(diagnostic);
        out << text << (text.ends_with('\n') ? "" : "\n");
    }
}

bool is_description(const Context& context, const std::string& word) {
    return word.ends_with(".dts") || word.ends_with(".dtb") || word.find('/') != std::string::npos ||
           (context.disk.exists(word) && !context.disk.is_directory(word));
}

Outcome<Descriptions> read_and_check(Context& context, const std::vector<std::string>& files) {
    Descriptions result;
    for (const std::string& file : files)
        if (!context.disk.exists(file))
            return Err{
                Error{ExitStatus::not_found, fmt::format("no file \"{}\"", file), "give the path of a .dts or .dtb"}};
    auto world = make_world(context, result.diagnostics);
    if (!world)
        return Err{world.error()};
    result.world = std::move(*world);
    for (const std::string& file : files) {
        auto spec = load_spec(context.disk, file);
        result.diagnostics.append(std::move(spec.diagnostics));
        result.specs.push_back(std::move(spec.value));
    }
    result.diagnostics.append(amp::check(result.specs, result.world, context.disk));
    result.diagnostics.sort();
    return result;
}

Outcome<std::vector<Plan>> make_plans(Context& context, const std::vector<std::string>& files) {
    auto descriptions = read_and_check(context, files);
    if (!descriptions)
        return Err{descriptions.error()};
    if (!descriptions->world.live && !descriptions->diagnostics.has_errors())
        return Err{no_device_tree()};
    if (!descriptions->diagnostics.has_errors()) {
        auto plans = amp::plan(descriptions->specs, descriptions->world, context.disk);
        descriptions->diagnostics.append(std::move(plans.diagnostics));
        if (!descriptions->diagnostics.has_errors()) {
            print_diagnostics(context.err, descriptions->diagnostics);
            return std::move(plans.value);
        }
    }
    print_diagnostics(context.err, descriptions->diagnostics);
    return Err{Error{ExitStatus::description, diagnostic_counts(descriptions->diagnostics), "nothing was done"}};
}

} // namespace amp::ctl
