// SPDX-License-Identifier: GPL-2.0-only
// Command line and files of a run; process.cpp does the waiting.
#include "dom0.hpp"

#include <fmt/format.h>
#include <glob.h>

#include <fstream>
#include <iterator>

#include "process.hpp"

namespace amp::e2e {
namespace {

constexpr const char* guest_folder = "/e2e";
// dom0 has a time limit of its own; this much later its process group is ended from here.
constexpr int grace_s = 30;

std::string shell_quote(const std::string& text) {
    std::string out = "'";
    for (const char c : text) {
        out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return out + "'";
}

// "pattern" or "pattern:/path/in/dom0" (a path that ends in / is a folder).
std::vector<std::string> expand_file(const std::string& entry) {
    const auto colon = entry.find(':');
    const auto pattern = entry.substr(0, colon);
    const auto target = colon == std::string::npos ? std::string() : entry.substr(colon + 1);
    glob_t found{};
    const int error = ::glob(pattern.c_str(), 0, nullptr, &found);
    std::vector<std::string> out;
    for (size_t i = 0; error == 0 && i < found.gl_pathc; ++i) {
        const std::filesystem::path path = found.gl_pathv[i];
        const bool folder = target.ends_with('/');
        out.push_back(path.string() + (target.empty() ? "" : ":" + target) + (folder ? path.filename().string() : ""));
    }
    ::globfree(&found);
    if (out.empty()) {
        throw ConfigError(fmt::format("no such file: {}", pattern));
    }
    return out;
}

Run run_logged(const std::vector<std::string>& arguments, const std::filesystem::path& file, int timeout_s) {
    const auto ended = run_process(arguments, file, timeout_s + grace_s);
    std::ifstream stream(file, std::ios::binary);
    std::string log{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    return {.status = ended.timed_out ? status_of_time_out : ended.status, .seconds = ended.seconds, .log = std::move(log)};
}

}  // namespace

std::string replace_paths(const std::string& text, const Paths& paths) {
    const std::map<std::string, std::string> known = {{"source", paths.source.string()},
                                                      {"arm64", paths.arm64.string()},
                                                      {"foreign", (paths.source / "build/foreign").string()}};
    std::string out;
    size_t position = 0;
    for (auto start = text.find("${"); start != std::string::npos; start = text.find("${", position)) {
        const auto end = text.find('}', start);
        const auto name = end == std::string::npos ? std::string() : text.substr(start + 2, end - start - 2);
        if (!known.contains(name)) {
            throw ConfigError(fmt::format("'{}': only ${{source}}, ${{arm64}} and ${{foreign}} are known", text));
        }
        out += text.substr(position, start - position) + known.at(name);
        position = end + 1;
    }
    return out + text.substr(position);
}

std::string guest_shell(const Scenario& scenario) {
    std::string shell = fmt::format("cd {}\n", guest_folder);
    for (const auto& [name, value] : scenario.variables) {
        shell += fmt::format("export {}={}\n", name, shell_quote(value));
    }
    shell += ". ./lib.sh\n";
    if (!scenario.script.empty()) {
        shell += fmt::format(". ./{}\n", scenario.script);
    }
    return shell + scenario.commands;
}

std::vector<std::string> dom0_arguments(const Scenario& scenario, const Paths& paths) {
    const auto& machine = scenario.machine;
    std::vector<std::string> out = {(paths.source / "tests/e2e/dom0").string(),
                                    "--kernel", machine.kernel,
                                    "--cpu", machine.cpu,
                                    "--gic", std::to_string(machine.gic),
                                    "--smp", std::to_string(machine.smp),
                                    "--mem", std::to_string(machine.memory_mib),
                                    "--timeout", std::to_string(scenario.timeout_s)};
    if (!machine.append.empty()) {
        out.insert(out.end(), {"--append", machine.append});
    }
    if (!machine.reserve.empty()) {
        out.insert(out.end(), {"--reserve", machine.reserve});
    }
    if (machine.images) {
        out.emplace_back("--images");
    }
    for (const auto& argument : machine.qemu) {
        out.insert(out.end(), {"--qemu-arg", replace_paths(argument, paths)});
    }
    auto files = scenario.files;
    files.push_back(fmt::format("${{source}}/tests/e2e/scenarios/*:{}/", guest_folder));
    for (const auto& file : files) {
        for (auto& expanded : expand_file(replace_paths(file, paths))) {
            out.insert(out.end(), {"--add", std::move(expanded)});
        }
    }
    out.insert(out.end(), {"--", guest_shell(scenario)});
    return out;
}

Run run_scenario(const Scenario& scenario, const Paths& paths) {
    const auto folder = paths.logs / scenario.name;
    std::filesystem::create_directories(folder);
    Run run = run_logged(dom0_arguments(scenario, paths), folder / "console.log", scenario.timeout_s);
    if (run.status == scenario.status && !scenario.host.empty()) {
        const Run host = run_logged({(paths.source / "tests/e2e" / scenario.host).string(), paths.arm64.string()},
                                    folder / "host.log", scenario.timeout_s);
        run.status = host.status;
        run.seconds += host.seconds;
        run.log += host.log;
    }
    return run;
}

}  // namespace amp::e2e
