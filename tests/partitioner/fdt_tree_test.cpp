// SPDX-License-Identifier: GPL-2.0-only
#include "fdt_tree.hpp"

#include <catch2/catch.hpp>

using namespace amp;

namespace {

TreeNode sample() {
    TreeNode root;
    root.path = "/";
    root.set_cells("#address-cells", {2});
    TreeNode& child = root.add("child@1");
    child.set_u64s("reg", {0x123456789abcull, 0x1000});
    child.set_texts("compatible", {"a,b", "c,d"});
    child.set("flag");
    child.add("deep").set_text("label", "x");
    return root;
}

} // namespace

TEST_CASE("a tree survives the way through a blob") {
    const Bytes blob = write_dtb(sample());
    REQUIRE(is_dtb(blob));
    const auto read = parse_dtb(blob);
    REQUIRE(read);
    const TreeNode* child = read->find("/child@1");
    REQUIRE(child != nullptr);
    CHECK(child->path == "/child@1");
    CHECK(read_cells(*child->property("reg")->cells(), 0, 2) == 0x123456789abcull);
    CHECK(child->texts("compatible") == std::vector<std::string>{"a,b", "c,d"});
    CHECK(child->property("flag")->value.empty());
    CHECK(child->is_compatible("c,d"));
    CHECK(read->find("/child@1/deep")->text("label") == "x");
    CHECK(read->find("/nothing") == nullptr);
}

TEST_CASE("large trees fit as well") {
    TreeNode root;
    root.path = "/";
    for (int i = 0; i < 1000; ++i) {
        root.add("node" + std::to_string(i)).set_text("label", std::string(100, 'x'));
    }
    const auto read = parse_dtb(write_dtb(root));
    REQUIRE(read);
    CHECK(read->children.size() == 1000);
}

TEST_CASE("every truncated blob and every blob with one wrong byte is refused or read, never worse") {
    const Bytes good = write_dtb(sample());
    for (std::size_t size = 0; size < good.size(); ++size) {
        CHECK_FALSE(parse_dtb(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
    }
    std::size_t refused = 0;
    for (std::size_t i = 0; i < good.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            Bytes wrong = good;
            wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ flip);
            refused += parse_dtb(wrong) ? 0u : 1u;
        }
    }
    CHECK(refused > 100);
}

TEST_CASE("a tree nested too deeply is refused") {
    TreeNode root;
    root.path = "/";
    TreeNode* node = &root;
    for (int i = 0; i < 200; ++i) {
        node = &node->add("n");
    }
    CHECK_FALSE(parse_dtb(write_dtb(root)));
}

TEST_CASE("properties are read as what they are") {
    TreeNode node;
    node.properties.push_back({"odd", Bytes{1, 2, 3}, {}});
    node.properties.push_back({"open", Bytes{'a', 'b'}, {}});
    node.set_cells("three", {1, 2, 3});
    CHECK_FALSE(node.property("odd")->cells());
    CHECK_FALSE(node.property("odd")->strings());
    CHECK_FALSE(node.property("open")->strings());
    CHECK_FALSE(node.property("three")->number());
    CHECK(node.cell("three", 9) == 9);
    CHECK(node.text("open", "other") == "other");
    CHECK_FALSE(read_cells({1, 2}, 1, 2));
    CHECK_FALSE(read_cells({1, 2}, 0, 3));
}
