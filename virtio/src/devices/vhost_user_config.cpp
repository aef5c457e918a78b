// SPDX-License-Identifier: GPL-2.0-only
// The configuration space that a vhost-user back end has of its own.
#include "vhost_user.hpp"

#include <cstring>

namespace amp::virtio::vhost_user {

void FrontEnd::ask_config() {
    Config config{};
    config.size = config_size_;
    const std::size_t bytes = offsetof(Config, bytes) + config_size_;
    connection_.get(Request::get_config, std::as_bytes(std::span(&config, 1)).first(bytes), {offsetof(Config, bytes), bytes},
                    [this, bytes](Answer& answer) -> Outcome<Done> {
                        if (answer.bytes.size() != bytes)
                            return connection_.error("gives " + std::to_string(answer.bytes.size() - offsetof(Config, bytes)) +
                                                     " bytes of configuration instead of " + std::to_string(config_size_));
                        found_.config_size = config_size_;
                        std::memcpy(found_.config, answer.bytes.data() + offsetof(Config, bytes), config_size_);
                        return Done{};
                    });
}

Outcome<std::vector<std::byte>> FrontEnd::read_config(std::uint32_t size) {
    if (size > config_max)
        return connection_.error("a configuration is never longer than " + std::to_string(config_max) + " bytes");
    config_size_ = size;
    if (!facts_known_) { // else an earlier worker has asked
        if (!has(protocol_feature::config))
            return connection_.error("lacks VHOST_USER_PROTOCOL_F_CONFIG");
        ask_config();
        if (auto done = connection_.finish(Connection::patience * 2); !done) {
            forget_line();
            return Err{done.error()};
        }
        facts_ = found_;
    }
    if (facts_.config_size != size)
        return connection_.error("an earlier worker left " + std::to_string(facts_.config_size) + " bytes of configuration");
    return std::vector<std::byte>(config().begin(), config().end());
}

void FrontEnd::tell_config(std::uint32_t offset, std::span<const std::byte> bytes) {
    Config config{};
    config.offset = offset;
    config.size = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(config.bytes, bytes.data(), bytes.size());
    connection_.set(Request::set_config, std::as_bytes(std::span(&config, 1)).first(offsetof(Config, bytes) + bytes.size()));
}

Outcome<Done> FrontEnd::write_config(std::uint32_t offset, std::span<const std::byte> bytes) {
    if (offset > facts_.config_size || bytes.size() > facts_.config_size - offset)
        return connection_.error("the configuration has no more than " + std::to_string(facts_.config_size) + " bytes");
    if (state_ == State::starting)
        finish();
    if (state_ == State::idle || state_ == State::running) {
        const Phase before = state_ == State::running ? Phase::running : Phase::idle;
        store(Phase::talking);
        tell_config(offset, bytes);
        if (finish()) // else the next back end is told
            store(before);
    }
    std::memcpy(facts_.config + offset, bytes.data(), bytes.size());
    store_facts(record(), facts_);
    return Done{};
}

} // namespace amp::virtio::vhost_user
