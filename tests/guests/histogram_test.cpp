// SPDX-License-Identifier: GPL-2.0-only
// The control loop's histogram: bucket borders, extremes, percentiles.
extern "C" {
#include "control-loop/histogram.h"
}

#include <catch2/catch.hpp>

namespace {

unsigned filled_bucket(std::uint64_t ticks) {
    histogram h;
    histogram_clear(&h);
    histogram_add(&h, ticks);
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        if (h.bucket[i] == 1) {
            return i;
        }
    }
    return HISTOGRAM_BUCKETS;
}

}  // namespace

TEST_CASE("a value lies in the bucket that its end says, and in no smaller one") {
    for (std::uint64_t ticks = 0; ticks < 100000; ticks++) {
        const unsigned bucket = filled_bucket(ticks);
        REQUIRE(bucket < HISTOGRAM_BUCKETS);
        REQUIRE(ticks <= histogram_bucket_end(bucket));
        REQUIRE((bucket == 0 || ticks > histogram_bucket_end(bucket - 1)));
    }
    CHECK(filled_bucket(UINT64_MAX) == HISTOGRAM_BUCKETS - 1);
}

TEST_CASE("buckets are at most a quarter wider than their values") {
    for (unsigned bucket = 8; bucket < HISTOGRAM_BUCKETS; bucket++) {
        const std::uint64_t first = histogram_bucket_end(bucket - 1) + 1;
        CHECK(histogram_bucket_end(bucket) - first + 1 <= first / 4);
    }
}

TEST_CASE("percentiles, minimum and maximum") {
    histogram h;
    histogram_clear(&h);
    CHECK(histogram_percentile(&h, 99) == 0);
    for (std::uint64_t ticks = 1; ticks <= 100; ticks++) {
        histogram_add(&h, ticks);
    }
    CHECK(h.min == 1);
    CHECK(h.max == 100);
    CHECK(h.sum == 5050);
    CHECK(histogram_percentile(&h, 100) == 100);
    CHECK(histogram_percentile(&h, 50) >= 50);
    CHECK(histogram_percentile(&h, 50) <= 63);
    CHECK(histogram_percentile(&h, 1) == 1);
}
