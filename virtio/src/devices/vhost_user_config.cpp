// SPDX-License-Identifier: GPL-2.0-only
// The configuration space that a vhost-user back end has of its own.
#include "vhost_user.hpp"

#include <cstring>

namespace amp::virtio::vhost_user {

Outcome<std::vector<std::byte>> FrontEnd::read_config(std::uint32_t size) {
    if (!has(protocol_feature::config))
        return connection_.error("lacks VHOST_USER_PROTOCOL_F_CONFIG");
    Config config{};
    config.size = size;
    const std::size_t bytes = offsetof(Config, bytes) + size;
    auto answer = connection_.get(Request::get_config, std::as_bytes(std::span(&config, 1)).first(bytes),
                                        offsetof(Config, bytes), bytes);
    if (!answer)
        return Err{answer.error()};
    if (answer->bytes.size() != bytes)
        return connection_.error("gives " + std::to_string(answer->bytes.size() - offsetof(Config, bytes)) +
                                 " bytes of configuration instead of " + std::to_string(size));
    return std::vector<std::byte>(answer->bytes.begin() + offsetof(Config, bytes), answer->bytes.end());
}

Outcome<Done> FrontEnd::write_config(std::uint32_t offset, std::span<const std::byte> bytes) {
    Config config{};
    if (bytes.size() > config_max)
        return connection_.error("a configuration is never longer than " + std::to_string(config_max) + " bytes");
    config.offset = offset;
    config.size = static_cast<std::uint32_t>(bytes.size());
    std::memcpy(config.bytes, bytes.data(), bytes.size());
    return connection_.set(Request::set_config, std::as_bytes(std::span(&config, 1)).first(offsetof(Config, bytes) + bytes.size()));
}

} // namespace amp::virtio::vhost_user
