// SPDX-License-Identifier: GPL-2.0-only
// ampctl version: of ampctl, and of the module where it is loaded.
#include "command.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace amp::ctl {
namespace {

Outcome<ExitStatus> run(Context& context) {
    const auto info = context.device.info();
    if (context.json()) {
        nlohmann::ordered_json json{{"ampctl", AMP_VERSION},
                                    {"abi", fmt::format("{}.{}", AMP_ABI_MAJOR, AMP_ABI_MINOR)}};
        if (info)
            json["module_abi"] = fmt::format("{}.{}", info->abi_major, info->abi_minor);
        context.out << json.dump(2) << '\n';
        return ExitStatus::ok;
    }
    context.out << fmt::format("ampctl {}, ABI {}.{}\n", AMP_VERSION, AMP_ABI_MAJOR, AMP_ABI_MINOR);
    context.out << (info ? fmt::format("module loaded, ABI {}.{}\n", info->abi_major, info->abi_minor)
                         : std::string("module not loaded, or not accessible\n"));
    return ExitStatus::ok;
}

constexpr Option options[] = {json_option};

} // namespace

constinit const Command version_command{"version", "version of ampctl and of the loaded module", {}, options, run};

} // namespace amp::ctl
