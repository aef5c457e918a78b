// SPDX-License-Identifier: GPL-2.0-only
#include "console_history.hpp"

#include "support/bench.hpp"

#include <catch2/catch.hpp>

using namespace amp::ctl;

namespace {

const std::string booted = "[    0.000000] Booting Linux on physical CPU 0x0000000000\r\n";
const std::string panicked = "[    9.1] Kernel panic - not syncing: Attempted to kill init!\r\n";
const std::string ended = "[    9.2] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---\r\n";

} // namespace

TEST_CASE("a kernel's panic is told with its reason") {
    CHECK(linux_panic(booted + panicked + ended) == "Kernel panic - not syncing: Attempted to kill init!");
    CHECK(linux_panic(ended) == "Kernel panic - not syncing: Attempted to kill init!");
}

TEST_CASE("a kernel that runs, or that booted again since, has not panicked") {
    CHECK_FALSE(linux_panic(""));
    CHECK_FALSE(linux_panic(booted));
    CHECK_FALSE(linux_panic(booted + panicked + ended + booted));
}

TEST_CASE("a line that the guest has not finished yet is taken as far as it goes") {
    CHECK(linux_panic("Kernel panic - not syncing: Att") == "Kernel panic - not syncing: Att");
}

TEST_CASE("status shows the panic of a guest that runs on") {
    test::Bench bench;
    auto& guest = bench.device.add("tux", 1, AMP_STATE_RUNNING, 3);
    guest.console = booted + panicked;
    const auto shown = bench.run("status tux");
    CHECK(shown.out.find("panic") != std::string::npos);
    CHECK(shown.out.find("Attempted to kill init!") != std::string::npos);
    CHECK(bench.run("status tux --json").out.find("\"panic\": \"Kernel panic - not syncing: Attempted") != std::string::npos);
    guest.console += booted;
    CHECK(bench.run("status tux").out.find("panic") == std::string::npos);
}
