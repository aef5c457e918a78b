// SPDX-License-Identifier: GPL-2.0-only
#include "description_source.hpp"

#include <catch2/catch.hpp>

#include "fdt_tree.hpp"
#include "support/fake_disk.hpp"
#include "support/golden.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("everything knows its line and column") {
    const auto tree = read_description(bytes_of("/dts-v1/;\n/ {\n  node {\n    first = <1>; second =\n      \"a;}{/* "
                                                "b\";\n    label: sub { };\n  };\n};\n"),
                                       "dir/x.dts");
    REQUIRE(text_of(tree.diagnostics) == "");
    const TreeNode* node = tree.value.find("/node");
    REQUIRE(node != nullptr);
    CHECK(node->place.file == "dir/x.dts");
    CHECK(node->place.line == 3);
    CHECK(node->place.column == 3);
    CHECK(node->place.node == "/node");
    const Place second = node->property("second")->place;
    CHECK(second.line == 4);
    CHECK(second.column == 18);
    CHECK(second.property == "second");
    CHECK(second.source_line == "    first = <1>; second =");
    const Place sub = node->child("sub")->place;
    CHECK(sub.line == 6);
    CHECK(sub.column == 12);
}

TEST_CASE("a node written in pieces and a deleted one do not confuse the places") {
    const auto tree = read_description(bytes_of("/dts-v1/;\n/ {\n  a: node { x = <1>; };\n  gone { };\n};\n&a {\n  y = "
                                                "<2>;\n};\n/ { /delete-node/ gone; };\n"),
                                       "x.dts");
    REQUIRE(text_of(tree.diagnostics) == "");
    CHECK(tree.value.find("/gone") == nullptr);
    CHECK(tree.value.find("/node")->property("x")->place.line == 3);
    CHECK(tree.value.find("/node")->property("y")->place.line == 7);
}

TEST_CASE("dtc's complaints become diagnostics with places") {
    const auto tree = read_description(bytes_of("/dts-v1/;\n/ {\n  a = <1> <2>;\n};\n"), "x.dts");
    REQUIRE(tree.diagnostics.error_count() == 1);
    const Diagnostic first = *tree.diagnostics.begin();
    CHECK(first.rule == "spec.syntax");
    CHECK(first.place.file == "x.dts");
    CHECK(first.place.line == 3);
}

TEST_CASE("duplicates that dtc reports by name are errors, too") {
    const auto tree = read_description(bytes_of("/dts-v1/;\n/ {\n  a { };\n  a { x = <1>; x = <2>; };\n};\n"), "x.dts");
    CHECK(text_of(tree.diagnostics).find("x.dts:") != std::string::npos);
    CHECK(tree.diagnostics.has_errors());
}

TEST_CASE("a blob is read without lines") {
    TreeNode root;
    root.path = "/";
    root.add("node").set_cells("x", {1});
    const auto tree = read_description(write_dtb(root), "x.dtb");
    REQUIRE(tree.ok());
    const Place place = tree.value.find("/node")->property("x")->place;
    CHECK(place.file == "x.dtb");
    CHECK(place.line == 0);
    CHECK(place.node == "/node");
    CHECK(place.property == "x");
}

TEST_CASE("binary rubbish is no description") {
    CHECK_FALSE(read_description(Bytes{0, 1, 2, 3}, "x").ok());
    CHECK_FALSE(read_description(Bytes{}, "x").ok());
}
