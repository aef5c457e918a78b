// SPDX-License-Identifier: GPL-2.0-only
// The network device of a vhost-user back end, a double that gives each frame back: frames both ways, what is offered to the guest and
// said to the back end, deaths on either side, and a back end that refuses or hangs up.
#include "support/back_end_bench.hpp"
#include "support/network_double.hpp"

#include <catch2/catch.hpp>
#include <cstring>

using namespace amp::test;

namespace {

constexpr unsigned receive = 0, transmit = 1, slots = 40;
constexpr std::size_t header_bytes = 12;
constexpr std::uint64_t csum = 1, guest_csum = 2, mtu = 1u << 3, mac = 1u << 5, guest_tso4 = 1u << 7, host_tso4 = 1u << 11,
                        host_ecn = 1u << 13, mergeable = 1u << 15, status = 1u << 16, control_queue = 1u << 17,
                        pairs = 1u << 22, protocol_features = 1u << 30, version_1 = std::uint64_t{1} << 32,
                        packed = std::uint64_t{1} << 34;
constexpr std::uint64_t everything = ~std::uint64_t{0};
constexpr std::uint32_t request_memory = 5, request_base = 11, request_mtu = 20;

Devices devices_on(const std::string& socket) {
    return {{{"name", "net0"}, {"type", "net"}, {"backend", "vhost-user:" + socket}, {"mac", "52:54:00:12:34:56"}, {"mtu", 1400}}};
}

struct Network {
    Network() : bench(devices_on(directory.path("socket"))), back_end(directory.path("socket")) {}

    void begin() {
        bench.begin();
        guest = std::make_unique<GuestDevice>(*bench.module, 0);
    }
    void probe(std::uint64_t wanted = everything) {
        guest->probe(wanted, 2);
        places.clear();
        for (unsigned i = 0; i < slots; ++i)
            offer(i);
        guest->kick(receive);
    }
    void offer(unsigned place) { places[guest->add(receive, {{guest->buffer_gpa(receive, 0x800u * place), 2000, true}})] = place; }
    void send(const std::string& frame) {
        std::memset(guest->buffer(transmit), 0, header_bytes);
        std::memcpy(guest->buffer(transmit, header_bytes), frame.data(), frame.size());
        const auto size = static_cast<std::uint32_t>(frame.size());
        // The header by itself, the frame in two pieces.
        guest->add(transmit, {{guest->buffer_gpa(transmit), header_bytes, false},
                              {guest->buffer_gpa(transmit, header_bytes), 20, false},
                              {guest->buffer_gpa(transmit, header_bytes + 20), size - 20, false}});
        guest->kick(transmit);
    }
    std::string next() {
        const Used used = guest->wait_used(receive);
        const unsigned place = places.at(used.head);
        const auto* bytes = reinterpret_cast<const char*>(guest->buffer(receive, 0x800u * place));
        const std::string all(bytes, used.written);
        CHECK(all.substr(0, header_bytes) == std::string("\0\0\0\0\0\0\0\0\0\0\1\0", header_bytes));
        offer(place);
        guest->kick(receive);
        return all.substr(header_bytes);
    }
    // More than the rings have places, so that all of them come around.
    void exchange(unsigned frames) {
        for (unsigned i = 0; i < frames; ++i) {
            const std::string frame(60 + sent * 7 % 1400, static_cast<char>('a' + sent % 26));
            ++sent;
            send(frame);
            CHECK(next() == frame);
            guest->wait_used(transmit);
        }
    }
    bool is_content() { return !(guest->status() & amp::virtio::status::needs_reset); }
    bool log_has(const std::string& text) { return text_of(bench.run_path("virtio.log")).find(text) != std::string::npos; }

    TemporaryDirectory directory;
    BackEndBench bench;
    NetworkDouble back_end;
    std::unique_ptr<GuestDevice> guest;
    std::map<std::uint16_t, unsigned> places;
    unsigned sent = 0;
};

} // namespace

TEST_CASE("Frames go both ways, also after the driver's reset") {
    Network network;
    network.back_end.facts().offers |= mergeable;
    network.begin();
    for (const std::uint64_t features : {everything, everything & ~mergeable}) {
        network.probe(features);
        CHECK(network.bench.module->read(0, 0x100, 1) == 0x52);
        CHECK(network.bench.module->read(0, 0x105, 1) == 0x56);
        CHECK(network.bench.module->read(0, 0x106, 2) == 1);    // link up
        CHECK(network.bench.module->read(0, 0x10a, 2) == 1400); // MTU
        network.exchange(100);
        network.guest->reset();
    }
}

TEST_CASE("Workers and back ends die, and the frames go on in the same buffers") {
    Network network;
    network.begin();
    network.probe();
    network.exchange(70);
    network.bench.crash_worker();
    network.exchange(70);
    network.back_end.kill();
    network.send(std::string(100, 'z')); // waits for the next
    network.back_end.start();
    CHECK(network.next() == std::string(100, 'z'));
    network.guest->wait_used(transmit);
    network.exchange(70);
    CHECK(network.is_content());
    CHECK(network.back_end.facts().connections == 2); // a worker's death costs none
}

TEST_CASE("The guest is offered what both know, and the back end is told what it knows of the choice") {
    Network network;
    NetworkFacts& facts = network.back_end.facts();
    // The driver does not wait for what the back end is told.
    const auto is_told = [&](const auto& what) { return network.bench.module->until(what); };
    SECTION("offloads, one without the one that it needs") {
        facts.offers |= csum | host_tso4 | host_ecn | guest_tso4 | control_queue | pairs | packed;
        network.begin();
        CHECK((network.guest->offered() & 0xffffff) == (csum | host_tso4 | host_ecn | mac | mtu | status));
        CHECK_FALSE(network.guest->offered() & packed);
        network.probe(csum | mac | version_1);
        CHECK(is_told([&] { return facts.features == (csum | protocol_features | version_1); }));
        CHECK(facts.mtu == 0);
    }
    SECTION("congestion notification without segmentation") {
        facts.offers |= csum | guest_csum | host_ecn | mergeable;
        network.begin();
        CHECK((network.guest->offered() & 0xffffff) == (csum | guest_csum | mergeable | mac | mtu | status));
        network.probe();
        CHECK(is_told([&] { return facts.features == (csum | guest_csum | mergeable | protocol_features | version_1); }));
    }
    SECTION("a back end that knows of MTUs") {
        facts.offers |= mtu;
        network.begin();
        network.probe();
        CHECK(is_told([&] { return facts.features == (mtu | protocol_features | version_1); }));
        CHECK(facts.protocol == (1u << 3 | 1u << 4));
        CHECK(is_told([&] { return facts.mtu == 1400; }));
    }
    SECTION("one that can't be told") {
        facts.offers_protocol = 0;
        facts.refuses = request_mtu;
        network.begin();
        network.probe();
        CHECK(facts.mtu == 0);
    }
    network.exchange(3);
}

TEST_CASE("Features that need others are refused without them") {
    Network network;
    network.back_end.facts().offers |= csum | host_tso4;
    network.begin();
    FakeModule& module = *network.bench.module;
    module.write(0, 0x70, 3);
    module.write(0, 0x24, 1);
    module.write(0, 0x20, 1);
    module.write(0, 0x24, 0);
    module.write(0, 0x20, host_tso4);
    module.write(0, 0x70, 11);
    CHECK(module.read(0, 0x70) == 3);
}

TEST_CASE("A back end that can't serve is told before the partition starts") {
    Network network;
    SECTION("nobody listens") {
        network.back_end.kill();
        const Launched launched = network.bench.launch();
        CHECK(launched.status == 1);
        CHECK_THAT(launched.errors, Catch::Contains("net0") && Catch::Contains("start it before the partition"));
    }
    SECTION("its frames have the header of old drivers") {
        network.back_end.facts().offers = protocol_features | mergeable;
        const Launched launched = network.bench.launch();
        CHECK(launched.status == 1);
        CHECK_THAT(launched.errors, Catch::Contains("net0") && Catch::Contains("VERSION_1"));
    }
}

TEST_CASE("A back end that refuses is tried again, and serves the same driver when it does not refuse any more") {
    Network network;
    const std::uint32_t request = GENERATE(request_memory, request_mtu);
    network.begin();
    network.probe();
    network.exchange(3);
    const pid_t worker = network.bench.worker();
    network.back_end.kill();
    network.back_end.facts().refuses = request;
    network.back_end.start();
    const std::string said = "the vhost-user back end at " + network.directory.path("socket") + ": refuses (request " +
                             std::to_string(request) + ") with 22";
    CHECK(network.bench.module->until([&] { return network.log_has(said); }));
    network.back_end.facts().refuses = 0;
    network.exchange(3);
    CHECK(network.is_content());
    CHECK(network.bench.worker() == worker);
}

TEST_CASE("A back end hangs up in the middle of a start or a stop") {
    Network network;
    network.begin();
    network.probe();
    network.exchange(3);
    const pid_t worker = network.bench.worker();
    SECTION("of a stop") {
        network.back_end.facts().hangs_up_at = request_base;
        network.guest->reset();
    }
    SECTION("of a start") {
        network.back_end.facts().hangs_up_at = request_memory;
        network.guest->reset();
    }
    network.probe();
    network.exchange(3);
    CHECK(network.bench.module->until([&] { return network.back_end.facts().connections == 2; }));
    CHECK(network.is_content());
    CHECK(network.bench.worker() == worker);
}
