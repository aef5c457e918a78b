// SPDX-License-Identifier: GPL-2.0-only
// The network device's two paths between hostile queues and a wire, which is a pair of sockets that keep packets apart as a TAP
// does: packets of all lengths come in, with MRG_RXBUF and without, and what the guest sends arrives in one piece or not at all.
#include "net_layout.hpp"
#include "net_receive.hpp"
#include "net_transmit.hpp"

#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "hostile_queue.hpp"

using namespace amp::virtio;
using amp::fuzz::HostileQueue;
using amp::fuzz::Input;
using amp::fuzz::must;
using net::Receiver;
using net::Transmitter;

namespace {

constexpr unsigned turns_most = 40; // of one call after the other, each of which moves up to 64 packets

// A header, as it comes.
std::size_t header(Input& input, std::byte* place) {
    for (std::size_t i = 0; i < sizeof(net::Header); i++)
        place[i] = std::byte{input.byte()};
    return sizeof(net::Header);
}

// [0] is the device's end.
const int* wire() {
    static int ends[2] = {-1, -1};
    if (ends[0] < 0)
        must(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
    return ends;
}

void empty_wire() {
    static std::vector<std::byte> packet(2 * net::packet_limit);
    for (const int end : {wire()[0], wire()[1]}) {
        for (;;) {
            const ssize_t size = ::recv(end, packet.data(), packet.size(), MSG_DONTWAIT);
            if (size < 0)
                break;
            must(static_cast<std::size_t>(size) <= net::packet_limit);
        }
    }
}

class Fuzz {
public:
    Fuzz(Input& input, std::uint8_t choice)
        : input_(input), mergeable_((choice & 1) != 0), receive_(input, header), transmit_(input, header), packet_(net::packet_limit) {
        empty_wire();
        begin();
    }

    void act() {
        switch (input_.byte() % 6) {
        case 0:
        case 1: receive_.act(); break;
        case 2:
        case 3: transmit_.act(); break;
        case 4: send_in(); break;
        case 5: empty_wire(); break;
        }
        work();
        const bool mended[] = {receive_.mend(), transmit_.mend()};
        if (mended[0] || mended[1])
            begin();
    }

private:
    void begin() {
        receiver_.begin(receive_.rig.queue.get(), mergeable_);
        transmitter_.begin(transmit_.rig.queue.get());
    }

    void send_in() {
        const std::size_t lengths[] = {12u + input_.byte(), 12u + input_.half() % 2000u, packet_.size()};
        const std::size_t length = lengths[input_.byte() % 3];
        static_cast<void>(::send(wire()[1], packet_.data(), std::min(length, packet_.size()), MSG_DONTWAIT)); // full: lost
    }

    // Until both wait for somebody else: an endless one is a device that keeps its process busy for ever.
    void work() {
        unsigned turns = 0;
        while (receiver_.receive(wire()[0]) == Receiver::Result::more)
            must(++turns < turns_most);
        turns = 0;
        while (transmitter_.transmit(wire()[0]) == Transmitter::Result::more)
            must(++turns < turns_most);
        must(receive_.rig.queue->in_flight() <= 16 && transmit_.rig.queue->in_flight() <= 16);
    }

    Input& input_;
    bool mergeable_;
    HostileQueue receive_;
    HostileQueue transmit_;
    std::vector<std::byte> packet_;
    Receiver receiver_;
    Transmitter transmitter_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    Fuzz fuzz(input, input.byte());
    while (!input.empty())
        fuzz.act();
    return 0;
}
