// SPDX-License-Identifier: GPL-2.0-only
#include "dom0.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace amp::e2e;

namespace {

const Paths paths{.source = AMP_SOURCE_DIR, .arm64 = "/build", .logs = "/logs"};

}  // namespace

TEST_CASE("paths in file entries are replaced, unknown ones refused") {
    CHECK(replace_paths("${arm64}/guests/*.elf:/x/", paths) == "/build/guests/*.elf:/x/");
    CHECK(replace_paths("${foreign}/guest-rt/Image", paths) == AMP_SOURCE_DIR "/build/foreign/guest-rt/Image");
    CHECK_THROWS_AS(replace_paths("${home}/x", paths), ConfigError);
    CHECK_THROWS_AS(replace_paths("${arm64", paths), ConfigError);
}

TEST_CASE("the shell text exports the variables, quoted, before the script") {
    Scenario scenario;
    scenario.variables = {{"TEXT", "it's"}};
    scenario.script = "main.sh";
    scenario.commands = "echo end";
    CHECK(guest_shell(scenario) == "cd /e2e\nexport TEXT='it'\\''s'\n. ./lib.sh\n. ./main.sh\necho end");
}

TEST_CASE("a pattern into a folder adds each file under its own name") {
    Scenario scenario;
    scenario.machine.kernel = "6.1";
    scenario.files = {"${source}/tests/e2e/runner/dom0.*pp:/f/"};
    const auto arguments = dom0_arguments(scenario, paths);
    CHECK(std::count(arguments.begin(), arguments.end(), AMP_SOURCE_DIR "/tests/e2e/runner/dom0.hpp:/f/dom0.hpp") == 1);
    CHECK(std::count(arguments.begin(), arguments.end(), AMP_SOURCE_DIR "/tests/e2e/runner/dom0.cpp:/f/dom0.cpp") == 1);
    CHECK(arguments[1] == "--kernel");
    CHECK(arguments[2] == "6.1");
    CHECK(arguments[arguments.size() - 2] == "--");
}

TEST_CASE("further arguments for QEMU are handed on, their paths replaced") {
    Scenario scenario;
    scenario.machine.qemu = {"-dtb", "${arm64}/board.dtb"};
    const auto arguments = dom0_arguments(scenario, paths);
    const auto first = std::find(arguments.begin(), arguments.end(), "--qemu-arg");
    REQUIRE(arguments.end() - first > 4);
    CHECK(std::vector<std::string>(first, first + 4) ==
          std::vector<std::string>{"--qemu-arg", "-dtb", "--qemu-arg", "/build/board.dtb"});
}

TEST_CASE("dom0 gets the guests' images where the scenario wants them") {
    Scenario scenario;
    const auto count = [&] {
        const auto arguments = dom0_arguments(scenario, paths);
        return std::count(arguments.begin(), arguments.end(), "--images");
    };
    CHECK(count() == 0);
    scenario.machine.images = true;
    CHECK(count() == 1);
}

TEST_CASE("a file that does not exist is an error, not a run without it") {
    Scenario scenario;
    scenario.files = {"${source}/no-such-file"};
    CHECK_THROWS_AS(dom0_arguments(scenario, paths), ConfigError);
}
