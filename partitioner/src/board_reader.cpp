// SPDX-License-Identifier: GPL-2.0-only
// boards/*.yaml -> Board: a table of keys, each with the function that takes its value. Reports unknown keys and wrong
// types of the whole file in one run; never looks at the machine.
#include "amp/partitioner/board.hpp"

#include <algorithm>

#include "text.hpp"
#include "yaml_reader.hpp"

namespace amp {

namespace {

// GIC architecture (Arm IHI 0069, 2.2.1): SPIs are INTIDs 32 to 1019.
constexpr std::uint64_t spi_first = 32;
constexpr std::uint64_t spi_last = 1019;

struct Reader {
    Board& board;
    Diagnostics& diagnostics;

    void wrong_type(const YamlEntry& entry, const std::string& expected) {
        diagnostics.error("board.type", entry.place, entry.key + " is not " + expected, "write " + expected);
    }
    bool scalar(const YamlEntry& entry, const std::string& expected) {
        const bool good = entry.values.size() == 1 && !entry.is_list && !entry.is_map;
        if (!good) {
            wrong_type(entry, expected);
        }
        return good;
    }
    bool list(const YamlEntry& entry, const std::string& expected) {
        const bool good = entry.is_list && !entry.is_map;
        if (!good) {
            wrong_type(entry, expected);
        }
        return good;
    }

    void name(const YamlEntry& entry) {
        if (scalar(entry, "a text")) {
            board.name = entry.values[0];
        }
    }
    void compatible(const YamlEntry& entry) {
        if (list(entry, "a list of root compatible strings, such as [\"vendor,board\"]")) {
            board.compatible = entry.values;
        }
    }
    // "240", "0xf0" or "240-255"
    bool spi_range(const std::string& text, std::uint64_t& first, std::uint64_t& last) {
        const auto dash = text.find('-');
        const auto low = parse_number(text.substr(0, dash));
        const auto high = dash == std::string::npos ? low : parse_number(text.substr(dash + 1));
        first = low.value_or(0);
        last = high.value_or(0);
        return low && high;
    }
    void doorbell_spis(const YamlEntry& entry) {
        const std::string expected = "a list of INTIDs or ranges, such as [100, 240-255]";
        if (!list(entry, expected)) {
            return;
        }
        for (const auto& text : entry.values) {
            std::uint64_t first = 0;
            std::uint64_t last = 0;
            if (!spi_range(text, first, last)) {
                wrong_type(entry, expected);
            } else if (first < spi_first || last > spi_last || first > last) {
                diagnostics.error("board.doorbell-range", entry.place, text + " is no range of shared interrupts",
                                  "SPIs have INTIDs from 32 to 1019 (device tree number + 32)");
            } else {
                for (auto intid = first; intid <= last; ++intid) {
                    board.doorbell_spis.push_back(Irq(static_cast<std::uint32_t>(intid)));
                }
            }
        }
    }
    void keep_cpus(const YamlEntry& entry) {
        const std::string expected = "a list of Linux's processor numbers, such as [0, 1]";
        if (!list(entry, expected)) {
            return;
        }
        for (const auto& text : entry.values) {
            const auto number = parse_number(text);
            if (!number || *number > 4095) {
                wrong_type(entry, expected);
            } else {
                board.keep_cpus.push_back(CpuId(static_cast<std::uint32_t>(*number)));
            }
        }
    }
    // "/soc/clock-controller@30380000 92 = 24000000"
    bool clock_rate(const std::string& text, BoardClock& clock) {
        const auto equals = text.find('=');
        const auto words = words_of(text.substr(0, equals));
        const auto rate = equals == std::string::npos ? std::vector<std::string>() : words_of(text.substr(equals + 1));
        const std::uint64_t hz = rate.size() == 1 ? parse_number(rate[0]).value_or(0) : 0;
        if (words.empty() || !words[0].starts_with('/') || hz == 0 || hz > UINT32_MAX) {
            return false;
        }
        clock = {words[0], {}, hz};
        for (std::size_t i = 1; i < words.size(); ++i) {
            const auto cell = parse_number(words[i]);
            if (!cell || *cell > UINT32_MAX) {
                return false;
            }
            clock.cells.push_back(static_cast<std::uint32_t>(*cell));
        }
        return true;
    }
    void clock_rates(const YamlEntry& entry) {
        const std::string expected = "a list of clocks with their rates, such as [\"/soc/clock@30380000 92 = 24000000\"]";
        if (!list(entry, expected)) {
            return;
        }
        for (const auto& text : entry.values) {
            BoardClock clock;
            if (clock_rate(text, clock)) {
                board.clock_rates.push_back(std::move(clock));
            } else {
                wrong_type(entry, expected);
            }
        }
    }
    void without_dma(const YamlEntry& entry) {
        if (list(entry, "a list of compatible strings, such as [\"vendor,timer\"]")) {
            board.without_dma = entry.values;
        }
    }
    void memory_margin(const YamlEntry& entry) {
        const std::string expected = "a number of MiB, such as 64";
        if (!scalar(entry, expected)) {
            return;
        }
        const auto number = parse_number(entry.values[0]);
        if (!number || *number > (1u << 20)) {
            wrong_type(entry, expected);
        } else {
            board.memory_margin = *number << 20;
        }
    }
};

struct Key {
    std::string_view name;
    void (Reader::*take)(const YamlEntry&);
};

constexpr Key keys[] = {
    {"name", &Reader::name},
    {"compatible", &Reader::compatible},
    {"doorbell-spis", &Reader::doorbell_spis},
    {"keep-cpus", &Reader::keep_cpus},
    {"clock-rates", &Reader::clock_rates},
    {"devices-without-dma", &Reader::without_dma},
    {"memory-margin-mib", &Reader::memory_margin},
};

void unknown_key(const YamlEntry& entry, Diagnostics& diagnostics) {
    std::vector<std::string_view> names;
    for (const auto& key : keys) {
        names.push_back(key.name);
    }
    const auto meant = nearest(entry.key, names);
    diagnostics.error("board.unknown-key", entry.place, "no key is called " + quoted(entry.key),
                      meant ? "did you mean " + quoted(*meant) + "?"
                            : "known keys are " + joined(std::vector<std::string>(names.begin(), names.end())));
}

void require(bool present, const std::string& key, const std::string& file, Diagnostics& diagnostics) {
    if (!present) {
        Place place;
        place.file = file;
        diagnostics.error("board.missing-key", place, "key " + quoted(key) + " is missing",
                          "add a line '" + key + ": ...'");
    }
}

} // namespace

Board generic_board() {
    Board board;
    board.name = "generic";
    return board;
}

Loaded<Board> load_board(const Disk& disk, const std::string& path) {
    Loaded<Board> loaded;
    loaded.value.file = path;
    const auto bytes = disk.read(path);
    if (!bytes) {
        Place place;
        place.file = path;
        loaded.diagnostics.error("board.unreadable", place, "can't be read: " + bytes.error());
        return loaded;
    }
    auto entries = read_yaml(*bytes, path);
    loaded.diagnostics = std::move(entries.diagnostics);
    Reader reader{loaded.value, loaded.diagnostics};
    for (const auto& entry : entries.value) {
        const auto key =
            std::find_if(std::begin(keys), std::end(keys), [&](const Key& k) { return k.name == entry.key; });
        if (key == std::end(keys)) {
            unknown_key(entry, loaded.diagnostics);
        } else {
            (reader.*key->take)(entry);
        }
    }
    if (loaded.ok()) {
        require(!loaded.value.name.empty(), "name", path, loaded.diagnostics);
        require(!loaded.value.compatible.empty(), "compatible", path, loaded.diagnostics);
    }
    return loaded;
}

Loaded<std::vector<Board>> load_boards(const Disk& disk, const std::string& directory) {
    Loaded<std::vector<Board>> loaded;
    for (const auto& name : disk.list(directory)) {
        if (name.ends_with(".yaml")) {
            Loaded<Board> board = load_board(disk, path_join(directory, name));
            if (board.ok()) {
                loaded.value.push_back(std::move(board.value));
            }
            loaded.diagnostics.append(std::move(board.diagnostics));
        }
    }
    return loaded;
}

Board pick_board(const std::vector<Board>& boards, const std::vector<std::string>& root_compatible) {
    for (const auto& wanted : root_compatible) {
        for (const auto& board : boards) {
            if (std::find(board.compatible.begin(), board.compatible.end(), wanted) != board.compatible.end()) {
                return board;
            }
        }
    }
    return generic_board();
}

} // namespace amp
