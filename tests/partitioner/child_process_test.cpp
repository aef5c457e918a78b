// SPDX-License-Identifier: GPL-2.0-only
#include "child_process.hpp"

#include <catch2/catch.hpp>

using namespace amp;

TEST_CASE("a child gets its input and its outputs are kept apart") {
    const Bytes input(300000, 'x'); // more than pipes hold: neither side may wait for the other
    const ChildResult result = run_child({"sh", "-c", "cat; echo oops >&2; exit 3"}, input);
    CHECK(result.exit_status == 3);
    CHECK(result.output == input);
    CHECK(result.errors == "oops\n");
}

TEST_CASE("a child may leave its input unread") {
    const ChildResult result = run_child({"true"}, Bytes(5000000, 'x'));
    CHECK(result.exit_status == 0);
}

TEST_CASE("a program that does not exist is an error") {
    const ChildResult result = run_child({"no-such-program-anywhere"}, {});
    CHECK(result.exit_status == 127);
    CHECK(result.errors.find("no-such-program-anywhere") != std::string::npos);
}

TEST_CASE("the end by a signal shows in the status") {
    CHECK(run_child({"sh", "-c", "kill -9 $$"}, {}).exit_status == 128 + 9);
}
