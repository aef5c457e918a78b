// SPDX-License-Identifier: GPL-2.0-only
// Runs dtc twice on the same text: once for the blob, once for the annotated source whose trailing comments name file,
// line and column of every node and property. Called by the spec reader and for device trees given as source.
#include "description_source.hpp"

#include <algorithm>
#include <set>

#include "child_process.hpp"
#include "fdt_tree.hpp"
#include "text.hpp"

namespace amp {

namespace {

constexpr std::string_view stdin_name = "<stdin>";

void set_places(TreeNode& node, const std::string& file) {
    node.place.file = file;
    node.place.node = node.path;
    for (auto& property : node.properties) {
        property.place = node.place;
        property.place.property = property.name;
    }
    for (auto& child : node.children) {
        set_places(child, file);
    }
}

class Annotator {
public:
    Annotator(TreeNode& root, const Bytes& source, std::string file)
        : root_(root), file_(std::move(file)),
          lines_(lines_of({reinterpret_cast<const char*>(source.data()), source.size()})) {}

    // One line of dtc's output at a time: "name {", "name = value;", "};", each followed by its place in a comment.
    void take(const std::string& line) {
        const auto comment = line.rfind("/* ");
        const auto words = words_of(std::string_view(line).substr(0, comment));
        if (words.empty()) {
            return;
        }
        const std::string_view place =
            comment == std::string::npos ? std::string_view() : std::string_view(line).substr(comment + 3);
        if (words.back() == "{") {
            enter(words.size() > 1 ? words[words.size() - 2] : std::string(), place);
        } else if (words[0] == "};") {
            if (!stack_.empty()) {
                stack_.pop_back();
            }
        } else if (!stack_.empty() && stack_.back() != nullptr) {
            property(words, place);
        }
    }

private:
    void enter(const std::string& name, std::string_view text) {
        TreeNode* node = nullptr;
        if (stack_.empty()) {
            node = &root_;
        } else if (stack_.back() != nullptr) {
            auto& children = stack_.back()->children;
            const auto found =
                std::find_if(children.begin(), children.end(), [&](const auto& c) { return c.name == name; });
            node = found == children.end() ? nullptr : &*found;
        }
        stack_.push_back(node);
        if (node != nullptr) {
            locate(text, node->place);
            point_at_name(node->place, name);
        }
    }

    void property(const std::vector<std::string>& words, std::string_view text) {
        // Labels stand in front of the name.
        const auto name_word =
            std::find_if(words.begin(), words.end(), [](const auto& w) { return !w.ends_with(':'); });
        if (name_word == words.end()) {
            return;
        }
        const std::string name = name_word->ends_with(';') ? name_word->substr(0, name_word->size() - 1) : *name_word;
        for (auto& property : stack_.back()->properties) {
            if (property.name == name) {
                locate(text, property.place);
            }
        }
    }

    // "file:line:column-line:column", several of them separated by commas where a node was written in pieces.
    void locate(std::string_view text, Place& place) const {
        text = text.substr(0, std::min(text.find(", "), text.find(" */")));
        text = text.substr(0, text.rfind('-'));
        const auto column_colon = text.rfind(':');
        const auto line_colon =
            column_colon == std::string_view::npos ? column_colon : text.rfind(':', column_colon - 1);
        if (line_colon == std::string_view::npos) {
            return;
        }
        const auto line = parse_number(text.substr(line_colon + 1, column_colon - line_colon - 1));
        const auto column = parse_number(text.substr(column_colon + 1));
        if (!line || !column) {
            return;
        }
        const auto file = text.substr(0, line_colon);
        place.file = file == stdin_name ? file_ : std::string(file);
        place.line = static_cast<unsigned>(*line);
        place.column = static_cast<unsigned>(*column);
        if (file == stdin_name && place.line >= 1 && place.line <= lines_.size()) {
            place.source_line = lines_[place.line - 1];
        }
    }

    // dtc gives a node's place as that of its brace.
    static void point_at_name(Place& place, const std::string& name) {
        const auto brace = place.column == 0 ? 0 : place.column - 1;
        const auto found = place.source_line.rfind(name, brace);
        if (found != std::string::npos) {
            place.column = static_cast<unsigned>(found + 1);
        }
    }

    TreeNode& root_;
    std::string file_;
    std::vector<std::string> lines_;
    std::vector<TreeNode*> stack_;
};

// What people do to a source, for which dtc has no words but "syntax error".
std::string syntax_hint(const std::vector<std::string>& source, const Diagnostic& found) {
    const auto words = words_of(found.place.source_line);
    if (source.empty()) {
        return "the file is empty; docs/description.md shows a smallest description";
    }
    if (source.front().starts_with("\xef\xbb\xbf")) {
        return "the file begins with a byte order mark: save it without";
    }
    if (!words.empty() && (words[0] == "#include" || words[0] == "#define" || words[0].starts_with("#if"))) {
        return "this is for the C preprocessor: write /include/ \"file\", or give what "
               "cpp -nostdinc -undef -D__DTS__ -x assembler-with-cpp makes of the file";
    }
    if (std::none_of(source.begin(), source.end(), [](const auto& line) { return line.find("/dts-v1/") != line.npos; })) {
        return "a source begins with /dts-v1/;";
    }
    if (found.message.find("uplicate") != std::string::npos) {
        return "give each node, and each property of a node, its own name";
    }
    return "see the Devicetree Specification, chapter 6 (source format)";
}

// "Error: <stdin>:12.5-9 syntax error" and "<stdin>:12.5-20.7: ERROR (check): text"
Diagnostic syntax_error(const std::string& line, const std::string& file, const std::vector<std::string>& source) {
    Diagnostic diagnostic{"spec.syntax", Severity::error, {}, line, {}};
    diagnostic.place.file = file;
    const auto start = line.find(stdin_name);
    const auto number_start = start == std::string::npos ? start : start + stdin_name.size() + 1;
    if (number_start == std::string::npos || number_start >= line.size()) {
        return diagnostic;
    }
    const std::string_view rest = std::string_view(line).substr(number_start);
    const auto number_end = std::min(rest.find_first_not_of("0123456789"), rest.size());
    const auto number = parse_number(rest.substr(0, number_end));
    const auto column_text = rest.substr(std::min(number_end + 1, rest.size()));
    const auto column =
        parse_number(column_text.substr(0, std::min(column_text.find_first_not_of("0123456789"), column_text.size())));
    diagnostic.place.line = static_cast<unsigned>(number.value_or(0));
    diagnostic.place.column = static_cast<unsigned>(column.value_or(0));
    if (diagnostic.place.line >= 1 && diagnostic.place.line <= source.size()) {
        diagnostic.place.source_line = source[diagnostic.place.line - 1];
    }
    const auto message = rest.find(' ');
    diagnostic.message = message == std::string_view::npos ? line : "dtc: " + std::string(rest.substr(message + 1));
    return diagnostic;
}

Diagnostics syntax_errors(const ChildResult& dtc, const Bytes& text, const std::string& file) {
    Diagnostics diagnostics;
    const auto source = lines_of({reinterpret_cast<const char*>(text.data()), text.size()});
    for (const auto& line : lines_of(dtc.errors)) {
        if (line.find(stdin_name) != std::string::npos) {
            Diagnostic diagnostic = syntax_error(line, file, source);
            diagnostic.hint = syntax_hint(source, diagnostic);
            diagnostics.add(std::move(diagnostic));
        }
    }
    if (diagnostics.empty()) {
        Place place;
        place.file = file;
        const std::string why = dtc.errors.empty() ? "dtc ended with status " + std::to_string(dtc.exit_status)
                                                   : joined(lines_of(dtc.errors), "; ");
        diagnostics.error("spec.syntax", place, "dtc could not read it: " + why,
                          dtc.exit_status == 127
                              ? "install dtc (package device-tree-compiler), or give a .dtb"
                              : "files that it includes are looked for in the current directory, then in " + directory_of(file));
    }
    return diagnostics;
}

Loaded<TreeNode> read_source(const Bytes& text, const std::string& file) {
    Loaded<TreeNode> loaded;
    const std::vector<std::string> common = {"dtc", "-q", "-I", "dts", "-i", directory_of(file), "-O"};
    auto blob_arguments = common;
    blob_arguments.insert(blob_arguments.end(), {"dtb", "-"});
    const ChildResult blob = run_child(blob_arguments, text);
    if (blob.exit_status != 0) {
        loaded.diagnostics = syntax_errors(blob, text, file);
        return loaded;
    }
    auto tree = parse_dtb(blob.output);
    if (!tree) {
        Place place;
        place.file = file;
        loaded.diagnostics.error("spec.syntax", place, "what dtc makes of it is " + tree.error(),
                                 "describe partitions in /domains, and nothing that deep");
        return loaded;
    }
    loaded.value = std::move(*tree);
    set_places(loaded.value, file);
    auto annotate_arguments = common;
    annotate_arguments.insert(annotate_arguments.end(), {"dts", "-T", "-T", "-"});
    const ChildResult annotated = run_child(annotate_arguments, text);
    Annotator annotator(loaded.value, text, file);
    for (const auto& line :
         lines_of({reinterpret_cast<const char*>(annotated.output.data()), annotated.output.size()})) {
        annotator.take(line);
    }
    return loaded;
}

// dtc sees to this in sources. Of two equal names in a blob only the first would be looked at.
void expect_unique_names(const TreeNode& node, Diagnostics& diagnostics) {
    std::set<std::string_view> seen;
    for (const auto& property : node.properties) {
        if (!seen.insert(property.name).second) {
            diagnostics.error("spec.not-device-tree", property.place, "two properties are called " + quoted(property.name),
                              "remove one");
        }
    }
    seen.clear();
    for (const auto& child : node.children) {
        if (!seen.insert(child.name).second) {
            diagnostics.error("spec.not-device-tree", child.place, "two nodes are called " + quoted(child.name),
                              "remove or rename one");
        }
        expect_unique_names(child, diagnostics);
    }
}

} // namespace

Loaded<TreeNode> read_description(const Bytes& bytes, const std::string& file) {
    if (!is_dtb(bytes) && std::find(bytes.begin(), bytes.end(), 0) == bytes.end()) {
        return read_source(bytes, file);
    }
    Loaded<TreeNode> loaded;
    auto tree = parse_dtb(bytes);
    if (!tree) {
        Place place;
        place.file = file;
        loaded.diagnostics.error("spec.not-device-tree", place, "it is " + tree.error(),
                                 "give a device tree source (.dts) or what dtc made of one (.dtb)");
        return loaded;
    }
    loaded.value = std::move(*tree);
    set_places(loaded.value, file);
    expect_unique_names(loaded.value, loaded.diagnostics);
    return loaded;
}

} // namespace amp
