// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/board.hpp"

#include <catch2/catch.hpp>

#include "support/fake_disk.hpp"
#include "support/golden.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("a board file is read whole") {
    FakeDisk disk;
    disk.write("b.yaml",
               std::string("name: Board\ncompatible: [\"v,b\", v,c]\ndoorbell-spis: [100, 0x70-0x72]\nkeep-cpus: [1]\n"
                           "memory-margin-mib: 128\n"));
    const auto board = load_board(disk, "b.yaml");
    REQUIRE(text_of(board.diagnostics) == "");
    CHECK(board.value.name == "Board");
    CHECK(board.value.compatible == std::vector<std::string>{"v,b", "v", "c"});
    CHECK(board.value.doorbell_spis == std::vector<Irq>{Irq(100), Irq(0x70), Irq(0x71), Irq(0x72)});
    CHECK(board.value.keep_cpus == std::vector<CpuId>{CpuId(1)});
    CHECK(board.value.memory_margin == 128u << 20);
}

TEST_CASE("the board is picked by the machine's most specific string") {
    FakeDisk disk;
    disk.write("boards/one.yaml", std::string("name: One\ncompatible: [\"vendor,soc\"]\n"));
    disk.write("boards/two.yaml", std::string("name: Two\ncompatible: [\"vendor,board\"]\n"));
    disk.write("boards/bad.yaml", std::string("name: Bad\n"));
    disk.write("boards/README", std::string("no board"));
    const auto boards = load_boards(disk, "boards");
    CHECK(boards.value.size() == 2);
    CHECK(boards.diagnostics.error_count() == 1);
    CHECK(pick_board(boards.value, {"vendor,board", "vendor,soc"}).name == "Two");
    CHECK(pick_board(boards.value, {"vendor,other-board", "vendor,soc"}).name == "One");
    CHECK(pick_board(boards.value, {"other,board"}).name == "generic");
}

TEST_CASE("any rubbish as a board file gives errors, never an exception") {
    for (const std::string text :
         {"", "[]", "- a\n- b\n", "{", "a: [b", "\t- x", "? [a]\n: b\n", "name: *unknown\n", "name: {a: b}\n", "42\n",
          "compatible: [[a]]\nname: x\n", "%YAML 9.9\n---\nname: x\n"}) {
        FakeDisk disk;
        disk.write("b.yaml", text);
        INFO(text);
        CHECK_FALSE(load_board(disk, "b.yaml").ok());
    }
}
