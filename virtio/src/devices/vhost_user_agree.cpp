// SPDX-License-Identifier: GPL-2.0-only
// What a back end is: asked once per connection, compared with what the driver was told.
#include "vhost_user.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace amp::virtio::vhost_user {
namespace {

constexpr std::uint64_t wanted_protocol = protocol_feature::reply_ack | protocol_feature::net_mtu | protocol_feature::config |
                                          protocol_feature::inflight_shmfd;

std::uint64_t number_in(const Answer& answer) {
    std::uint64_t value = 0;
    std::memcpy(&value, answer.bytes.data(), sizeof(value));
    return value;
}

std::span<std::byte> config_of(Facts& facts) { return std::span(facts.config).first(facts.config_size); }

bool same(Facts& one, Facts& other) {
    return one.features == other.features && std::ranges::equal(config_of(one), config_of(other));
}

std::string hex(std::uint64_t number) {
    char text[17];
    std::snprintf(text, sizeof(text), "%llx", static_cast<unsigned long long>(number));
    return std::string("0x") + text;
}

} // namespace

void FrontEnd::agree() {
    store(Phase::talking);
    state_ = State::agreeing;
    found_ = {};
    connection_.get(Request::get_features, {}, {8, 8}, [this](Answer& answer) { return take_features(answer); });
}

Outcome<Done> FrontEnd::take_features(const Answer& answer) {
    found_.features = number_in(answer);
    if (!(found_.features & feature::version_1))
        return connection_.error("lacks VIRTIO_F_VERSION_1");
    if (!(found_.features & has_protocol_features))
        return agree_on_rest();
    connection_.get(Request::get_protocol_features, {}, {8, 8}, [this](Answer& protocol) -> Outcome<Done> {
        found_.protocol_features = number_in(protocol) & wanted_protocol;
        connection_.set_value(Request::set_protocol_features, found_.protocol_features);
        connection_.then([this]() -> Outcome<Done> {
            connection_.use_acknowledgements(has(protocol_feature::reply_ack));
            return agree_on_rest();
        });
        return Done{};
    });
    return Done{};
}

Outcome<Done> FrontEnd::agree_on_rest() {
    connection_.set(Request::set_owner, {});
    if (!loop_)
        return Done{}; // open()
    if (config_size_) {
        if (!has(protocol_feature::config))
            return connection_.error("lacks VHOST_USER_PROTOCOL_F_CONFIG");
        ask_config();
    }
    connection_.then([this] { return agreed(); });
    return Done{};
}

Outcome<Done> FrontEnd::agreed() {
    log("there is a back end again");
    if (session_) {
        begin();
    } else if (same(found_, facts_)) {
        adopt();
        state_ = State::idle;
        store(Phase::idle);
    } else {
        state_ = State::different; // a driver may be at work without this worker having seen it yet
    }
    return Done{};
}

// Whether a driver that agreed with another back end can go on with this one.
Outcome<Done> FrontEnd::fits(Session& session) {
    if (const std::uint64_t missing = session.features() & facts_.features & ~found_.features)
        return connection_.error("lacks features " + hex(missing) + ", which the driver uses");
    const std::vector<std::byte> before(config_of(facts_).begin(), config_of(facts_).end());
    if (kind_.compare)
        if (auto good = kind_.compare(before, config_of(found_)); !good)
            return connection_.error(good.error());
    config_changed_ = !std::ranges::equal(before, config_of(found_));
    if (config_changed_ && !kind_.compare)
        return connection_.error("has another configuration than the one before it");
    return Done{};
}

void FrontEnd::adopt() {
    facts_ = found_;
    facts_known_ = true;
    store_facts(record(), facts_);
}

} // namespace amp::virtio::vhost_user
