// SPDX-License-Identifier: GPL-2.0-only
// The guest library's formatted output, against the host's snprintf where both know the format.
#include "amp/guest/console.h"

#include <cstdio>
#include <string>

#include <catch2/catch.hpp>

static std::string console;

extern "C" void amp_console_write(const char* text, size_t length) {
    console.append(text, length);
}

#define CHECK_AS_HOST(...)                                                                     \
    do {                                                                                       \
        char ours[200], host[200];                                                             \
        const std::size_t length = amp_snprintf(ours, sizeof(ours), __VA_ARGS__);              \
        CHECK(length == static_cast<std::size_t>(std::snprintf(host, sizeof(host), __VA_ARGS__))); \
        CHECK(std::string(ours) == host);                                                      \
    } while (false)

TEST_CASE("formats mean what they mean elsewhere") {
    CHECK_AS_HOST("plain");
    CHECK_AS_HOST("%d %i %u", -5, 7, 4000000000u);
    CHECK_AS_HOST("%d", -2147483647 - 1);
    CHECK_AS_HOST("%ld %lu %lld", -9223372036854775807L - 1, 18446744073709551615UL, -1LL);
    CHECK_AS_HOST("%x %lx %08x %016lx", 0xabcdu, 0x123456789abcdefUL, 0x1fu, 0xffUL);
    CHECK_AS_HOST("[%5d] [%-5d] [%05d]", 42, 42, 42);
    CHECK_AS_HOST("[%s] [%8s] [%-8s]", "ab", "ab", "ab");
    CHECK_AS_HOST("%c%c %%", 'o', 'k');
    CHECK_AS_HOST("%zu", std::size_t{77});
}

TEST_CASE("output is cut to the buffer, terminated, and its full length told") {
    char buffer[5] = "zzzz";
    CHECK(amp_snprintf(buffer, sizeof(buffer), "%s", "abcdefgh") == 8);
    CHECK(std::string(buffer) == "abcd");
    CHECK(amp_snprintf(buffer, 0, "xyz") == 3);
    CHECK(std::string(buffer) == "abcd");
}

TEST_CASE("reports count what failed") {
    console.clear();
    amp_report(true, "one is %d", 1);
    amp_report(false, "two");
    CHECK(amp_report_end() == 1);
    CHECK(console == "PASS: one is 1\nFAIL: two\nFAIL: 1 passed, 1 failed\n");
}
