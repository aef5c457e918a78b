// SPDX-License-Identifier: GPL-2.0-only
// Two threads on one channel, as fast as they can and with real sleeping; TSan watches in the host-tsan preset. A wake-up that
// is lost ends as a wait of 20 seconds, which fails the test.
#include "amp/ring/channel.h"

#include <chrono>
#include <semaphore>
#include <thread>

#include <catch2/catch.hpp>

#include "fixture.hpp"

using amp::test::Channel;
using amp::test::Random;

namespace {

// A doorbell that counts; waiting consumes one ring.
class Doorbell {
public:
    void ring() { rung_.release(); }
    bool wait() { return rung_.try_acquire_for(std::chrono::seconds(20)); }

private:
    std::counting_semaphore<1 << 20> rung_{0};
};

struct Result {
    std::uint32_t messages = 0;
    bool in_order = true;
    bool woken = true;
    bool clean = true;
};

// Length and bytes follow from the sequence number, so that the receiver knows them.
std::uint32_t length_of(std::uint32_t sequence, std::uint32_t limit) {
    return 4 + Random(sequence).below(limit - 4);
}

Result send_all(amp_tx& tx, std::uint32_t count, std::uint32_t limit, Doorbell& to_receiver, Doorbell& from_receiver) {
    Result result;
    while (result.messages < count) {
        const std::uint32_t length = length_of(result.messages, limit);
        void* space = nullptr;
        const int status = amp_tx_reserve(&tx, length, &space);
        if (status == AMP_RING_FULL) {
            if (amp_tx_arm(&tx, length) == AMP_RING_FULL && !from_receiver.wait()) {
                result.woken = false;
                return result;
            }
            continue;
        }
        if (status != AMP_RING_OK) {
            result.clean = false;
            return result;
        }
        std::memset(space, static_cast<int>(result.messages & 0xff), length);
        std::memcpy(space, &result.messages, 4);
        result.clean = result.clean && amp_tx_commit(&tx, length) == AMP_RING_OK;
        result.messages++;
        if (amp_tx_need_doorbell(&tx)) {
            to_receiver.ring();
        }
    }
    return result;
}

bool is_message(const void* message, std::uint32_t length, std::uint32_t sequence, std::uint32_t limit) {
    const auto* bytes = static_cast<const std::uint8_t*>(message);
    if (length != length_of(sequence, limit) || std::memcmp(bytes, &sequence, 4) != 0) {
        return false;
    }
    for (std::uint32_t i = 4; i < length; i++) {
        if (bytes[i] != (sequence & 0xff)) {
            return false;
        }
    }
    return true;
}

Result receive_all(amp_rx& rx, std::uint32_t count, std::uint32_t limit, Doorbell& to_sender, Doorbell& from_sender) {
    Result result;
    while (result.messages < count) {
        const void* message = nullptr;
        std::uint32_t length = 0;
        const int status = amp_rx_peek(&rx, &message, &length);
        if (status == AMP_RING_EMPTY) {
            if (amp_rx_arm(&rx) == AMP_RING_EMPTY && !from_sender.wait()) {
                result.woken = false;
                return result;
            }
            continue;
        }
        if (status != AMP_RING_OK) {
            result.clean = false;
            return result;
        }
        result.in_order = result.in_order && is_message(message, length, result.messages, limit);
        result.messages++;
        amp_rx_release(&rx);
        if (amp_rx_need_doorbell(&rx)) {
            to_sender.ring();
        }
    }
    return result;
}

void check(const Result& result, std::uint32_t count) {
    CHECK(result.messages == count);
    CHECK(result.in_order);
    CHECK(result.woken);
    CHECK(result.clean);
}

}  // namespace

TEST_CASE("a stream between two threads that sleep when they must") {
    const std::uint32_t count = 100000;
    for (const std::uint32_t limit : {16u, 200u, 2040u}) {
        Channel channel(0x3000, 0xffff0000u);
        Doorbell data, space;
        Result received;
        std::thread receiver([&] { received = receive_all(channel.rx(), count, limit, space, data); });
        const Result sent = send_all(channel.tx(), count, limit, data, space);
        receiver.join();
        check(sent, count);
        check(received, count);
    }
}

// Up to `limit` messages by one store and one question for the doorbell; the receiver gives back what it found at once.
TEST_CASE("batches of any size between two threads that sleep when they must") {
    const std::uint32_t count = 60000;
    Channel channel(0x3000, 0xffff0000u);
    Doorbell data, space;
    Result received;
    std::thread receiver([&] {
        amp_rx& rx = channel.rx();
        while (received.messages < count && received.woken) {
            std::uint32_t value = 0, length = 0;
            while (amp_rx_try_take(&rx, &value, 4, &length) == AMP_RING_OK) {
                received.in_order = received.in_order && value == received.messages++;
            }
            amp_rx_publish(&rx);
            if (amp_rx_need_doorbell(&rx)) {
                space.ring();
            }
            if (received.messages < count && amp_rx_arm(&rx) == AMP_RING_EMPTY) {
                received.woken = data.wait();
            }
        }
    });
    Result sent;
    while (sent.messages < count && sent.woken) {
        bool full = false;
        for (std::uint32_t left = 1 + Random(sent.messages).below(400); left > 0 && sent.messages < count && !full; left--) {
            full = amp_tx_try_stage(&channel.tx(), &sent.messages, 4) != AMP_RING_OK;
            sent.messages += !full;
        }
        amp_tx_publish(&channel.tx());
        if (amp_tx_need_doorbell(&channel.tx())) {
            data.ring();
        }
        if (full && amp_tx_arm(&channel.tx(), 4) == AMP_RING_FULL) {
            sent.woken = space.wait();
        }
    }
    receiver.join();
    check(sent, count);
    check(received, count);
    CHECK(channel.tx().doorbell_count <= count / 10);
}

TEST_CASE("both directions at once, four threads on two ends") {
    const std::uint32_t count = 30000;
    Channel channel;
    Doorbell data[2], space[2];
    Result sent[2], received[2];
    std::thread threads[4];
    for (std::uint32_t side = 0; side < 2; side++) {
        threads[side] = std::thread([&, side] { sent[side] = send_all(channel.tx(side), count, 300, data[side], space[side]); });
        threads[2 + side] = std::thread(
            [&, side] { received[side] = receive_all(channel.rx(1 - side), count, 300, space[side], data[side]); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    for (int side = 0; side < 2; side++) {
        check(sent[side], count);
        check(received[side], count);
    }
}

TEST_CASE("ping-pong, where each message finds the other asleep") {
    const std::uint32_t count = 5000;
    Channel channel;
    Doorbell ping, pong;
    Result there, echoed;
    std::thread echo([&] {
        for (std::uint32_t i = 0; i < count; i++) {
            amp_rx& rx = channel.rx(1);
            std::uint32_t value = 0, length = 0;
            while (amp_rx_try_receive(&rx, &value, 4, &length) == AMP_RING_EMPTY) {
                if (amp_rx_arm(&rx) == AMP_RING_EMPTY && !ping.wait()) {
                    echoed.woken = false;
                    return;
                }
            }
            echoed.in_order = echoed.in_order && value == i;
            if (amp_tx_try_send(&channel.tx(1), &value, 4) == AMP_RING_OK && amp_tx_need_doorbell(&channel.tx(1))) {
                pong.ring();
            }
            echoed.messages++;
        }
    });
    for (std::uint32_t i = 0; i < count && there.woken; i++) {
        if (amp_tx_try_send(&channel.tx(0), &i, 4) == AMP_RING_OK && amp_tx_need_doorbell(&channel.tx(0))) {
            ping.ring();
        }
        std::uint32_t value = 0, length = 0;
        while (there.woken && amp_rx_try_receive(&channel.rx(0), &value, 4, &length) == AMP_RING_EMPTY) {
            there.woken = amp_rx_arm(&channel.rx(0)) != AMP_RING_EMPTY || pong.wait();
        }
        there.in_order = there.in_order && value == i;
        there.messages++;
    }
    echo.join();
    check(there, count);
    check(echoed, count);
}
