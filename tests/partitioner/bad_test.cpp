// SPDX-License-Identifier: GPL-2.0-only
// Runs every file of bad/ and compares all that is reported, as text, with the .expected file beside it. Lines "test:
// ..." in a file's comments say in which world it is wrong; see Case::apply.
#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"
#include "text.hpp"

using namespace amp;
using namespace amp::test;

namespace {

const std::string folder = "tests/partitioner/bad";

class Case {
public:
    explicit Case(const std::string& file)
        : file_(file), bytes_(source_bytes(folder + "/" + file)), disk_(image_disk()) {
        disk_.write(file_, bytes_);
        for (const auto& line : lines_of(std::string(bytes_.begin(), bytes_.end()))) {
            const auto mark = line.find("test: ");
            if (mark != std::string::npos && (line.starts_with("//") || line.starts_with("#"))) {
                apply(words_of(std::string_view(line).substr(mark + 6)));
            }
        }
    }

    std::string run() {
        Diagnostics found = std::move(early_);
        if (!stop_) {
            found.append(file_.ends_with(".yaml") ? load_board(disk_, path_).diagnostics : check_spec());
        }
        return text_of(found);
    }

private:
    Diagnostics check_spec() {
        Loaded<Spec> spec = load_spec(disk_, path_);
        Diagnostics found = std::move(spec.diagnostics);
        found.append(check({spec.value}, world_, disk_));
        return found;
    }

    void apply(const std::vector<std::string>& words) {
        const auto number = [&](std::size_t i) {
            return static_cast<std::uint32_t>(parse_number(words.at(i)).value());
        };
        const std::string& what = words.at(0);
        if (what == "path") { // read this instead
            path_ = words.at(1);
        } else if (what == "live-path") { // the machine's tree comes from there
            early_ = load_live_tree(disk_, words.at(1)).diagnostics;
            stop_ = true;
        } else if (what == "live-dir") {
            LivePaths paths;
            paths.device_tree = words.at(1);
            early_ = load_live(disk_, paths).diagnostics;
            stop_ = true;
        } else if (what == "no-gic") {
            world_.live->gic = {};
        } else if (what == "no-gich") {
            world_.live = qemu_live(2);
            world_.live->gic.virtualization = false;
        } else if (what == "offline") {
            world_.live->cpus.at(number(1)).online = false;
        } else if (what == "core") { // is of that model
            world_.live->cpus.at(number(1)).compatible = words.at(2);
        } else if (what == "available") { // MiB
            world_.live->available_memory = std::uint64_t{number(1)} << 20;
        } else if (what == "existing") { // name id cpu doorbell
            world_.existing.push_back({words.at(1), number(2), CpuId(number(3)), Irq(number(4))});
        } else if (what == "used") { // an SPI has a driver
            world_.live->interrupts.push_back({Irq(number(1)), words.at(2), true});
        } else if (what == "machine") { // another tree
            const Loaded<Live> loaded = load_live_tree(RealDisk(), std::string(AMP_SOURCE_DIR) + "/" + folder + "/" + words.at(1));
            REQUIRE(text_of(loaded.diagnostics) == "");
            world_.live = loaded.value;
            world_.live->source = "machine";
        } else if (what == "driver") { // node bus device driver
            world_.live->drivers.push_back({words.at(1), words.at(2), words.at(3), words.at(4)});
        } else if (what == "board") {
            disk_.write(words.at(1), source_bytes(folder + "/" + words.at(1)));
            Loaded<Board> board = load_board(disk_, words.at(1));
            REQUIRE(text_of(board.diagnostics) == "");
            world_.board = board.value;
        } else {
            FAIL("unknown directive " << what);
        }
    }

    std::string file_;
    Bytes bytes_;
    FakeDisk disk_;
    std::string path_ = file_;
    World world_ = qemu_world();
    Diagnostics early_;
    bool stop_ = false;
};

std::vector<std::string> inputs() {
    std::vector<std::string> files;
    for (const auto& name : RealDisk().list(std::string(AMP_SOURCE_DIR) + "/" + folder)) {
        if (!name.ends_with(".expected") && !name.ends_with(".board.yaml") && !name.ends_with(".live.dts")) {
            files.push_back(name);
        }
    }
    return files;
}

std::string rule_of(const std::string& file) {
    return file.substr(0, file.rfind('.'));
}

} // namespace

TEST_CASE("every wrong description is reported as expected") {
    for (const auto& file : inputs()) {
        INFO(file);
        const std::string actual = Case(file).run();
        CHECK(actual.find("[" + rule_of(file) + "]") != std::string::npos);
        check_golden(folder + "/" + rule_of(file) + ".expected", actual);
    }
}

TEST_CASE("every rule has a wrong description, every wrong description a rule") {
    std::vector<std::string> files;
    for (const auto& file : inputs()) {
        files.push_back(rule_of(file));
    }
    std::vector<std::string> names;
    for (const auto& rule : all_rules()) {
        names.emplace_back(rule.name);
    }
    std::sort(files.begin(), files.end());
    std::sort(names.begin(), names.end());
    CHECK(files == names);
}

TEST_CASE("a wrong description is reported with the severity of its rule") {
    for (const auto& rule : all_rules()) {
        const std::string expected = source_text(folder + "/" + std::string(rule.name) + ".expected");
        const auto tag = expected.find("[" + std::string(rule.name) + "]");
        REQUIRE(tag != std::string::npos);
        const auto start = expected.rfind('\n', tag) == std::string::npos ? 0 : expected.rfind('\n', tag) + 1;
        INFO(rule.name);
        CHECK(expected.substr(start, tag - start).find(std::string(to_string(rule.severity)) + ": ") !=
              std::string::npos);
    }
}
