// SPDX-License-Identifier: GPL-2.0-only
// The network device on a real TAP in a network namespace of the test's own, where the test may make one (root); packets are sent
// and seen by a packet socket on the TAP, as dom0's network would.
#include "support/back_end_bench.hpp"
#include "support/ram.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>

using namespace amp::test;
using amp::virtio::OwnedFd;

namespace {

constexpr unsigned receive = 0, transmit = 1;
constexpr std::size_t header_bytes = 12;
constexpr std::uint64_t mergeable = 1u << 15, mac_feature = 1u << 5, csum = 1, tso4 = 1u << 7, guest_csum = 2;
const nlohmann::json net = {{"name", "net0"}, {"type", "net"}, {"backend", "tap:ampt0"}, {"mac", "52:54:00:12:34:56"}, {"mtu", 1500}};

// Those that this machine has.
std::vector<nlohmann::json> all_kinds() {
    nlohmann::json vhost = net;
    vhost["backend"] = "vhost-net:ampt0";
    std::vector<nlohmann::json> kinds{net};
    if (::access("/dev/vhost-net", R_OK | W_OK) == 0)
        kinds.push_back(vhost);
    else
        WARN("no /dev/vhost-net: not tried with it");
    return kinds;
}

// Once for the process: a namespace with nothing in it.
bool have_network() {
    static const bool have = ::unshare(CLONE_NEWNET) == 0 && ::access("/dev/net/tun", R_OK | W_OK) == 0;
    if (!have)
        WARN("no network namespace or no /dev/net/tun: not tried");
    return have;
}

class Wire {
public:
    Wire() : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL))) {
        sockaddr_ll address{};
        address.sll_family = AF_PACKET;
        address.sll_protocol = htons(ETH_P_ALL);
        address.sll_ifindex = static_cast<int>(::if_nametoindex("ampt0"));
        REQUIRE(address.sll_ifindex > 0);
        REQUIRE(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    }
    bool send(const std::string& packet) const { return ::send(socket_.get(), packet.data(), packet.size(), 0) > 0; }
    // The next packet of our type; the kernel sends some of its own.
    std::string next(FakeModule& module) const {
        std::string packet;
        CHECK(module.until([&] {
            char bytes[70000];
            const ssize_t size = ::recv(socket_.get(), bytes, sizeof(bytes), 0);
            packet.assign(bytes, size > 0 ? static_cast<std::size_t>(size) : 0);
            return packet.size() > 14 && packet.compare(12, 2, "\x88\xb5") == 0;
        }));
        return packet;
    }

private:
    OwnedFd socket_;
};

// EtherType 0x88b5 is for local experiments.
std::string packet_of(std::size_t payload, char fill) {
    return std::string("\x52\x54\x00\x12\x34\x56\x52\x54\x00\x00\x00\x01\x88\xb5", 14) + std::string(payload, fill);
}

void transmit_packet(GuestDevice& guest, const std::string& packet) {
    std::memset(guest.buffer(transmit), 0, header_bytes);
    std::memcpy(guest.buffer(transmit, header_bytes), packet.data(), packet.size());
    guest.add(transmit, {{guest.buffer_gpa(transmit), static_cast<std::uint32_t>(header_bytes + packet.size()), false}});
    guest.kick(transmit);
    guest.wait_used(transmit);
}

bool is_ours(const std::string& packet) { return packet.size() > 14 && packet.compare(12, 2, "\x88\xb5") == 0; }

// The next packet of our type that the guest gets: put together from as many buffers as its header says.
std::string receive_packet(GuestDevice& guest, std::map<std::uint16_t, unsigned>& slots, std::uint32_t bytes) {
    for (;;) {
        std::string all;
        unsigned buffers = 1;
        for (unsigned i = 0; i < buffers; ++i) {
            const Used used = guest.wait_used(receive);
            const std::byte* at = guest.buffer(receive, 0x800u * slots.at(used.head));
            all.append(reinterpret_cast<const char*>(at), used.written);
            if (i == 0)
                buffers = static_cast<unsigned char>(all.at(10)) | static_cast<unsigned>(static_cast<unsigned char>(all.at(11))) << 8;
            const unsigned slot = slots.at(used.head);
            slots[guest.add(receive, {{guest.buffer_gpa(receive, 0x800u * slot), bytes, true}})] = slot;
        }
        guest.kick(receive);
        const std::string packet = all.substr(header_bytes);
        if (is_ours(packet))
            return packet;
    }
}

std::map<std::uint16_t, unsigned> offer_slots(GuestDevice& guest, unsigned count, std::uint32_t bytes) {
    std::map<std::uint16_t, unsigned> slots;
    for (unsigned i = 0; i < count; ++i)
        slots[guest.add(receive, {{guest.buffer_gpa(receive, 0x800u * i), bytes, true}})] = i;
    guest.kick(receive);
    return slots;
}

} // namespace

TEST_CASE("Packets go both ways, with and without mergeable buffers, also after a worker's death") {
    if (!have_network())
        return;
    const nlohmann::json kind = GENERATE(from_range(all_kinds()));
    INFO(kind.at("backend"));
    BackEndBench bench(Devices{kind});
    bench.begin();
    const Wire wire;
    GuestDevice guest(*bench.module, 0);
    for (const std::uint64_t features : {mergeable | mac_feature, mac_feature}) {
        guest.probe(features | all_features_of_queues, 2);
        CHECK(bench.module->read(0, 0x100, 1) == 0x52);
        CHECK(bench.module->read(0, 0x105, 1) == 0x56);
        CHECK(bench.module->read(0, 0x106, 2) == 1);    // link up
        CHECK(bench.module->read(0, 0x10a, 2) == 1500); // MTU
        auto slots = offer_slots(guest, 60, 2000);
        for (int round = 0; round < 3; ++round) {
            transmit_packet(guest, packet_of(100, 't'));
            CHECK(wire.next(*bench.module) == packet_of(100, 't'));
            REQUIRE(wire.send(packet_of(1500, 'r')));
            CHECK(receive_packet(guest, slots, 2000) == packet_of(1500, 'r'));
            if (round == 1)
                bench.crash_worker();
        }
    }
}

TEST_CASE("A packet longer than a buffer takes several") {
    if (!have_network())
        return;
    const nlohmann::json kind = GENERATE(from_range(all_kinds()));
    INFO(kind.at("backend"));
    BackEndBench bench(Devices{kind});
    bench.begin();
    const Wire wire;
    GuestDevice guest(*bench.module, 0);
    guest.probe(mergeable, 2);
    // 60 of 100 bytes hold less than the longest possible packet: the way through our own buffer. The other is in the test above.
    auto slots = offer_slots(guest, 60, 100);
    for (int i = 0; i < 20; ++i) {
        REQUIRE(wire.send(packet_of(1000u + static_cast<unsigned>(i), static_cast<char>('a' + i))));
        CHECK(receive_packet(guest, slots, 100) == packet_of(1000u + static_cast<unsigned>(i), static_cast<char>('a' + i)));
    }
}

TEST_CASE("Packets wait for a guest that gives no buffers") {
    if (!have_network())
        return;
    const nlohmann::json kind = GENERATE(from_range(all_kinds()));
    INFO(kind.at("backend"));
    BackEndBench bench(Devices{kind});
    bench.begin();
    const Wire wire;
    GuestDevice guest(*bench.module, 0);
    guest.probe(mergeable, 2);
    for (int i = 0; i < 5; ++i)
        REQUIRE(wire.send(packet_of(200, static_cast<char>('0' + i))));
    auto slots = offer_slots(guest, 60, 2000);
    for (int i = 0; i < 5; ++i)
        CHECK(receive_packet(guest, slots, 2000) == packet_of(200, static_cast<char>('0' + i)));
}

TEST_CASE("What a guest sends that is no packet is lost, and nothing else") {
    if (!have_network())
        return;
    BackEndBench bench(Devices{net});
    bench.begin();
    const Wire wire;
    GuestDevice guest(*bench.module, 0);
    guest.probe(mergeable | csum | tso4 | guest_csum, 2);
    Random random(11);
    for (int i = 0; i < 200; ++i) {
        const std::uint32_t bytes = 1 + random.below(300);
        for (std::uint32_t at = 0; at < bytes; ++at)
            *guest.buffer(transmit, at) = static_cast<std::byte>(random.below(256));
        guest.add(transmit, {{guest.buffer_gpa(transmit), bytes, i % 7 == 0}});
        guest.kick(transmit);
        guest.wait_used(transmit);
    }
    transmit_packet(guest, packet_of(64, 'k'));
    CHECK(wire.next(*bench.module).substr(0, 78) == packet_of(64, 'k'));
    CHECK(bench.status().at("restarts") == 0);
}

TEST_CASE("Features that need others are refused without them") {
    if (!have_network())
        return;
    BackEndBench bench(Devices{net});
    bench.begin();
    FakeModule& module = *bench.module;
    module.write(0, 0x70, 3);
    module.write(0, 0x24, 1);
    module.write(0, 0x20, 1);
    module.write(0, 0x24, 0);
    module.write(0, 0x20, tso4);
    module.write(0, 0x70, 11);
    CHECK(module.read(0, 0x70) == 3);
}

TEST_CASE("The interface is there as long as its back end, whichever worker serves it") {
    if (!have_network())
        return;
    {
        BackEndBench bench(Devices{net});
        bench.begin();
        const unsigned interface = ::if_nametoindex("ampt0");
        CHECK(interface != 0);
        bench.crash_worker();
        CHECK(::if_nametoindex("ampt0") == interface);
        // A second partition can't have it.
        BackEndBench other(Devices{net});
        const Launched launched = other.launch();
        CHECK(launched.status == 1);
        CHECK(launched.errors == "amp-virtio: error: net0: TAP ampt0: Device or resource busy; another process has it\n");
    }
    CHECK(::if_nametoindex("ampt0") == 0);
}

TEST_CASE("Without vhost-net the message tells what to do") {
    if (!have_network())
        return;
    if (::access("/dev/vhost-net", F_OK) == 0) {
        WARN("/dev/vhost-net is there: not tried");
        return;
    }
    nlohmann::json vhost = net;
    vhost["backend"] = "vhost-net:ampt0";
    BackEndBench bench(Devices{vhost});
    const Launched launched = bench.launch();
    CHECK(launched.status == 1);
    CHECK(launched.errors == "amp-virtio: error: net0: /dev/vhost-net: No such file or directory; modprobe vhost_net; or use the back "
                             "end tap:ampt0, which needs no vhost\n");
}
