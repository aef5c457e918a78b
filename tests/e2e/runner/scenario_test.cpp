// SPDX-License-Identifier: GPL-2.0-only
#include "scenario.hpp"

#include <catch2/catch.hpp>

using namespace amp::e2e;

namespace {

const std::string minimal = R"(
defaults: {kernel: "6.12", cpu: cortex-a72, timeout: 30, must_not_appear: ["WARNING:", "Oops"]}
scenarios:
  - {name: one, group: main, commands: "true", must_appear: [done]}
)";

std::string with(const std::string& entry) {
    return "defaults: {kernel: '6.1', cpu: max, must_not_appear: ['WARNING:', 'Oops']}\nscenarios:\n  - {" + entry + "}\n";
}

std::string message_of(const std::string& text) {
    try {
        read_scenarios(text, Length::test);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace

TEST_CASE("an entry takes what it does not say from the defaults") {
    const auto all = read_scenarios(minimal, Length::test);
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "one");
    CHECK(all[0].machine.kernel == "6.12");
    CHECK(all[0].machine.gic == 3);
    CHECK(all[0].timeout_s == 30);
    CHECK(all[0].must_not_appear == std::vector<std::string>{"WARNING:", "Oops"});
}

TEST_CASE("the guests' images are there only where an entry asks for them") {
    const auto text = [](const std::string& more) { return with("name: m, group: g, commands: x, must_appear: [y]" + more); };
    CHECK_FALSE(read_scenarios(text(""), Length::test)[0].machine.images);
    CHECK(read_scenarios(text(", images: true"), Length::test)[0].machine.images);
    CHECK_THROWS_AS(read_scenarios(text(", images: some"), Length::test), ConfigError);
}

TEST_CASE("a matrix becomes one scenario for each combination, each named after it") {
    const auto all = read_scenarios(
        with("name: m, group: main, commands: x, must_appear: [y], matrix: {kernel: ['6.1', '6.12'], gic: [2, 3]}"),
        Length::test);
    REQUIRE(all.size() == 4);
    CHECK(all[0].name == "m-6.1-max-gic2");
    CHECK(all[3].name == "m-6.12-max-gic3");
    CHECK(all[3].machine.gic == 3);
}

TEST_CASE("repetition counts depend on the length of the run") {
    const auto text = with("name: m, group: g, commands: x, must_appear: [y], variables: {N: {test: 2, soak: 9}, A: b}");
    CHECK(read_scenarios(text, Length::test)[0].variables.at("N") == "2");
    CHECK(read_scenarios(text, Length::soak)[0].variables.at("N") == "9");
    CHECK(read_scenarios(text, Length::soak)[0].variables.at("A") == "b");
}

TEST_CASE("may_appear takes a default away and must_not_appear adds one") {
    const auto all = read_scenarios(
        with("name: m, group: g, commands: x, must_appear: [y], may_appear: ['Oops'], must_not_appear: [z]"), Length::test);
    CHECK(all[0].must_not_appear == std::vector<std::string>{"WARNING:", "z"});
}

TEST_CASE("what is wrong in the list is said with its line") {
    CHECK(message_of(with("name: m, group: g, commands: x, must_apear: [y]")) == "line 3: unknown key 'must_apear'");
    CHECK(message_of(with("name: m, group: g, commands: x")) == "line 3: scenario 'm' expects nothing: give must_appear");
    CHECK(message_of(with("name: m, group: g, must_appear: [y]")) ==
          "line 3: scenario 'm' does nothing: give script or commands");
    CHECK(message_of(with("name: m, commands: x, must_appear: [y]")) == "line 3: a scenario needs a name and a group");
    CHECK(message_of(with("name: m, group: g, commands: x, must_appear: [y], timeout: soon")) ==
          "line 3: 'timeout' has the wrong type");
    CHECK(message_of(with("name: m, group: g, commands: x, must_appear: [y], variables: {N: {test: 1}}")) ==
          "line 3: 'N' needs both a test and a soak value");
    CHECK(message_of(with("name: m, group: g, commands: x, must_appear: [y], may_appear: [q]")) ==
          "line 3: 'q' is not among the defaults' must_not_appear");
    CHECK(message_of("scenarios: [").starts_with("line "));
}

TEST_CASE("two scenarios of one name would share a log, so they are refused") {
    const std::string entry = "{name: m, group: g, commands: x, must_appear: [y]}";
    CHECK(message_of("scenarios: [" + entry + ", " + entry + "]") == "two scenarios are called 'm'");
}

TEST_CASE("groups and filters narrow the selection") {
    const auto all = read_scenarios("scenarios: [{name: ab, group: g, commands: x, must_appear: [y]},"
                                    " {name: cd, group: h, commands: x, must_appear: [y]}]",
                                    Length::test);
    CHECK(select(all, {}).size() == 2);
    CHECK(select(all, {.groups = {"h"}, .filters = {}})[0].name == "cd");
    CHECK(select(all, {.groups = {}, .filters = {"b", "zz"}})[0].name == "ab");
    CHECK(select(all, {.groups = {"g"}, .filters = {"c"}}).empty());
}
