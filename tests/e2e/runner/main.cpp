// SPDX-License-Identifier: GPL-2.0-only
// amp-e2e: runs the scenarios of runs.yaml, each in a dom0 of its own. `make test` and `make soak` call it; ctest does not,
// because it takes minutes and needs QEMU and the kernels.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

#include "dom0.hpp"
#include "report.hpp"
#include "scenario.hpp"
#include "verdict.hpp"

namespace {

using namespace amp::e2e;

constexpr size_t tail_lines = 40;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

struct Options {
    Paths paths{.source = AMP_SOURCE_DIR, .arm64 = AMP_SOURCE_DIR "/build/arm64", .logs = AMP_SOURCE_DIR "/build/e2e"};
    std::string runs = AMP_SOURCE_DIR "/tests/e2e/runs.yaml";
    std::string junit;
    Selection selection;
    unsigned jobs = 1;
    bool list = false;
    bool soak = false;
};

void describe(CLI::App& app, Options& options) {
    app.add_flag("--list", options.list, "Print the selected scenarios and run none");
    app.add_option("--group", options.selection.groups, "Only scenarios of this group");
    app.add_option("--filter", options.selection.filters, "Only scenarios whose name contains this");
    app.add_option("--jobs", options.jobs, "Scenarios at a time")->check(CLI::Range(1u, 64u));
    app.add_flag("--soak", options.soak, "The long repetition counts");
    app.add_option("--runs", options.runs, "The list of scenarios")->check(CLI::ExistingFile);
    app.add_option("--arm64", options.paths.arm64, "Build folder of the target's programs");
    app.add_option("--logs", options.paths.logs, "Where <scenario>/console.log goes");
    app.add_option("--junit", options.junit, "Also write a JUnit file");
}

std::string read_file(const std::string& name) {
    std::ifstream stream(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Outcome run_one(const Scenario& scenario, const Paths& paths) {
    Outcome outcome{.name = scenario.name, .reason = {}, .log_tail = {}, .figures = {}, .seconds = 0};
    try {
        const auto run = run_scenario(scenario, paths);
        outcome.reason = judge(scenario, run.status, run.log);
        outcome.log_tail = tail(run.log, tail_lines);
        outcome.figures = figures(run.log);
        outcome.seconds = run.seconds;
    } catch (const std::exception& error) {
        outcome.reason = error.what();
    }
    return outcome;
}

void run_all(const std::vector<Scenario>& scenarios, const Options& options, Report& report) {
    std::atomic<size_t> next = 0;
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < options.jobs; ++i) {
        workers.emplace_back([&] {
            for (size_t index = next++; index < scenarios.size(); index = next++) {
                report.add(run_one(scenarios[index], options.paths));
            }
        });
    }
}

int run(const Options& options) {
    const auto length = options.soak ? Length::soak : Length::test;
    const auto scenarios = select(read_scenarios(read_file(options.runs), length), options.selection);
    if (scenarios.empty()) {
        fmt::print(stderr, "no scenario matches; --list shows all\n");
        return exit_usage;
    }
    if (options.list) {
        for (const auto& scenario : scenarios) {
            fmt::print("{:8} {}\n", scenario.group, scenario.name);
        }
        return 0;
    }
    Report report(scenarios.size());
    run_all(scenarios, options, report);
    if (!options.junit.empty()) {
        report.write_junit(options.junit);
    }
    return report.finish() ? 0 : exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"Runs the end-to-end scenarios: each boots a stock kernel in QEMU and is judged by its console"};
    Options options;
    describe(app, options);
    CLI11_PARSE(app, argc, argv);
    try {
        return run(options);
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", options.runs, error.what());
        return exit_usage;
    }
}
