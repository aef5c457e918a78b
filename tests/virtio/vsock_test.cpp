// SPDX-License-Identifier: GPL-2.0-only
// The socket device on the kernel's vhost-vsock: a connection of dom0 reaches the guest's queue; where a worker died, the guest
// hears that its connections are over.
#include "support/back_end_bench.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <linux/vm_sockets.h>
#include <sys/socket.h>

using namespace amp::test;
using amp::virtio::OwnedFd;

namespace {

constexpr unsigned receive = 0, event = 2;
constexpr std::uint32_t guest_cid = 4711, port = 1234;
const nlohmann::json vsock = {{"name", "vsock0"}, {"type", "vsock"}, {"backend", "vhost-vsock"}, {"cid", guest_cid}};

// virtio 1.2, 5.10.6
struct [[gnu::packed]] Header {
    std::uint64_t source_cid, destination_cid;
    std::uint32_t source_port, destination_port, length;
    std::uint16_t type, operation;
    std::uint32_t flags, credit, forward;
};
constexpr std::uint16_t operation_request = 1;

OwnedFd call_guest() {
    OwnedFd socket(::socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_vm address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = guest_cid;
    address.svm_port = port;
    CHECK(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0);
    CHECK(errno == EINPROGRESS);
    return socket;
}

} // namespace

TEST_CASE("A connection from dom0 reaches the guest; a worker's death ends it with notice") {
    BackEndBench bench(Devices{vsock});
    if (::access("/dev/vhost-vsock", F_OK) != 0) {
        const Launched launched = bench.launch();
        CHECK(launched.status == 1);
        CHECK(launched.errors ==
              "amp-virtio: error: vsock0: /dev/vhost-vsock: No such file or directory; modprobe vhost_vsock\n");
        WARN("no /dev/vhost-vsock: only the message was tried");
        return;
    }
    bench.begin();
    GuestDevice guest(*bench.module, 0);
    CHECK(bench.module->read(0, 0x100) == guest_cid);
    guest.probe(all_features_of_queues, 3);
    guest.add(event, {{guest.buffer_gpa(event), 4, true}});
    guest.kick(event);
    for (int round = 0; round < 2; ++round) {
        guest.add(receive, {{guest.buffer_gpa(receive), 4096, true}});
        guest.kick(receive);
        const OwnedFd caller = call_guest();
        const Used used = guest.wait_used(receive);
        CHECK(used.written == sizeof(Header));
        Header header{};
        std::memcpy(&header, guest.buffer(receive), sizeof(header));
        CHECK(header.operation == operation_request);
        CHECK(header.destination_cid == guest_cid);
        CHECK(header.destination_port == port);
        if (round == 0) {
            *guest.buffer(event) = std::byte{0xff};
            bench.crash_worker();
            CHECK(guest.wait_used(event).written == 4);
            CHECK(*guest.buffer(event) == std::byte{0}); // VIRTIO_VSOCK_EVENT_TRANSPORT_RESET
        }
    }
}
