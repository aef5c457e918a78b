// SPDX-License-Identifier: GPL-2.0-only
// Names to handles.
#include "selection.hpp"

#include "explain.hpp"
#include "nearest.hpp"

#include <cerrno>
#include <fmt/format.h>

namespace amp::ctl {
namespace {

Outcome<std::vector<std::string>> names_in_use(Context& context) {
    const auto entries = context.device.list();
    if (!entries)
        return Err{explain(entries.error(), "list partitions")};
    std::vector<std::string> names;
    for (const amp_list_entry& entry : *entries)
        names.emplace_back(name_of(entry.name));
    return names;
}

Error no_such_partition(const std::string& name, const std::vector<std::string>& existing) {
    std::string remedy = "none exists; `ampctl create FILE` makes one";
    if (const auto guess = nearest(name, existing))
        remedy = fmt::format("did you mean \"{}\"?", *guess);
    else if (!existing.empty())
        remedy = fmt::format("there {} {}", existing.size() == 1 ? "is" : "are", fmt::join(existing, ", "));
    return {ExitStatus::not_found, fmt::format("no partition \"{}\"", name), remedy};
}

} // namespace

Outcome<Selected> select_one(Context& context, const std::string& name) {
    auto partition = context.device.open(name);
    if (!partition) {
        // EINVAL: no partition can have such a name.
        const bool unknown = partition.error().number == ENOENT || partition.error().number == EINVAL;
        if (!unknown || partition.error().place == CallPlace::device)
            return Err{explain(partition.error(), fmt::format("open partition {}", name))};
        const auto existing = names_in_use(context);
        return Err{existing ? no_such_partition(name, *existing) : existing.error()};
    }
    const auto query = (*partition)->query();
    if (!query)
        return Err{explain(query.error(), fmt::format("ask for the state of {}", name))};
    return Selected{name, std::move(*partition), *query, std::nullopt, std::nullopt};
}

Outcome<std::vector<Selected>> select_all(Context& context) {
    const auto names = names_in_use(context);
    if (!names)
        return Err{names.error()};
    std::vector<Selected> result;
    for (const std::string& name : *names) {
        auto selected = select_one(context, name);
        if (selected)
            result.push_back(std::move(*selected));
        else if (selected.error().status != ExitStatus::not_found)
            return Err{selected.error()};
    }
    return result;
}

Outcome<std::vector<Selected>> select(Context& context, std::size_t place, bool default_all) {
    const auto& names = context.args.list(place);
    if (context.args.has("--all") && !names.empty())
        return Err{Error{ExitStatus::usage, "names and --all contradict each other", "give one of them"}};
    if (context.args.has("--all") || (names.empty() && default_all))
        return select_all(context);
    if (names.empty())
        return Err{
            Error{ExitStatus::usage, "no partition named", "give names or --all; `ampctl list` shows what there is"}};
    std::vector<Selected> result;
    for (const std::string& name : names) {
        auto selected = select_one(context, name);
        if (!selected)
            return Err{selected.error()};
        result.push_back(std::move(*selected));
    }
    return result;
}

std::vector<std::string> channels_of(const Context& context, const std::string& partition) {
    const std::string prefix = fmt::format("amp-{}-", partition);
    std::vector<std::string> channels;
    for (const std::string& node : context.disk.list("/dev"))
        if (node.starts_with(prefix) && node.substr(prefix.size()) != "console")
            channels.push_back(node.substr(prefix.size()));
    return channels;
}

Outcome<FileDescriptor> open_channel(Context& context, const std::string& partition, const std::string& channel) {
    auto node = context.device.open_node(partition, channel);
    if (node)
        return std::move(*node);
    if (node.error().number != ENOENT)
        return Err{explain(node.error(), fmt::format("open channel {} of {}", channel, partition))};
    const auto channels = channels_of(context, partition);
    std::string remedy = "it has none towards dom0";
    if (const auto guess = nearest(channel, channels))
        remedy = fmt::format("did you mean \"{}\"?", *guess);
    else if (!channels.empty())
        remedy = fmt::format("it has {}", fmt::join(channels, ", "));
    if (channel == "console")
        return Err{Error{ExitStatus::not_found, fmt::format("{} has no console", partition),
                         "add `amp,console;` to its description"}};
    return Err{
        Error{ExitStatus::not_found, fmt::format("{} has no channel \"{}\" to dom0", partition, channel), remedy}};
}

} // namespace amp::ctl
