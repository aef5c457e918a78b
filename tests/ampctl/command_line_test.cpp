// SPDX-License-Identifier: GPL-2.0-only
#include "command_line.hpp"

#include "support/bench.hpp"

#include <catch2/catch.hpp>

using namespace amp::ctl;
using namespace amp::ctl::test;

TEST_CASE("no command, a misspelt one, an option before it") {
    Bench bench;
    CHECK(bench.run("").err == "ampctl: no command given; `ampctl help` lists them\n");
    CHECK(bench.run("statsu").err == "ampctl: no command \"statsu\"; did you mean \"status\"?\n");
    CHECK(bench.run("destr").err == "ampctl: no command \"destr\"; did you mean \"destroy\"?\n");
    CHECK(bench.run("xyzzy").err == "ampctl: no command \"xyzzy\"; `ampctl help` lists them\n");
    const Ran option = bench.run("--json list");
    CHECK(option.err == "ampctl: \"--json\" comes before a command; options follow the command: `ampctl help`\n");
    CHECK(option.status == ExitStatus::usage);
}

TEST_CASE("wrong options and arguments name the remedy") {
    Bench bench;
    CHECK(bench.run("list --jsno").err == "ampctl: list has no option \"--jsno\"; did you mean \"--json\"?\n");
    CHECK(bench.run("list motor").err == "ampctl: \"motor\" is one argument too many; see `ampctl help list`\n");
    CHECK(bench.run("console").err == "ampctl: NAME is missing; see `ampctl help console`\n");
    CHECK(bench.run("recv a b --count x").err ==
          "ampctl: --count takes a whole number from 1 to 999999999, not \"x\"; see `ampctl help recv`\n");
    for (const auto count : {"0", "-1", "1.5", "0x10", "1e3", "99999999999999999999"})
        CHECK(bench.run(std::vector<std::string>{"recv", "a", "b", "--count", count}).status == ExitStatus::usage);
    for (const auto seconds : {"-1", "nan", "inf", "1e400", "", " 3", "x"})
        CHECK(bench.run(std::vector<std::string>{"recv", "a", "b", "--timeout", seconds}).status == ExitStatus::usage);
    CHECK(bench.run("plan --live").err == "ampctl: --live lacks its value; see `ampctl help plan`\n");
    CHECK(bench.run(std::vector<std::string>{"plan", "a\n\x1b[31m.dts"}).err ==
          "ampctl: no file \"a\\x0a\\x1b[31m.dts\"; give the path of a .dts or .dtb\n");
    CHECK(bench.run("stop").err ==
          "ampctl: no partition named; give names or --all; `ampctl list` shows what there is\n");
    CHECK(bench.run("stop --all motor").status == ExitStatus::usage);
    CHECK(bench.run("assign x motor").err == "ampctl: \"x\" is not a core's number; give Linux's number, such as 3\n");
    CHECK(bench.run("help frob").status == ExitStatus::usage);
}

TEST_CASE("options take one value, wherever they stand; after -- nothing is an option") {
    const auto parse = [](std::vector<std::string> words) {
        auto line = parse_command_line(words);
        REQUIRE(line);
        return *line;
    };
    const CommandLine line = parse({"plan", "--board", "b.yaml", "one.dts", "--live=l.dtb", "two.dts", "--json"});
    CHECK(line.arguments.value("--board") == "b.yaml");
    CHECK(line.arguments.value("--live") == "l.dtb");
    CHECK(line.arguments.has("--json"));
    CHECK(line.arguments.list(0) == std::vector<std::string>{"one.dts", "two.dts"});
    const CommandLine message = parse({"send", "motor", "ctrl", "--", "--json"});
    CHECK(message.arguments.one(2) == "--json");
    CHECK(parse({"send", "motor", "ctrl", "-"}).arguments.one(2) == "-");
    CHECK(parse({"list", "--help"}).wants_help);
    CHECK(parse({"--help"}).command == &help_command);
}

TEST_CASE("help texts") {
    Bench bench;
    check_golden("help.txt", bench.run("help").out);
    std::string pages;
    for (const Command* command : all_commands())
        pages += bench.run("help " + std::string(command->name)).out + "\n";
    check_golden("help-commands.txt", pages);
    CHECK(bench.run("list --help").out == bench.run("help list").out);
}

TEST_CASE("the command reference has a section for every command, and every exit status") {
    const std::string reference = source_text("docs/ampctl.md");
    for (const Command* command : all_commands()) {
        INFO(command->name);
        CHECK(reference.find("`ampctl " + std::string(command->name)) != std::string::npos);
        for (const Option& option : command->options) {
            INFO(option.name);
            CHECK(reference.find(std::string(option.name)) != std::string::npos);
        }
    }
#define CHECK_STATUS(name, number, text) CHECK(reference.find("| " #number " | " text) != std::string::npos);
    AMP_CTL_EXIT_LIST(CHECK_STATUS)
#undef CHECK_STATUS
}
