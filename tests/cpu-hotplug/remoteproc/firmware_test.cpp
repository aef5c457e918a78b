// SPDX-License-Identifier: GPL-2.0-only
// Firmware files: good ones arrive as they are, and each way to spoil one is refused for its reason, before anything changed.
#include <cerrno>
#include <functional>

#include <catch2/catch.hpp>

#include "firmware_bench.hpp"

using namespace amp::test;
using Catch::Matchers::Contains;

namespace {

template <typename E>
struct Case {
    const char* what;
    const char* reason;
    std::function<void(E&)> spoil;
};

template <typename E>
void refuse(const std::vector<Case<E>>& cases, bool is_32bit) {
    for (const Case<E>& c : cases) {
        E file;
        c.spoil(file);
        Bench bench(is_32bit);
        INFO(c.what);
        CHECK(bench.check(file.bytes()) == -EINVAL);
        CHECK_THAT(bench.message(), Contains(c.reason));
        CHECK(bench.load(file.bytes()) == -EINVAL);
        CHECK(bench.outcome().replaced == 0);
    }
}

template <typename E>
std::vector<Case<E>> spoilt() {
    const char* no_elf = "no little-endian ELF file";
    const char* beyond = "a segment lies beyond its end";
    const char* headers = "its program headers lie beyond its end";
    return {
        {"magic", no_elf, [](E& e) { e.header.e_ident[EI_MAG3] = 'G'; }},
        {"class 0", no_elf, [](E& e) { e.header.e_ident[EI_CLASS] = 0; }},
        {"class 3", no_elf, [](E& e) { e.header.e_ident[EI_CLASS] = 3; }},
        {"big-endian", no_elf, [](E& e) { e.header.e_ident[EI_DATA] = ELFDATA2MSB; }},
        {"small program header", no_elf, [](E& e) { e.header.e_phentsize--; }},
        {"machine", "not for", [](E& e) { e.header.e_machine = EM_X86_64; }},
        {"object file", "no linked program", [](E& e) { e.header.e_type = ET_REL; }},
        {"entry", "starts at", [](E& e) { e.header.e_entry += 4; }},
        {"entry outside of all segments", "starts at", [](E& e) { e.header.e_entry = text_virtual - 4; }},
        {"no program headers", "no segment", [](E& e) { e.header.e_phnum = 0; }},
        {"nothing to load", "no segment", [](E& e) { e.text.p_type = e.data.p_type = PT_NOTE; }},
        {"a header too many", headers, [](E& e) { e.header.e_phoff = sizeof(E) - 2 * sizeof(e.text) + 1; }},
        {"headers at the end", headers, [](E& e) { e.header.e_phoff = sizeof(E); }},
        {"headers at the end of numbers", headers, [](E& e) { e.header.e_phoff = decltype(e.header.e_phoff)(-64); }},
        {"longer in the file than in memory", beyond, [](E& e) { e.text.p_memsz--; }},
        {"segment cut off", beyond, [](E& e) { e.data.p_offset = sizeof(E) - sizeof(Table) + 1; }},
        {"segment beyond the end", beyond, [](E& e) { e.text.p_offset = sizeof(E) + 1; }},
        {"segment around the end of numbers", beyond, [](E& e) { e.text.p_offset = decltype(e.text.p_offset)(-8); }},
        {"endless segment", beyond, [](E& e) { e.text.p_filesz = e.text.p_memsz = decltype(e.text.p_memsz)(-1); }},
    };
}

template <typename E>
void check_good(bool is_32bit) {
    const E file;
    Bench bench(is_32bit);
    REQUIRE(bench.check(file.bytes()) == 0);
    CHECK(bench.outcome().replaced == 0);
    REQUIRE(bench.load(file.bytes()) == 0);
    REQUIRE(bench.outcome().piece_count == 2);
    const rig_piece* piece = bench.outcome().piece;
    CHECK(piece[0].gpa == text_gpa);
    CHECK(piece[0].room == sizeof(file.code));
    CHECK(bench.piece(0) == Bytes(file.code, file.code + sizeof(file.code)));
    CHECK(piece[1].gpa == data_gpa);
    CHECK(piece[1].room == 0x1000);
    CHECK(bench.piece(1) == file.table.bytes());
}

} // namespace

TEST_CASE("a good file arrives as it is") {
    check_good<Elf64>(false);
    check_good<Elf32>(true);
}

TEST_CASE("spoilt 64-bit files are refused") {
    refuse(spoilt<Elf64>(), false);
}

TEST_CASE("spoilt 32-bit files are refused") {
    refuse(spoilt<Elf32>(), true);
}

// The partition refuses it, too, but what the firmware covers has to be right before.
TEST_CASE("memory around the end of addresses is refused") {
    refuse<Elf64>({{"high", "around the end of addresses", [](Elf64& e) { e.text.p_paddr = UINT64_MAX - 8; }},
                   {"endless", "around the end of addresses", [](Elf64& e) { e.text.p_memsz = UINT64_MAX; }}},
                  false);
}

TEST_CASE("the other class is refused with what the description says") {
    Bench narrow(true);
    CHECK(narrow.check(Elf64().bytes()) == -EINVAL);
    CHECK_THAT(narrow.message(), Contains("not for 32-bit Arm"));
    Bench wide(false);
    CHECK(wide.check(Elf32().bytes()) == -EINVAL);
    CHECK_THAT(wide.message(), Contains("not for arm64"));
}

TEST_CASE("a file that is cut off is refused") {
    const Bytes all = Elf64().bytes();
    for (std::size_t size = 0; size < offsetof(Elf64, names) + sizeof(Elf64::names); size++) {
        Bench bench;
        INFO(size);
        CHECK(bench.load(Bytes(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(size))) == -EINVAL);
        CHECK(bench.outcome().replaced == 0);
    }
}

TEST_CASE("a position-independent file is one, too") {
    Elf64 file;
    file.header.e_type = ET_DYN;
    CHECK(Bench().load(file.bytes()) == 0);
}

TEST_CASE("empty segments and other headers are passed over") {
    Elf64 file;
    file.data.p_type = PT_NOTE;
    file.data.p_offset = UINT64_MAX;
    Bench bench(false, false);
    REQUIRE(bench.load(file.bytes()) == 0);
    CHECK(bench.outcome().piece_count == 1);
    file.data.p_type = PT_LOAD;
    file.data.p_memsz = 0;
    REQUIRE(bench.load(file.bytes()) == 0);
    CHECK(bench.outcome().piece_count == 1);
}

TEST_CASE("zeroes alone are room without bytes") {
    Elf64 file;
    file.data.p_filesz = 0;
    Bench bench(false, false);
    REQUIRE(bench.load(file.bytes()) == 0);
    REQUIRE(bench.outcome().piece_count == 2);
    CHECK(bench.outcome().piece[1].size == 0);
    CHECK(bench.outcome().piece[1].room == 0x1000);
}

TEST_CASE("64 segments are loaded, 65 are refused") {
    for (const std::uint16_t count : {std::uint16_t{64}, std::uint16_t{65}}) {
        Elf64 file;
        Bytes bytes = file.bytes();
        file.header.e_phoff = bytes.size();
        file.header.e_phnum = count;
        std::memcpy(bytes.data(), &file.header, sizeof(file.header));
        for (unsigned i = 0; i < count; i++) {
            const auto* p = reinterpret_cast<const std::uint8_t*>(&file.text);
            bytes.insert(bytes.end(), p, p + sizeof(file.text));
        }
        Bench bench(false, false);
        CHECK(bench.load(bytes) == (count == 64 ? 0 : -EINVAL));
        CHECK(bench.outcome().piece_count == (count == 64 ? 64 : 0));
    }
}

TEST_CASE("without memory nothing changes") {
    for (unsigned failing = 1; failing <= 3; failing++) {
        Bench bench;
        bench.outcome().fail_allocation = failing;
        CHECK(bench.load(Elf64().bytes()) == -ENOMEM);
        CHECK(bench.outcome().allocations == failing);
        CHECK(bench.outcome().replaced == 0);
    }
}

TEST_CASE("the partition's refusal is the load's") {
    Bench bench;
    bench.outcome().replace_error = -EBUSY;
    CHECK(bench.load(Elf64().bytes()) == -EBUSY);
    CHECK_THAT(bench.message(), Contains("can't load the firmware"));
}
