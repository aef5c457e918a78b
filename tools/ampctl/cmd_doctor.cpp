// SPDX-License-Identifier: GPL-2.0-only
// ampctl doctor: can this machine serve, and what to do where it can't.
#include "command.hpp"
#include "doctor_checks.hpp"
#include "machine.hpp"
#include "output.hpp"

#include <amp/partitioner/live.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace amp::ctl {
namespace {

constexpr std::string_view rule_prefix = "doctor.";

Finding from_diagnostic(const Diagnostic& diagnostic) {
    const std::string_view rule = diagnostic.rule;
    return {std::string(rule.starts_with(rule_prefix) ? rule.substr(rule_prefix.size()) : rule), diagnostic.severity,
            diagnostic.message, diagnostic.hint};
}

Outcome<std::vector<Finding>> examine(Context& context) {
    // With --live another machine is looked at: then nothing here matters.
    std::vector<Finding> findings = context.args.has("--live") ? std::vector<Finding>() : check_host(context);
    Diagnostics diagnostics;
    const auto live = read_live(context, diagnostics);
    if (!live)
        return Err{live.error()};
    const auto board = read_board(context, *live, diagnostics);
    if (!board)
        return Err{board.error()};
    if (*live)
        diagnostics.append(doctor(**live, *board));
    else
        findings.push_back({"device-tree", Severity::error, no_device_tree().message, no_device_tree().remedy});
    std::transform(diagnostics.begin(), diagnostics.end(), std::back_inserter(findings), from_diagnostic);
    return findings;
}

std::string_view level_text(Severity severity) {
    switch (severity) {
    case Severity::note: return "ok";
    case Severity::warning: return "warn";
    case Severity::error: break;
    }
    return "FAIL";
}

std::string findings_json(const std::vector<Finding>& findings, bool serves) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Finding& finding : findings)
        list.push_back({{"subject", finding.subject},
                        {"level", level_text(finding.severity)},
                        {"text", finding.text},
                        {"remedy", finding.remedy}});
    const nlohmann::ordered_json json{{"serves", serves}, {"findings", std::move(list)}};
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void print_findings(std::ostream& out, const std::vector<Finding>& findings, bool serves) {
    std::size_t width = 0;
    for (const Finding& finding : findings)
        width = std::max(width, finding.subject.size());
    for (const Finding& finding : findings) {
        out << fmt::format("{:<4}  {:<{}}  {}\n", level_text(finding.severity), finding.subject, width,
                           printable(finding.text));
        if (!finding.remedy.empty())
            out << fmt::format("      {:<{}}  -> {}\n", "", width, printable(finding.remedy));
    }
    out << (serves ? "this machine can run partitions\n" : "this machine can't run partitions yet: see FAIL above\n");
}

Outcome<ExitStatus> run(Context& context) {
    const auto findings = examine(context);
    if (!findings)
        return Err{findings.error()};
    const bool serves = std::none_of(findings->begin(), findings->end(),
                                     [](const Finding& finding) { return finding.severity == Severity::error; });
    if (context.json())
        context.out << findings_json(*findings, serves) << '\n';
    else
        print_findings(context.out, *findings, serves);
    return serves ? ExitStatus::ok : ExitStatus::machine;
}

constexpr Option options[] = {board_option, live_option, json_option};

} // namespace

constinit const Command doctor_command{
    "doctor",
    "tell whether this machine can run partitions",
    {},
    options,
    run,
    "Each line is ok, warn or FAIL; where there is something to do, the next line says what. Status 3 with\n"
    "a FAIL. With --live only that device tree is looked at, not this machine."};

} // namespace amp::ctl
