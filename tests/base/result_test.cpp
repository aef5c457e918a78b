// SPDX-License-Identifier: GPL-2.0-only
#include "amp/base/result.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <string>

using amp::Err;
using amp::Result;

namespace {

using Number = Result<int, std::string>;

Number half(const int& value) {
    if (value % 2 != 0) {
        return Err{std::string("odd")};
    }
    return value / 2;
}

} // namespace

TEST_CASE("a result holds a value or an error") {
    const Number good = 4;
    REQUIRE(good);
    CHECK(*good == 4);
    CHECK(good.value_or(7) == 4);

    const Number bad = Err{std::string("why")};
    REQUIRE_FALSE(bad.has_value());
    CHECK(bad.error() == "why");
    CHECK(bad.value_or(7) == 7);
}

TEST_CASE("map and and_then pass errors on") {
    CHECK(*half(12).and_then(half) == 3);
    CHECK(half(6).and_then(half).error() == "odd");
    CHECK(*half(6).map([](const int& n) { return n + 0.5; }) == 3.5);
    CHECK(half(5).map([](const int& n) { return n + 0.5; }).error() == "odd");
}

TEST_CASE("assignment between value and error destroys what was there") {
    using Shared = Result<std::shared_ptr<int>, std::string>;
    const auto counted = std::make_shared<int>(1);
    Shared result = counted;
    CHECK(counted.use_count() == 2);
    result = Shared(Err{std::string("gone")});
    CHECK(counted.use_count() == 1);
    CHECK(result.error() == "gone");
    result = Shared(counted);
    CHECK(counted.use_count() == 2);
}

TEST_CASE("values that can only be moved come out by move") {
    Result<std::unique_ptr<int>, int> result = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = *std::move(result);
    CHECK(*taken == 5);
}
