// SPDX-License-Identifier: GPL-2.0-only
// Every interleaving of a sender and a receiver at the doorbell protocol, the real code over a model of memory: both sides are
// coroutines that stop before each shared access; stores wait in a buffer that drains at any time, in any order that release
// allows. A lost wake-up is a state in which a side sleeps and nothing can happen any more.
#include "interleave_order.hpp"

#include "amp/ring/channel.h"

#include <functional>
#include <vector>

#include <ucontext.h>

#include <catch2/catch.hpp>

#include "fixture.hpp"

namespace amp::test {
namespace {

struct Store {
    std::uint32_t* word;
    std::uint32_t value;
    bool release;
};

// What a side does next, once it is let.
enum class Next { access, barrier, sleep, finished };

struct Side {
    ucontext_t context;
    std::vector<std::uint8_t> stack = std::vector<std::uint8_t>(128 * 1024);
    std::vector<Store> stores;
    std::function<void()> body;
    Next next = Next::access;
    int rung = 0;
};

Side sides[2];
Side* running = nullptr;  // null: outside the model, where memory is plain
ucontext_t scheduler;
bool barriers_work = true;

void yield(Next next) {
    Side& self = *running;
    self.next = next;
    running = nullptr;
    swapcontext(&self.context, &scheduler);
}

void entry(int side) {
    sides[side].body();
    yield(Next::finished);
}

void start(int side, std::function<void()> body) {
    Side& self = sides[side];
    self.body = std::move(body);
    self.stores.clear();
    self.next = Next::access;
    self.rung = 0;
    getcontext(&self.context);
    self.context.uc_stack.ss_sp = self.stack.data();
    self.context.uc_stack.ss_size = self.stack.size();
    self.context.uc_link = nullptr;
    makecontext(&self.context, reinterpret_cast<void (*)()>(entry), 1, side);
}

void resume(Side& side) {
    running = &side;
    swapcontext(&scheduler, &side.context);
}

bool may_run(const Side& side) {
    switch (side.next) {
    case Next::access: return true;
    case Next::barrier: return side.stores.empty() || !barriers_work;
    case Next::sleep: return side.rung > 0;
    default: return false;
    }
}

// A release store leaves after all earlier ones, any store after earlier ones to the same word.
bool may_drain(const std::vector<Store>& stores, std::size_t index) {
    for (std::size_t i = 0; i < index; i++) {
        if (stores[index].release || stores[i].word == stores[index].word) {
            return false;
        }
    }
    return true;
}

void drain(Side& side, std::size_t index) {
    *side.stores[index].word = side.stores[index].value;
    side.stores.erase(side.stores.begin() + static_cast<std::ptrdiff_t>(index));
}

struct Action {
    int side;
    int store;  // -1: run
};

std::vector<Action> possible_actions() {
    std::vector<Action> actions;
    for (int side = 0; side < 2; side++) {
        if (may_run(sides[side])) {
            actions.push_back({side, -1});
        }
        for (std::size_t i = 0; i < sides[side].stores.size(); i++) {
            if (may_drain(sides[side].stores, i)) {
                actions.push_back({side, static_cast<int>(i)});
            }
        }
    }
    return actions;
}

struct Outcome {
    std::uint64_t runs = 0;
    std::uint64_t stuck = 0;
};

// Depth-first over all choices, each run from the beginning; without barriers, until the first state that is stuck.
Outcome explore(const std::function<void()>& set_up) {
    struct Choice {
        std::size_t taken, options;
    };
    std::vector<Choice> path;
    Outcome outcome;
    for (;;) {
        set_up();
        std::size_t depth = 0;
        for (std::vector<Action> actions; !(actions = possible_actions()).empty(); depth++) {
            if (depth == path.size()) {
                path.push_back({0, actions.size()});
            }
            const Action action = actions[path[depth].taken];
            if (action.store < 0) {
                resume(sides[action.side]);
            } else {
                drain(sides[action.side], static_cast<std::size_t>(action.store));
            }
        }
        outcome.runs++;
        outcome.stuck += sides[0].next != Next::finished || sides[1].next != Next::finished;
        while (!path.empty() && path.back().taken + 1 == path.back().options) {
            path.pop_back();
        }
        if (path.empty() || (outcome.stuck != 0 && !barriers_work)) {
            return outcome;
        }
        path.back().taken++;
    }
}

void ring(int side) { sides[side].rung++; }

void sleep_until_rung() {
    Side& self = *running;
    yield(Next::sleep);
    self.rung = 0;
}

// Half a ring each: two messages fill it.
const std::string message(0x800 / 2 - 8, 'm');

void send_messages(amp_tx& tx, int count) {
    while (count > 0) {
        if (send(tx, message) == AMP_RING_OK) {
            count--;
            if (amp_tx_need_doorbell(&tx)) {
                ring(1);
            }
        } else if (amp_tx_arm(&tx, static_cast<std::uint32_t>(message.size())) == AMP_RING_FULL) {
            sleep_until_rung();
        }
    }
}

void receive_messages(amp_rx& rx, int count) {
    while (count > 0) {
        if (receive(rx) == message) {
            count--;
            if (amp_rx_need_doorbell(&rx)) {
                ring(0);
            }
        } else if (amp_rx_arm(&rx) == AMP_RING_EMPTY) {
            sleep_until_rung();
        }
    }
}

// Two short messages by one store and one question; the receiver takes both, then gives their space back.
void send_batch(amp_tx& tx) {
    const std::string text = "b";
    (void)amp_tx_try_stage(&tx, text.data(), 1);
    (void)amp_tx_try_stage(&tx, text.data(), 1);
    amp_tx_publish(&tx);
    if (amp_tx_need_doorbell(&tx)) {
        ring(1);
    }
}

void receive_batch(amp_rx& rx, int count) {
    char text = 0;
    std::uint32_t length = 0;
    while (count > 0) {
        while (amp_rx_try_take(&rx, &text, 1, &length) == AMP_RING_OK) {
            count--;
        }
        amp_rx_publish(&rx);
        if (amp_rx_need_doorbell(&rx)) {
            ring(0);
        }
        if (count > 0 && amp_rx_arm(&rx) == AMP_RING_EMPTY) {
            sleep_until_rung();
        }
    }
}

// `before` messages are in the ring when both sides start.
Outcome explore_traffic(int before, int sent, int received) {
    Channel channel(0x2000);
    return explore([&, before, sent, received] {
        (void)amp_channel_init(channel.memory(), channel.size);
        channel.attach(0);
        channel.attach(1);
        for (int i = 0; i < before; i++) {
            (void)send(channel.tx(), message);
        }
        (void)amp_tx_need_doorbell(&channel.tx());
        start(0, [&channel, sent] { send_messages(channel.tx(), sent); });
        start(1, [&channel, received] { receive_messages(channel.rx(), received); });
    });
}

}  // namespace

std::uint32_t model_load(const std::uint32_t* word) {
    if (running == nullptr) {
        return *word;
    }
    Side& self = *running;
    yield(Next::access);
    for (auto store = self.stores.rbegin(); store != self.stores.rend(); ++store) {
        if (store->word == word) {
            return store->value;
        }
    }
    return *word;
}

void model_store(std::uint32_t* word, std::uint32_t value, bool release) {
    if (running == nullptr) {
        *word = value;
        return;
    }
    Side& self = *running;
    yield(Next::access);
    self.stores.push_back({word, value, release});
}

void model_barrier() {
    if (running != nullptr) {
        yield(Next::barrier);
    }
}

}  // namespace amp::test

using namespace amp::test;

TEST_CASE("no wake-up is lost towards a receiver") {
    const Outcome outcome = explore_traffic(0, 1, 1);
    CHECK(outcome.stuck == 0);
    CHECK(outcome.runs > 100);
}

TEST_CASE("no wake-up is lost towards a receiver that is just finishing an earlier message") {
    const Outcome outcome = explore_traffic(1, 1, 2);
    CHECK(outcome.stuck == 0);
    CHECK(outcome.runs > 100);
}

TEST_CASE("no wake-up is lost towards a sender") {
    const Outcome outcome = explore_traffic(2, 1, 1);
    CHECK(outcome.stuck == 0);
    CHECK(outcome.runs > 100);
}

TEST_CASE("no wake-up is lost when two messages are published together") {
    Channel channel(0x2000);
    const Outcome outcome = explore([&] {
        (void)amp_channel_init(channel.memory(), channel.size);
        channel.attach(0);
        channel.attach(1);
        (void)amp_tx_need_doorbell(&channel.tx());
        start(0, [&channel] { send_batch(channel.tx()); });
        start(1, [&channel] { receive_batch(channel.rx(), 2); });
    });
    CHECK(outcome.stuck == 0);
    CHECK(outcome.runs > 100);
}

TEST_CASE("without its barriers the protocol loses wake-ups, and this test would see it") {
    barriers_work = false;
    const std::uint64_t towards_receiver = explore_traffic(0, 1, 1).stuck;
    const std::uint64_t towards_sender = explore_traffic(2, 1, 1).stuck;
    barriers_work = true;
    CHECK(towards_receiver > 0);
    CHECK(towards_sender > 0);
}

TEST_CASE("a sender that dies at any access leaves a ring that goes on") {
    for (int steps = 0;; steps++) {
        Channel channel(0x2000);
        start(0, [&channel] {
            (void)amp_channel_attach(&channel.end[0], channel.memory(), channel.size, 0);
            (void)send(channel.tx(), "first");
            (void)send(channel.tx(), "second");
        });
        for (int i = 0; i < steps && may_run(sides[0]); i++) {
            resume(sides[0]);
        }
        while (!sides[0].stores.empty()) {  // what left the core arrives
            drain(sides[0], 0);
        }
        channel.attach(0);
        REQUIRE(send(channel.tx(), "third") == AMP_RING_OK);
        std::string all;
        for (std::string next; (next = receive(channel.rx())) != "<1>";) {
            all += next + " ";
        }
        REQUIRE((all == "third " || all == "first third " || all == "first second third "));
        REQUIRE(channel.rx().corrupt_count == 0);
        if (sides[0].next == Next::finished) {
            CHECK(steps > 8);
            break;
        }
    }
}

TEST_CASE("a receiver that dies at any access loses nothing") {
    for (int steps = 0;; steps++) {
        Channel channel(0x2000);
        REQUIRE(send(channel.tx(), "first") == AMP_RING_OK);
        REQUIRE(send(channel.tx(), "second") == AMP_RING_OK);
        std::string before;
        start(1, [&channel, &before] {
            (void)amp_channel_attach(&channel.end[1], channel.memory(), channel.size, 1);
            before += receive(channel.rx()) + " ";
            before += receive(channel.rx()) + " ";
        });
        for (int i = 0; i < steps && may_run(sides[1]); i++) {
            resume(sides[1]);
        }
        while (!sides[1].stores.empty()) {
            drain(sides[1], 0);
        }
        channel.attach(1);
        std::string after = receive(channel.rx());
        const bool repeated = before == "first " ? after == "first" || after == "second" : true;
        REQUIRE(repeated);
        REQUIRE((before.empty() ? after == "first" : true));
        REQUIRE((before == "first second " ? after == "second" || after == "<1>" : true));
        if (sides[1].next == Next::finished) {
            CHECK(steps > 8);
            break;
        }
    }
}
