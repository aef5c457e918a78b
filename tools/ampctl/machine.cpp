// SPDX-License-Identifier: GPL-2.0-only
// Where each fact about the machine comes from.
#include "machine.hpp"

#include "selection.hpp"

#include <fmt/format.h>

namespace amp::ctl {
namespace {

constexpr const char* boards_directory = AMP_BOARDS_DIRECTORY;

Outcome<std::vector<ExistingPartition>> read_existing(Context& context) {
    std::vector<ExistingPartition> result;
    // Checking for another machine asks nothing of this one; neither does a machine without the module.
    if (context.args.has("--live") || !context.device.info())
        return result;
    const auto all = select_all(context);
    if (!all)
        return Err{all.error()};
    for (const Selected& one : *all)
        result.push_back({one.name, one.query.id,
                          one.query.cpu == AMP_NO_CPU ? std::nullopt : std::optional(CpuId(one.query.cpu)),
                          Irq(one.query.doorbell_intid)});
    return result;
}

} // namespace

Error no_device_tree() {
    return {ExitStatus::machine, "this machine has no device tree to plan for",
            "check, plan and doctor look at another machine's by --live DTB"};
}

Outcome<std::optional<Live>> read_live(Context& context, Diagnostics& diagnostics) {
    const auto file = context.args.value("--live");
    if (file && !context.disk.exists(*file))
        return Err{Error{ExitStatus::not_found, fmt::format("no file \"{}\"", *file),
                         "give the path of a device tree, such as a copy of the target's /sys/firmware/fdt"}};
    if (!file && !context.disk.is_directory(LivePaths{}.device_tree))
        return std::optional<Live>();
    auto live = file ? load_live_tree(context.disk, *file) : load_live(context.disk);
    diagnostics.append(std::move(live.diagnostics));
    return std::optional(std::move(live.value));
}

Outcome<Board> read_board(Context& context, const std::optional<Live>& live, Diagnostics& diagnostics) {
    if (const auto name = context.args.value("--board")) {
        const bool is_path = name->find('/') != std::string::npos || name->ends_with(".yaml");
        const std::string path = is_path ? *name : fmt::format("{}/{}.yaml", boards_directory, *name);
        if (!context.disk.exists(path))
            return Err{Error{ExitStatus::not_found, fmt::format("no board file \"{}\"", path),
                             fmt::format("installed boards are in {}", boards_directory)}};
        auto board = load_board(context.disk, path);
        diagnostics.append(std::move(board.diagnostics));
        return std::move(board.value);
    }
    auto boards = load_boards(context.disk, boards_directory);
    diagnostics.append(std::move(boards.diagnostics));
    return live ? pick_board(boards.value, live->compatible) : generic_board();
}

Outcome<World> make_world(Context& context, Diagnostics& diagnostics) {
    World world;
    auto live = read_live(context, diagnostics);
    if (!live)
        return Err{live.error()};
    world.live = std::move(*live);
    auto board = read_board(context, world.live, diagnostics);
    if (!board)
        return Err{board.error()};
    world.board = std::move(*board);
    // What is checked against half a machine would only mislead.
    if (diagnostics.has_errors()) {
        world.live.reset();
        world.board = generic_board();
    }
    auto existing = read_existing(context);
    if (!existing)
        return Err{existing.error()};
    world.existing = std::move(*existing);
    return world;
}

} // namespace amp::ctl
