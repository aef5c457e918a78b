// SPDX-License-Identifier: GPL-2.0-only
// The guest library finds /chosen/bootargs in a flattened tree, and nothing where there is none.
extern "C" {
#include "lib/src/internal.h"
}

#include <string>

#include <catch2/catch.hpp>

namespace {

// Just enough of a writer: header, structure block, strings block.
class Tree {
public:
    void begin(const std::string& name) {
        word(1);
        text(name);
    }
    void end() { word(2); }
    void property(const std::string& name, const std::string& value) {
        word(3);
        word(static_cast<std::uint32_t>(value.size() + 1));
        word(static_cast<std::uint32_t>(strings_.size()));
        strings_ += name + '\0';
        text(value);
    }
    std::string finish() {
        word(9);
        const std::string body = std::move(bytes_);
        bytes_.clear();
        const std::uint32_t header[] = {0xd00dfeed, static_cast<std::uint32_t>(40 + body.size() + strings_.size()),
                                        40, static_cast<std::uint32_t>(40 + body.size()), 0, 17, 16, 0, 0, 0};
        for (const std::uint32_t value : header) {
            word(value);
        }
        return bytes_ + body + strings_;
    }

private:
    void word(std::uint32_t value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            bytes_ += static_cast<char>(value >> shift);
        }
    }
    void text(const std::string& value) {
        bytes_ += value + '\0';
        bytes_.resize((bytes_.size() + 3) / 4 * 4);
    }

    std::string bytes_, strings_;
};

}  // namespace

TEST_CASE("boot arguments are found in /chosen only") {
    Tree tree;
    tree.begin("");
    tree.property("model", "machine");
    tree.begin("cpus");
    tree.property("bootargs", "wrong node");
    tree.begin("chosen");
    tree.property("bootargs", "wrong depth");
    tree.end();
    tree.end();
    tree.begin("chosen");
    tree.property("stdout-path", "/pl011");
    tree.property("bootargs", "hz=500 stay");
    tree.end();
    tree.end();
    const std::string blob = tree.finish();
    REQUIRE(amp_fdt_bootargs(blob.data()) != nullptr);
    CHECK(std::string(amp_fdt_bootargs(blob.data())) == "hz=500 stay");
}

TEST_CASE("no tree, no boot arguments") {
    Tree tree;
    tree.begin("");
    tree.begin("chosen");
    tree.end();
    tree.end();
    CHECK(amp_fdt_bootargs(tree.finish().data()) == nullptr);
    CHECK(amp_fdt_bootargs(nullptr) == nullptr);
    const std::string zeroes(64, '\0');
    CHECK(amp_fdt_bootargs(zeroes.data()) == nullptr);
}
