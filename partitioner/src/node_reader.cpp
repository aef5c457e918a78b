// SPDX-License-Identifier: GPL-2.0-only
// Typed access to a description's properties; see node_reader.hpp. Called by the readers of partitions and channels.
#include "node_reader.hpp"

#include <algorithm>

#include "text.hpp"

namespace amp {

namespace {

constexpr std::size_t shown_max = 60;

// As it would be written in source, as far as bytes tell.
std::string source_text(const TreeProperty& property) {
    std::vector<std::string> parts;
    std::string text;
    if (property.value.empty()) {
        return "without a value";
    }
    if (const auto strings = property.strings(); strings && !strings->front().empty()) {
        for (const auto& one : *strings) {
            parts.push_back("\"" + one + "\"");
        }
        text = joined(parts);
    } else if (const auto cells = property.cells()) {
        for (const auto cell : *cells) {
            parts.push_back(hex(cell));
        }
        text = "<" + joined(parts, " ") + ">";
    } else {
        for (const auto byte : property.value) {
            parts.push_back(hex(byte | 0x100u).substr(3));
        }
        text = "[" + joined(parts, " ") + "]";
    }
    if (text.size() <= shown_max) {
        return text;
    }
    return text.substr(0, shown_max) + "... (" + std::to_string(property.value.size()) + " bytes)";
}

} // namespace

void NodeReader::wrong_type(const TreeProperty& property, const std::string& expected, const std::string& value) const {
    diagnostics_.error("spec.property-type", property.place,
                       property.name + " is not " + expected + ": it is " + source_text(property),
                       "write " + property.name + value + ";");
}

std::optional<Located<std::string>> NodeReader::text(std::string_view name) const {
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return std::nullopt;
    }
    const auto all = property->strings();
    if (!all || all->size() != 1) {
        wrong_type(*property, "one string", " = \"...\"");
        return std::nullopt;
    }
    return Located<std::string>{all->front(), property->place};
}

std::vector<Located<std::string>> NodeReader::texts(std::string_view name) const {
    std::vector<Located<std::string>> located;
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return located;
    }
    const auto all = property->strings();
    if (!all) {
        wrong_type(*property, "a list of strings", " = \"...\", \"...\"");
        return located;
    }
    for (const auto& text : *all) {
        located.push_back({text, property->place});
    }
    return located;
}

std::optional<Located<std::uint32_t>> NodeReader::cell(std::string_view name, const std::string& example) const {
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return std::nullopt;
    }
    const auto all = property->cells();
    if (!all || all->size() != 1) {
        wrong_type(*property, "one cell", " = <" + example + ">");
        return std::nullopt;
    }
    return Located<std::uint32_t>{all->front(), property->place};
}

std::optional<Located<std::uint64_t>> NodeReader::number(std::string_view name) const {
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return std::nullopt;
    }
    const auto value = property->number();
    if (!value) {
        wrong_type(*property, "a number of one or two cells", " = <0x10000>");
        return std::nullopt;
    }
    return Located<std::uint64_t>{*value, property->place};
}

std::optional<Located<Bytes>> NodeReader::bytes(std::string_view name, std::size_t count,
                                                const std::string& example) const {
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return std::nullopt;
    }
    if (property->value.size() != count) {
        wrong_type(*property, std::to_string(count) + " bytes", example);
        return std::nullopt;
    }
    return Located<Bytes>{property->value, property->place};
}

std::optional<Place> NodeReader::flag(std::string_view name) const {
    const TreeProperty* property = node_.property(name);
    if (property == nullptr) {
        return std::nullopt;
    }
    if (!property->value.empty()) {
        wrong_type(*property, "a flag without a value", "");
        return std::nullopt;
    }
    return property->place;
}

void NodeReader::expect_properties(std::span<const std::string_view> known) const {
    for (const auto& property : node_.properties) {
        if (std::find(known.begin(), known.end(), property.name) != known.end() || property.name == "phandle") {
            continue;
        }
        const auto meant = nearest(property.name, known);
        if (meant || property.name.starts_with("amp,")) {
            diagnostics_.error("spec.unknown-property", property.place,
                               "no property is called " + quoted(property.name),
                               meant ? "did you mean " + quoted(*meant) + "?" : "docs/description.md lists them all");
        } else {
            diagnostics_.warning("spec.ignored-property", property.place,
                                 "property " + quoted(property.name) + " has no effect",
                                 "remove it; docs/description.md lists what has one");
        }
    }
}

void NodeReader::expect_children(std::span<const std::string_view> known) const {
    for (const auto& child : node_.children) {
        if (std::find(known.begin(), known.end(), child.name) != known.end()) {
            continue;
        }
        const auto meant = nearest(child.name, known);
        std::vector<std::string> names(known.begin(), known.end());
        diagnostics_.error("spec.unknown-node", child.place, "node " + quoted(child.name) + " has no meaning here",
                           meant           ? "did you mean " + quoted(*meant) + "?"
                           : names.empty() ? "this node has no child nodes"
                                           : "known child nodes are " + joined(names));
    }
}

} // namespace amp
