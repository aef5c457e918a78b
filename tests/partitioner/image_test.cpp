// SPDX-License-Identifier: GPL-2.0-only
#include "amp/partitioner/image.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstring>

#include "support/elf_builder.hpp"
#include "support/fake_disk.hpp"

using namespace amp;
using namespace amp::test;

namespace {

// Under ASan: reads nothing that is not there, whatever one of the first bytes becomes.
void parse_altered(const Bytes& good, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        for (const int flip : {0x01, 0x80, 0xff}) {
            Bytes wrong = good;
            wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ flip);
            const auto image = parse_image(wrong);
            if (image) {
                CHECK(image->segments.size() <= 2);
            }
        }
    }
}

} // namespace

TEST_CASE("segments of an ELF file come sorted, with bytes and size") {
    const auto image =
        parse_image(make_elf({.entry = 0x8010,
                              .segments = {{.address = 0x40100000, .file_size = 0, .memory_size = 0x2000},
                                           {.address = 0x40000000, .virtual_address = 0x8000}}}));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::elf);
    REQUIRE(image->segments.size() == 2);
    CHECK(image->segments[0].gpa == GuestPhysAddr(0x40000000));
    CHECK(image->segments[0].bytes == Bytes(0x100, 0xa1));
    CHECK(image->segments[0].memory_size == 0x1000);
    CHECK(image->segments[1].bytes.empty());
    CHECK(image->entry == GuestPhysAddr(0x40000010)); // a virtual address is turned into the load address
}

TEST_CASE("no truncated or altered ELF file is read beyond its end") {
    const Bytes good = make_elf({.segments = {{}, {.address = 0x40002000}}});
    for (std::size_t size = 4; size < good.size(); ++size) {
        const auto image = parse_image(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size)));
        REQUIRE_FALSE(image);
    }
    parse_altered(good, 64 + 2 * 56);
}

TEST_CASE("no truncated or altered 32-bit ELF file is read beyond its end") {
    const Bytes good = make_elf({.machine = 40, .elf_class = 1, .segments = {{}, {.address = 0x40002000}}});
    for (std::size_t size = 4; size < good.size(); ++size) {
        REQUIRE_FALSE(parse_image(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
    }
    parse_altered(good, 52 + 2 * 32);
}

TEST_CASE("a 32-bit ELF file is 32-bit Arm code") {
    const auto image = parse_image(make_elf({.machine = 40,
                                             .elf_class = 1,
                                             .entry = 0x8004,
                                             .segments = {{.address = 0x40000000, .virtual_address = 0x8000}}}));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::elf);
    CHECK(image->aarch32);
    CHECK(image->entry == GuestPhysAddr(0x40000004));
    CHECK(image->segments.at(0).memory_size == 0x1000);
    CHECK(image->segments.at(0).bytes == Bytes(0x100, 0xa0));
    CHECK_FALSE(parse_image(make_elf())->aarch32);
}

TEST_CASE("every damage has its rule") {
    const auto rule = [](const Bytes& file) { return parse_image(file).error().rule; };
    CHECK(rule({}) == "image.empty");
    CHECK(rule(make_elf({.machine = 40})) == "image.machine");
    CHECK(rule(make_elf({.machine = 40, .elf_class = 2})) == "image.machine");
    CHECK(rule(make_elf({.elf_class = 1})) == "image.machine");
    CHECK(rule(make_elf({.machine = 3, .elf_class = 1})) == "image.machine");
    CHECK(rule(make_elf({.type = 4})) == "image.not-executable");
    CHECK(rule(make_elf({.segments = {}})) == "image.not-executable");
    CHECK(rule(make_elf({.segments = {{.file_size = 0, .memory_size = 0}}})) == "image.not-executable");
    CHECK(rule(make_elf({.segments = {{.file_size = 0x100, .memory_size = 0x80}}})) == "image.truncated");
    CHECK(rule(make_elf({.segments = {{}, {.address = 0x40000fff}}})) == "image.segments-overlap");
    CHECK(rule(make_elf({.segments = {{.address = UINT64_MAX - 0xff}}})) == "image.segments-overlap");
    CHECK(rule(bytes_of("\x1f\x8b...")) == "image.truncated");
    CHECK(rule(bytes_of("BZh91AY")) == "image.compressed");
    CHECK(rule(bytes_of("\xd0\x0d\xfe\xed...")) == "image.not-executable");
    Bytes bzimage(0x400);
    std::memcpy(bzimage.data() + 0x202, "HdrS", 4);
    CHECK(rule(bzimage) == "image.machine");
    CHECK(rule(make_linux_image(4096, UINT64_MAX)) == "image.truncated");
}

TEST_CASE("an arm64 Image says how much memory it needs") {
    const auto image = parse_image(make_linux_image(4096, 0x300000, 0x1000));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::linux_image);
    CHECK(image->text_offset == 0x1000);
    CHECK(image->segments.at(0).memory_size == 0x300000);
    CHECK(parse_image(make_linux_image(4096, 0))->text_offset == 0x80000);
}

TEST_CASE("a zImage says what it unpacks to, or is guessed at") {
    const auto image = parse_image(make_zimage(0x1000, 0x20000, 0x300));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::zimage);
    CHECK(image->aarch32);
    CHECK(image->unpacked_size == 0x20300);
    CHECK(image->segments.at(0).bytes.size() == 0x1000);
    Bytes old = make_zimage(0x1000, 0x20000);
    old[0x34] = 0;
    CHECK(parse_image(old)->unpacked_size == 0x5000);
    parse_altered(make_zimage(0xa4, 0x20000), 0xa4);
}

TEST_CASE("damaged and foreign zImages") {
    Bytes truncated = make_zimage(0x1000, 0x20000);
    truncated.resize(0xfff);
    CHECK(parse_image(truncated).error().rule == "image.truncated");
    Bytes swapped = make_zimage(0x1000, 0x20000);
    std::reverse(swapped.begin() + 0x24, swapped.begin() + 0x28);
    CHECK(parse_image(swapped).error().rule == "image.machine");
}

TEST_CASE("gzip-compressed images are unpacked, up to what memory holds") {
    const Bytes plain = make_linux_image(3u << 20, 4u << 20, 0x1000);
    const Bytes packed = make_gzip(plain);
    REQUIRE(packed.size() < plain.size());
    const auto image = parse_image(packed);
    REQUIRE(image);
    CHECK(image->format == ImageFormat::linux_image);
    CHECK(image->compressed);
    CHECK(image->segments.at(0).bytes == plain);
    CHECK(parse_image(packed, plain.size()));
    CHECK(parse_image(packed, plain.size() - 1).error().rule == "image.too-big");
    CHECK(parse_image(packed, 100).error().rule == "image.too-big");
    CHECK(parse_image(make_gzip(packed)).error().rule == "image.compressed");
    CHECK(parse_image(make_gzip({})).error().rule == "image.empty");
    for (const std::size_t cut : {std::size_t{2}, std::size_t{12}, packed.size() / 2, packed.size() - 1}) {
        const auto cut_off = parse_image(Bytes(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(cut)));
        CHECK(cut_off.error().rule == "image.truncated");
    }
    Bytes padded = packed;
    padded.resize(padded.size() + 100);
    CHECK(parse_image(padded)->segments.at(0).bytes == plain);
}

TEST_CASE("a uImage says where its program goes and starts") {
    const Bytes program(0x1000, 0x11);
    const auto image = parse_image(make_uimage(program, {.load = 0x40010000, .entry = 0x40010040}));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::uimage);
    CHECK(image->aarch32);
    CHECK(image->entry == GuestPhysAddr(0x40010040));
    CHECK(image->segments.at(0).gpa == GuestPhysAddr(0x40010000));
    CHECK(image->segments.at(0).bytes == program);
    CHECK_FALSE(parse_image(make_uimage(program, {.architecture = 22}))->aarch32);
    CHECK(parse_image(make_uimage(make_gzip(program), {.compression = 1}))->segments.at(0).bytes == program);
    CHECK(parse_image(make_uimage(make_zimage(0x1000, 0x20000)))->format == ImageFormat::zimage);
}

TEST_CASE("a uImage that is damaged or not for us") {
    const auto rule = [](const Bytes& file) { return parse_image(file).error().rule; };
    const Bytes program(0x1000, 0x11);
    CHECK(rule(make_uimage(program, {.architecture = 3})) == "image.machine");
    CHECK(rule(make_uimage(program, {.type = 3})) == "image.not-executable");
    CHECK(rule(make_uimage(program, {.compression = 2})) == "image.compressed");
    CHECK(rule(make_uimage({})) == "image.empty");
    CHECK(parse_image(make_uimage(make_gzip(program), {.compression = 1}), 0xfff).error().rule == "image.too-big");
    const Bytes good = make_uimage(program);
    for (std::size_t i = 4; i < good.size(); i += 7) {
        Bytes wrong = good;
        wrong[i] = static_cast<std::uint8_t>(wrong[i] ^ 0x10);
        CHECK(rule(wrong) == "image.truncated");
    }
    CHECK(rule(Bytes(good.begin(), good.end() - 1)) == "image.truncated");
}

TEST_CASE("anything else is raw") {
    const auto image = parse_image(bytes_of("some bytes"));
    REQUIRE(image);
    CHECK(image->format == ImageFormat::raw);
    CHECK(image->segments.at(0).memory_size == 10);
}

TEST_CASE("images are found beside the description first, then among the guests") {
    FakeDisk disk;
    disk.write("/usr/lib/amp/guests/a.elf", std::string("x"));
    disk.write("/usr/lib/amp/guests/b.elf", std::string("x"));
    disk.write("/home/b.elf", std::string("x"));
    const ImagePath path;
    CHECK(path.find(disk, "/home/d.dts", "a.elf") == "/usr/lib/amp/guests/a.elf");
    CHECK(path.find(disk, "/home/d.dts", "b.elf") == "/home/b.elf");
    CHECK(path.find(disk, "/home/d.dts", "c.elf") == "/home/c.elf");
    CHECK(path.find(disk, "/home/d.dts", "/usr/lib/amp/guests/a.elf") == "/usr/lib/amp/guests/a.elf");
}
