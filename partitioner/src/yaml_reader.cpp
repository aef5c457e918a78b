// SPDX-License-Identifier: GPL-2.0-only
// yaml-cpp's side of YamlEntry; see yaml_reader.hpp. Called by the board reader only.
#include "yaml_reader.hpp"

#include <yaml-cpp/yaml.h>

#include "text.hpp"

namespace amp {

namespace {

class EntryReader {
public:
    EntryReader(const std::string& text, const std::string& file) : lines_(lines_of(text)), file_(file) {}

    Place place(const YAML::Mark& mark) const {
        Place place;
        place.file = file_;
        if (!mark.is_null()) {
            place.line = static_cast<unsigned>(mark.line + 1);
            place.column = static_cast<unsigned>(mark.column + 1);
        }
        if (place.line >= 1 && place.line <= lines_.size()) {
            place.source_line = lines_[place.line - 1];
        }
        return place;
    }

    YamlEntry entry(const YAML::Node& key, const YAML::Node& value) const {
        YamlEntry entry;
        entry.key = key.Scalar();
        entry.place = place(key.Mark());
        entry.place.property = entry.key;
        entry.is_list = value.IsSequence();
        entry.is_map = value.IsMap();
        if (value.IsScalar()) {
            entry.values.push_back(value.Scalar());
        }
        for (const auto& element : value) {
            if (entry.is_list && element.IsScalar()) {
                entry.values.push_back(element.Scalar());
            } else {
                entry.is_map = true;
            }
        }
        return entry;
    }

private:
    std::vector<std::string> lines_;
    std::string file_;
};

} // namespace

Loaded<std::vector<YamlEntry>> read_yaml(const Bytes& bytes, const std::string& file) {
    Loaded<std::vector<YamlEntry>> loaded;
    const std::string text(bytes.begin(), bytes.end());
    const EntryReader reader(text, file);
    try {
        const YAML::Node root = YAML::Load(text);
        if (!root.IsMap()) {
            loaded.diagnostics.error("board.syntax", reader.place(root.Mark()),
                                     "the file is no table of keys and values",
                                     "begin with a line such as 'name: My board'");
            return loaded;
        }
        for (const auto& pair : root) {
            loaded.value.push_back(reader.entry(pair.first, pair.second));
        }
    } catch (const YAML::Exception& exception) {
        loaded.diagnostics.error("board.syntax", reader.place(exception.mark), "not valid YAML: " + exception.msg,
                                 "docs/description.md tells what a board file has; boards/ has examples");
    }
    return loaded;
}

} // namespace amp
