// SPDX-License-Identifier: GPL-2.0-only
#include "text.hpp"

#include <catch2/catch.hpp>

using namespace amp;

TEST_CASE("sizes are told in the largest unit that divides them") {
    CHECK(size_text(16u << 20) == "16 MiB");
    CHECK(size_text(0x1800) == "6 KiB");
    CHECK(size_text(1000) == "1000 bytes");
    CHECK(size_text(0) == "0 bytes");
}

TEST_CASE("the nearest name is offered only where it is near") {
    static constexpr std::string_view names[] = {"amp,cores", "amp,image", "memory"};
    CHECK(nearest("amp,core", names) == "amp,cores");
    CHECK(nearest("memroy", names) == "memory");
    CHECK_FALSE(nearest("colour", names));
    CHECK_FALSE(nearest("", names));
}

TEST_CASE("paths") {
    CHECK(directory_of("a/b.dts") == "a");
    CHECK(directory_of("b.dts") == ".");
    CHECK(directory_of("/b.dts") == "/");
    CHECK(path_join(".", "x") == "x");
    CHECK(path_join("/", "x") == "/x");
    CHECK(path_join("a", "/x") == "/x");
}

TEST_CASE("numbers are taken whole or not at all") {
    CHECK(parse_number("0x10") == 16u);
    CHECK(parse_number("10") == 10u);
    CHECK_FALSE(parse_number("10k"));
    CHECK_FALSE(parse_number(""));
    CHECK_FALSE(parse_number("0x"));
    CHECK_FALSE(parse_number("-1"));
    CHECK_FALSE(parse_number("18446744073709551616"));
}

TEST_CASE("lines and words") {
    CHECK(lines_of("a\n\nb") == std::vector<std::string>{"a", "", "b"});
    CHECK(words_of("  a \t b\r") == std::vector<std::string>{"a", "b"});
    CHECK(words_of(" ").empty());
}
