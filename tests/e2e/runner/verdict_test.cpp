// SPDX-License-Identifier: GPL-2.0-only
#include "verdict.hpp"

#include <catch2/catch.hpp>

#include "process.hpp"

using namespace amp::e2e;

namespace {

Scenario expecting(std::vector<std::string> lines) {
    Scenario scenario;
    scenario.must_appear = std::move(lines);
    scenario.must_not_appear = {"WARNING:", "Oops"};
    scenario.timeout_s = 7;
    return scenario;
}

}  // namespace

TEST_CASE("all lines in order and the right status is a pass") {
    CHECK(judge(expecting({"^one$", "tw."}), 0, "zero\r\none\r\ntwo\r\n").empty());
}

TEST_CASE("a missing line is named") {
    CHECK(judge(expecting({"one", "three"}), 0, "one\ntwo\n") == "did not appear: /three/");
}

TEST_CASE("lines in the wrong order are told apart from missing ones") {
    CHECK(judge(expecting({"two", "one"}), 0, "one\ntwo\n") == "did not appear in this order: /one/");
}

TEST_CASE("one line can't serve two expectations") {
    CHECK(judge(expecting({"one", "one"}), 0, "one\n") == "did not appear in this order: /one/");
}

TEST_CASE("a forbidden line fails even a run that timed out, and is quoted") {
    CHECK(judge(expecting({"one"}), status_of_time_out, "one\n[ 1.0] WARNING: CPU: 1\r\n") ==
          "must not appear (/WARNING:/): [ 1.0] WARNING: CPU: 1");
}

TEST_CASE("a wrong exit status fails") {
    CHECK(judge(expecting({"one"}), 3, "one\n") == "exit status 3 in place of 0");
    CHECK(judge(expecting({"one"}), status_of_time_out, "one\n") == "timed out after 7 s");
}

TEST_CASE("a run that must fail fails when it succeeds") {
    auto scenario = expecting({"one"});
    scenario.status = 1;
    CHECK(judge(scenario, 0, "one\n") == "exit status 0 in place of 1");
    CHECK(judge(scenario, 1, "one\n").empty());
}

TEST_CASE("figures are the marked lines") {
    CHECK(figures("a\nfigure: size 5\r\nno figure: x\n") == std::vector<std::string>{"size 5"});
}

TEST_CASE("the tail is the last lines") {
    CHECK(tail("a\nb\nc\n", 2) == "    b\n    c\n");
    CHECK(tail("a\n", 2) == "    a\n");
}
