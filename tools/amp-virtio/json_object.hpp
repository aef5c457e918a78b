// SPDX-License-Identifier: GPL-2.0-only
// Typed access to one JSON object of the configuration: every property is asked for once, what is wrong is thrown as a sentence
// with its place, and what nobody asked for is an error. Used by the configuration's reader only, which catches.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

namespace amp::backend {

struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

class JsonObject {
public:
    // `place` is what messages begin with, for example "virtio.json: devices[1]".
    JsonObject(const nlohmann::json& value, std::string place);

    std::string text(const char* name);
    std::optional<std::string> optional_text(const char* name);
    std::uint64_t number(const char* name, std::uint64_t minimum, std::uint64_t maximum);
    std::optional<std::uint64_t> optional_number(const char* name, std::uint64_t minimum, std::uint64_t maximum);
    bool flag(const char* name, bool otherwise);
    const nlohmann::json& list(const char* name);
    const nlohmann::json& object(const char* name);
    void refuse_unknown() const;

    [[noreturn]] void fail(const std::string& what) const;
    void set_place(std::string place) { place_ = std::move(place); }

private:
    const nlohmann::json* find(const char* name);
    const nlohmann::json& need(const char* name, const char* kind);

    const nlohmann::json& value_;
    std::string place_;
    std::set<std::string> asked_;
};

} // namespace amp::backend
