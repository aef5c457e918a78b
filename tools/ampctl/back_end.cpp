// SPDX-License-Identifier: GPL-2.0-only
// Files, process, module, in the order in which each needs the other.
#include "back_end.hpp"

#include "dispatch.hpp"
#include "explain.hpp"

#include <amp/partitioner/emit.hpp>

#include <charconv>
#include <fmt/format.h>

namespace amp::ctl {
namespace {

// Who unmaps a guest's memory last scrubs it, and many GiB take many seconds.
constexpr std::chrono::minutes end_limit{2};
constexpr std::size_t comm_max = 15; // proc(5), TASK_COMM_LEN

std::string first_line(const Context& context, const std::string& path) {
    const auto bytes = context.disk.read(path);
    if (!bytes)
        return "";
    const std::string text(bytes->begin(), bytes->end());
    return text.substr(0, text.find('\n'));
}

std::string last_word(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Error failed(const std::string& what, const std::string& why) {
    return {ExitStatus::machine, fmt::format("can't {}: {}", what, why), "is /run writable? run ampctl as root"};
}

Outcome<Done> wait_for_back_end(Context& context, const std::string& partition) {
    const auto process = back_end_process(context, partition);
    if (!process || context.host.wait_for_end(*process, end_limit))
        return Done{};
    return Err{Error{ExitStatus::machine,
                     fmt::format("the back end of {} does not end (process {})", partition, *process),
                     fmt::format("`kill {}`; {}/virtio.log tells what it does", *process, run_directory(partition))}};
}

Outcome<Done> end_back_end(Context& context, const std::string& partition) {
    const auto process = back_end_process(context, partition);
    if (!process)
        return Done{};
    if (const auto asked = context.host.ask_to_end(*process); !asked)
        return Err{failed(fmt::format("end the back end of {} (process {})", partition, *process), asked.error())};
    return wait_for_back_end(context, partition);
}

Outcome<Done> remove_files(Context& context, const std::string& partition) {
    const std::string directory = run_directory(partition);
    if (const auto removed = context.host.remove_directory(directory); !removed)
        return Err{failed("remove " + directory, removed.error())};
    return Done{};
}

Outcome<Done> write_config(Context& context, const Plan& plan) {
    const std::string directory = run_directory(plan.name);
    if (const auto made = context.host.make_directory(directory); !made)
        return Err{failed("make " + directory, made.error())};
    const std::string file = back_end_config(plan.name);
    if (const auto written = context.host.write_private(file, emit_virtio_config(plan)); !written)
        return Err{failed("write " + file, written.error())};
    return Done{};
}

} // namespace

std::string run_directory(const std::string& partition) { return "/run/amp/" + partition; }
std::string back_end_config(const std::string& partition) { return run_directory(partition) + "/virtio.json"; }

std::optional<pid_t> back_end_process(const Context& context, const std::string& partition) {
    const std::string text = first_line(context, run_directory(partition) + "/virtio.pid");
    pid_t process = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), process);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || process <= 1)
        return std::nullopt;
    const std::string comm = first_line(context, fmt::format("/proc/{}/comm", process));
    const std::string expected = last_word(context.host.back_end_program()).substr(0, comm_max);
    return comm == expected ? std::optional(process) : std::nullopt;
}

bool lacks_back_end(const Context& context, const std::string& partition) {
    return context.disk.exists(back_end_config(partition)) && !back_end_process(context, partition);
}

Outcome<bool> ensure_back_end(Context& context, const std::string& partition) {
    if (!lacks_back_end(context, partition))
        return false;
    const std::string program = context.host.back_end_program();
    context.out.flush();
    context.err.flush();
    const auto status = context.host.run_back_end(partition);
    if (!status)
        return Err{Error{ExitStatus::machine, fmt::format("can't run {}: {}", program, status.error()),
                         "install amp-virtio, or name it in the environment variable AMP_VIRTIO"}};
    if (*status != 0)
        return Err{Error{ExitStatus::machine,
                         fmt::format("can't start {}: its virtio devices are not served, {} ended with status {}", partition,
                                     program, *status),
                         "what it printed tells why"}};
    return true;
}

Outcome<Done> prepare_back_end(Context& context, const Plan& plan) {
    if (const auto forgotten = forget_back_end(context, plan.name); !forgotten)
        return Err{forgotten.error()};
    if (plan.virtio.empty())
        return Done{};
    const auto written = write_config(context, plan);
    if (!written) {
        if (const auto removed = remove_files(context, plan.name); !removed)
            print_error(context.err, removed.error());
        return Err{written.error()};
    }
    return Done{};
}

Outcome<Done> forget_back_end(Context& context, const std::string& partition) {
    if (!context.disk.exists(run_directory(partition)))
        return Done{};
    if (const auto ended = wait_for_back_end(context, partition); !ended)
        return Err{ended.error()};
    return remove_files(context, partition);
}

Outcome<std::uint64_t> start_partition(Context& context, const std::string& name, Partition& partition) {
    const auto ours = ensure_back_end(context, name);
    if (!ours)
        return Err{ours.error()};
    const auto started = partition.act(Action::start);
    if (started)
        return *started;
    if (*ours)
        if (const auto ended = end_back_end(context, name); !ended)
            print_error(context.err, ended.error());
    return Err{explain(started.error(), fmt::format("start {}", name))};
}

Outcome<std::uint64_t> destroy_partition(Context& context, const std::string& name, Partition& partition) {
    const auto destroyed = partition.act(Action::destroy);
    if (!destroyed)
        return Err{explain(destroyed.error(), fmt::format("destroy {}", name))};
    if (const auto forgotten = forget_back_end(context, name); !forgotten)
        return Err{forgotten.error()};
    return *destroyed;
}

} // namespace amp::ctl
