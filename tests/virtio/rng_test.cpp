// SPDX-License-Identifier: GPL-2.0-only
// The entropy device, and with it all that every device shares: access, kick, interrupt, restart.
#include "support/back_end_bench.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace amp::test;

namespace {

const nlohmann::json rng = {{"name", "rng0"}, {"type", "rng"}, {"backend", "getrandom"}};

bool is_zero(const std::byte* from, std::size_t bytes) {
    return std::all_of(from, from + bytes, [](std::byte b) { return b == std::byte{0}; });
}

} // namespace

TEST_CASE("A guest gets random bytes, as many as it has room for") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    guest.probe(all_features_of_queues, 1);
    guest.add(0, {{guest.buffer_gpa(0), 100, true}, {guest.buffer_gpa(0, 200), 100, true}});
    guest.add(0, {{guest.buffer_gpa(0, 400), 64, true}});
    guest.kick(0);
    CHECK(guest.wait_used(0).written == 200);
    CHECK(guest.wait_used(0).written == 64);
    CHECK_FALSE(is_zero(guest.buffer(0), 100));
    CHECK_FALSE(is_zero(guest.buffer(0, 200), 100));
    CHECK(is_zero(guest.buffer(0, 100), 100)); // between the two
    CHECK_FALSE(std::equal(guest.buffer(0), guest.buffer(0) + 64, guest.buffer(0, 400)));
}

TEST_CASE("A buffer to read gets nothing, a huge one a part; neither stops the queue") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    guest.probe(0, 1);
    guest.add(0, {{guest.buffer_gpa(0), 64, false}});
    guest.add(0, {{guest.buffer_gpa(0), 0x30000, true}});
    guest.add(0, {{guest.buffer_gpa(0), 16, true}});
    guest.kick(0);
    CHECK(guest.wait_used(0).written == 0);
    CHECK(guest.wait_used(0).written == 4096);
    CHECK(guest.wait_used(0).written == 16);
}

TEST_CASE("A guest does not notice that its worker was killed") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    guest.probe(all_features_of_queues, 1);
    for (int round = 0; round < 3; ++round) {
        guest.add(0, {{guest.buffer_gpa(0), 32, true}});
        guest.kick(0);
        CHECK(guest.wait_used(0).written == 32);
        bench.crash_worker();
        CHECK(guest.status() == 15);
    }
    CHECK(bench.status().at("restarts") == 3);
    CHECK(bench.status().at("devices").at(0).at("driver-ok") == true);
}

TEST_CASE("The next run of the partition finds a device that was reset") {
    BackEndBench bench(Devices{rng});
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    guest.probe(0, 1);
    REQUIRE(bench.module->start());
    CHECK(guest.status() == 0);
    guest.probe(0, 1);
    guest.add(0, {{guest.buffer_gpa(0), 32, true}});
    guest.kick(0);
    CHECK(guest.wait_used(0).written == 32);
}
