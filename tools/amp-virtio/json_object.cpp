// SPDX-License-Identifier: GPL-2.0-only
#include "json_object.hpp"

namespace amp::backend {

JsonObject::JsonObject(const nlohmann::json& value, std::string place) : value_(value), place_(std::move(place)) {
    if (!value.is_object())
        fail("an object is expected, not " + std::string(value.type_name()));
}

void JsonObject::fail(const std::string& what) const { throw ConfigError(place_ + ": " + what); }

const nlohmann::json* JsonObject::find(const char* name) {
    asked_.insert(name);
    const auto found = value_.find(name);
    return found == value_.end() ? nullptr : &*found;
}

const nlohmann::json& JsonObject::need(const char* name, const char* kind) {
    const nlohmann::json* found = find(name);
    if (!found)
        fail(std::string("'") + name + "' is missing; " + kind + " is expected");
    return *found;
}

std::optional<std::string> JsonObject::optional_text(const char* name) {
    const nlohmann::json* found = find(name);
    if (!found)
        return std::nullopt;
    if (!found->is_string())
        fail(std::string("'") + name + "' is " + found->dump() + "; a string is expected");
    auto text = found->get<std::string>();
    if (text.find('\0') != std::string::npos)
        fail(std::string("'") + name + "' has a NUL in it");
    return text;
}

std::string JsonObject::text(const char* name) {
    need(name, "a string");
    return *optional_text(name);
}

std::optional<std::uint64_t> JsonObject::optional_number(const char* name, std::uint64_t minimum, std::uint64_t maximum) {
    const nlohmann::json* found = find(name);
    if (!found)
        return std::nullopt;
    const std::string range = "a number from " + std::to_string(minimum) + " to " + std::to_string(maximum) + " is expected";
    if (!found->is_number_unsigned())
        fail(std::string("'") + name + "' is " + found->dump() + "; " + range);
    const auto number = found->get<std::uint64_t>();
    if (number < minimum || number > maximum)
        fail(std::string("'") + name + "' is " + std::to_string(number) + "; " + range);
    return number;
}

std::uint64_t JsonObject::number(const char* name, std::uint64_t minimum, std::uint64_t maximum) {
    need(name, "a number");
    return *optional_number(name, minimum, maximum);
}

bool JsonObject::flag(const char* name, bool otherwise) {
    const nlohmann::json* found = find(name);
    if (!found)
        return otherwise;
    if (!found->is_boolean())
        fail(std::string("'") + name + "' is " + found->dump() + "; true or false is expected");
    return found->get<bool>();
}

const nlohmann::json& JsonObject::list(const char* name) {
    const nlohmann::json& found = need(name, "a list");
    if (!found.is_array())
        fail(std::string("'") + name + "' is " + found.dump() + "; a list is expected");
    return found;
}

const nlohmann::json& JsonObject::object(const char* name) {
    const nlohmann::json& found = need(name, "an object");
    if (!found.is_object())
        fail(std::string("'") + name + "' is " + found.dump() + "; an object is expected");
    return found;
}

void JsonObject::refuse_unknown() const {
    for (const auto& [name, value] : value_.items())
        if (!asked_.count(name))
            fail("'" + name + "' is not known here");
}

} // namespace amp::backend
