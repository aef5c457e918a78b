// SPDX-License-Identifier: GPL-2.0-only
// A firmware's resource table against that of the image so far: what is open gets its values, all else is refused.
#include <cerrno>
#include <functional>

#include <catch2/catch.hpp>

#include "firmware_bench.hpp"

using namespace amp::test;
using Catch::Matchers::Contains;

namespace {

struct Case {
    const char* what;
    std::function<void(Elf64&)> spoil;
};

void refuse(Bench& bench, const Bytes& file, const char* reason) {
    CHECK(bench.load(file) == -EINVAL);
    CHECK_THAT(bench.message(), Contains(reason) && Contains("create it from a description with this image"));
    CHECK(bench.outcome().replaced == 0);
}

// The firmware's own table is the same, so that only the values that count are wrong.
void refuse_table(const char* reason, const std::function<void(Table&)>& spoil) {
    Elf64 file;
    spoil(file.table);
    Bench bench;
    bench.set_image(file.table.bytes());
    refuse(bench, file.bytes(), reason);
}

void accept_table(const std::function<void(Table&)>& change) {
    Elf64 file;
    change(file.table);
    Bench bench;
    bench.set_image(file.table.bytes());
    CHECK(bench.load(file.bytes()) == 0);
}

// The segment with the code, elsewhere; the partition would say no, but the table's check comes first.
void cover(Elf64& file, std::uint64_t gpa, std::uint64_t room) {
    file.text.p_paddr = gpa;
    file.text.p_memsz = room;
    file.header.e_entry = text_gpa;
}

} // namespace

TEST_CASE("open addresses get the values of the image so far") {
    Elf64 file;
    const Bytes settled = file.table.bytes();
    file.table = file.table.open();
    Bench bench;
    REQUIRE(bench.load(file.bytes()) == 0);
    CHECK(bench.piece(1) == settled);
    Elf32 narrow;
    narrow.table = narrow.table.open();
    Bench bench32(true);
    REQUIRE(bench32.load(narrow.bytes()) == 0);
    CHECK(bench32.piece(1) == settled);
}

TEST_CASE("bytes around the table are the file's") {
    Elf64 file;
    file.table = file.table.open();
    file.data.p_offset -= 4; // the code's last bytes
    file.data.p_filesz += 8; // and the first name's
    file.data.p_paddr -= 4;
    file.data.p_vaddr -= 4;
    Bench bench;
    REQUIRE(bench.load(file.bytes()) == 0);
    const Bytes all = file.bytes();
    const Bytes loaded = bench.piece(1);
    REQUIRE(loaded.size() == sizeof(Table) + 8);
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(file.data.p_offset);
    CHECK(Bytes(loaded.begin(), loaded.begin() + 4) == Bytes(first, first + 4));
    CHECK(Bytes(loaded.end() - 4, loaded.end()) == Bytes(first + sizeof(Table) + 4, first + sizeof(Table) + 8));
    CHECK(Bytes(loaded.begin() + 4, loaded.end() - 4) == Table().bytes());
}

TEST_CASE("without an rpmsg device a table is bytes like any other") {
    Elf64 file;
    file.table.head.version = 77;
    Bench bench(false, false);
    REQUIRE(bench.load(file.bytes()) == 0);
    CHECK(bench.piece(1) == file.table.bytes());
}

TEST_CASE("a table that is not found is refused") {
    const std::vector<Case> cases = {
        {"no sections", [](Elf64& e) { e.header.e_shnum = 0; }},
        {"sections beyond the end", [](Elf64& e) { e.header.e_shoff = sizeof(Elf64) - sizeof(e.sections[0]); }},
        {"sections at the end of numbers", [](Elf64& e) { e.header.e_shoff = UINT64_MAX - 63; }},
        {"sections of another size", [](Elf64& e) { e.header.e_shentsize += 8; }},
        {"no names", [](Elf64& e) { e.header.e_shstrndx = 9; }},
        {"names beyond the end", [](Elf64& e) { e.sections[2].sh_offset = sizeof(Elf64); }},
        {"names around the end of numbers", [](Elf64& e) { e.sections[2].sh_size = UINT64_MAX; }},
        {"name beyond the names", [](Elf64& e) { e.sections[1].sh_name = sizeof(e.names) + 1; }},
        {"name that is cut off", [](Elf64& e) { e.sections[2].sh_size = 16; }},
        {"another name", [](Elf64& e) { e.sections[1].sh_name = 17; }},
        {"longer name", [](Elf64& e) { e.names[16] = 'x'; }},
        {"not allocated", [](Elf64& e) { e.sections[1].sh_flags = 0; }},
        {"without bytes", [](Elf64& e) { e.sections[1].sh_type = SHT_NOBITS; }},
        {"empty", [](Elf64& e) { e.sections[1].sh_size = 0; }},
        {"too large", [](Elf64& e) { e.sections[1].sh_size = 0x10001; }},
        {"half outside its segment", [](Elf64& e) { e.sections[1].sh_addr += 1; }},
        {"below its segment", [](Elf64& e) { e.sections[1].sh_addr -= 1; }},
        {"in the zeroes", [](Elf64& e) { e.sections[1].sh_addr += 0x800; }},
    };
    for (const Case& c : cases) {
        Elf64 file;
        c.spoil(file);
        Bench bench;
        INFO(c.what);
        refuse(bench, file.bytes(), "no loaded section .resource_table");
    }
}

TEST_CASE("another table is refused") {
    for (std::size_t i = 0; i < sizeof(Table); i++) {
        Elf64 file;
        Bench bench;
        Bytes other = bench.image();
        other[i] ^= 0x10;
        bench.set_image(other);
        INFO(i);
        refuse(bench, file.bytes(), "another one than that of the image so far");
    }
}

TEST_CASE("a table whose length is no multiple of four is compared to its end") {
    Elf64 file;
    file.sections[1].sh_size += 3;
    file.data.p_filesz += 3;
    Bytes longer = Table().bytes();
    longer.insert(longer.end(), file.names, file.names + 3);
    Bench bench;
    bench.set_image(longer);
    CHECK(bench.load(file.bytes()) == 0);
    longer.back() ^= 1;
    bench.set_image(longer);
    refuse(bench, file.bytes(), "another one than that of the image so far");
}

TEST_CASE("where the image so far has no table, nothing is loaded") {
    Bench bench;
    bench.outcome().image_gpa += 4;
    refuse(bench, Elf64().bytes(), "the image so far has no resource table where this one has it");
}

TEST_CASE("a bad head of both tables is refused") {
    refuse_table("no good head", [](Table& t) { t.head.version = 2; });
    refuse_table("no good head", [](Table& t) { t.head.count = 65; });
    refuse_table("no good head", [](Table& t) { t.head.count = 0xfffffffe; });
}

TEST_CASE("entries beyond the table are refused") {
    refuse_table("is cut off", [](Table& t) { t.head.count = 64; });
    refuse_table("is cut off", [](Table& t) { t.offset[0] = sizeof(Table) - 3; });
    refuse_table("is cut off", [](Table& t) { t.offset[1] = 0xfffffff0; });
    // a second vring that does not fit
    refuse_table("is cut off", [](Table& t) {
        std::memcpy(&t.carveout, &t.vdev, sizeof(t.vdev) + sizeof(t.ring[0]));
        std::memset(t.carveout.name + 24, 0xff, 8);
    });
    // a type that is the last word
    refuse_table("is cut off", [](Table& t) {
        t.offset[1] = sizeof(Table) - 4;
        const std::uint32_t type = AMP_RSC_VDEV;
        std::memcpy(t.carveout.name + 28, &type, 4);
    });
}

TEST_CASE("a carve-out that is cut off is refused") {
    refuse_table("is cut off", [](Table& t) {
        t.offset[1] = sizeof(Table) - 4;
        std::memset(t.carveout.name + 28, 0, 4); // AMP_RSC_CARVEOUT
    });
}

TEST_CASE("vrings that make no sense are refused") {
    refuse_table("a vring is not settled", [](Table& t) { t.ring[1].da = AMP_RSC_ANY; });
    refuse_table("a vring is not settled", [](Table& t) { t.ring[0].align = 0; });
    refuse_table("a vring is not settled", [](Table& t) { t.ring[0].align = 24; });
    refuse_table("a vring is not settled", [](Table& t) { t.ring[0].num = 1025; });
    refuse_table("a vring is not settled", [](Table& t) { t.ring[1].num = 0x80000000; });
}

TEST_CASE("other tables that are good") {
    accept_table([](Table& t) { t.ring[1].num = 1024; });
    accept_table([](Table& t) { t.head.count = 1; });
    accept_table([](Table& t) { t.vdev.vring_count = 0; });
    accept_table([](Table& t) { t.carveout.type = AMP_RSC_TRACE; });
}

TEST_CASE("a firmware over rings, buffers or carve-outs is refused") {
    struct Place {
        std::uint64_t gpa, room;
        const char* reason; // nullptr: that is not over them
    };
    const std::uint64_t ring_end = amp_vring_size(16, 4096);
    const std::uint64_t buffers = 2 * 16 * AMP_RPMSG_BUFFER_SIZE;
    const std::vector<Place> places = {
        {ring_gpa + ring_end - 1, 16, "over a vring"},
        {ring_gpa + 0x2000, 16, "over a vring"},
        {ring_gpa, 16, "over a vring"},
        {ring_gpa - 1, 16, "over a vring"},
        {ring_gpa - 16, 16, "over the message buffers"},
        {ring_gpa - buffers - 15, 16, "over the message buffers"},
        {ring_gpa - buffers - 16, 16, nullptr},
        {carveout_gpa - 15, 16, "over a carve-out"},
        {carveout_gpa + 0xfff, 16, "over a carve-out"},
        {carveout_gpa + 0x1000, 16, nullptr},
        {carveout_gpa - 16, 16, nullptr},
        {text_gpa, ring_gpa - buffers - text_gpa + 1, "over the message buffers"},
    };
    for (const Place& place : places) {
        Elf64 file;
        cover(file, place.gpa, place.room);
        Bench bench;
        bench.descriptor().entry = text_gpa;
        INFO(std::hex << place.gpa << " " << place.room);
        if (place.reason != nullptr) {
            refuse(bench, file.bytes(), place.reason);
        } else {
            CHECK(bench.load(file.bytes()) == 0);
        }
    }
}
