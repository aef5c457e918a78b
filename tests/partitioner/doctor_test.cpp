// SPDX-License-Identifier: GPL-2.0-only
#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

std::string errors(const Live& live, const Board& board) {
    std::string rules;
    for (const auto& finding : doctor(live, board)) {
        rules += finding.severity == Severity::error ? finding.rule + " " : "";
    }
    return rules;
}

} // namespace

TEST_CASE("a machine that serves gets notes only") {
    for (const unsigned gic : {2u, 3u}) {
        const auto findings = doctor(qemu_live(gic), qemu_board());
        CHECK_FALSE(findings.empty());
        CHECK(findings.error_count() == 0);
        CHECK(findings.warning_count() == 0);
    }
}

TEST_CASE("cores that 32-bit guests can't have are named") {
    Live live = qemu_live(3);
    live.cpus.at(2).compatible = "arm,cortex-a76";
    CHECK(text_of(doctor(live, qemu_board())).find("donated: 1, 2, 3; not to 32-bit guests: 2") != std::string::npos);
    CHECK(text_of(doctor(qemu_live(3), qemu_board())).find("32-bit") == std::string::npos);
}

TEST_CASE("every reason why a machine can't serve is found") {
    const Board board = qemu_board();
    Live live = qemu_live(3);
    live.psci_method = "hvc";
    CHECK(errors(live, board) == "doctor.psci ");
    live.psci_method = "";
    CHECK(errors(live, board) == "doctor.psci ");
    live = qemu_live(3);
    live.gic = {};
    CHECK(errors(live, board) == "doctor.gic ");
    live = qemu_live(2);
    live.gic.virtualization = false;
    CHECK(errors(live, board) == "doctor.gic ");
    live = qemu_live(3);
    live.bootargs = "quiet kvm-arm.mode=protected";
    CHECK(errors(live, board) == "doctor.protected-kvm ");
    live = qemu_live(3);
    live.available_memory = 10u << 20;
    CHECK(errors(live, board) == "doctor.memory ");
    live = qemu_live(3);
    live.cpus.resize(1);
    CHECK(errors(live, board) == "doctor.cores ");
}

TEST_CASE("without a board file doorbells are a guess, and said to be") {
    CHECK(doctor(qemu_live(3), generic_board()).warning_count() == 1);
}
