// SPDX-License-Identifier: GPL-2.0-only
// The block device on a file: what a guest may ask for, what it may not, and what is in the file when workers are killed in the
// middle of it.
#include "support/back_end_bench.hpp"
#include "support/ram.hpp"

#include <algorithm>
#include <chrono>
#include <catch2/catch.hpp>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>

using namespace amp::test;

namespace {

constexpr std::uint64_t sector = 512;
constexpr std::uint64_t disk_sectors = 4096; // 2 MiB
constexpr std::uint32_t read_it = 0, write_it = 1, flush_it = 4, id_of_it = 8, discard_it = 11, zero_it = 13;
constexpr std::uint8_t ok = 0, io_error = 1, unsupported = 2, nothing = 0xee;
constexpr std::uint64_t flush_feature = 1u << 9, read_only_feature = 1u << 5, discard_feature = 1u << 13, zeroes_feature = 1u << 14;

struct Header {
    std::uint32_t type, reserved;
    std::uint64_t sector;
};
struct Segment {
    std::uint64_t sector;
    std::uint32_t sectors, flags;
};

// A disk and its guest. Requests use slots of 0x1000 bytes: header, data from 0x40 on, status in the last byte.
struct Disk {
    explicit Disk(bool read_only = false, const nlohmann::json& more = {})
        : bench(devices(read_only, more)), image(bench.directory.path("image")) {}

    Devices devices(bool read_only, const nlohmann::json& more) {
        Devices all{{{"name", "disk0"}, {"type", "blk"}, {"backend", "file:IMAGE"}, {"read-only", read_only}}};
        if (!more.is_null())
            all.push_back(more);
        return all;
    }

    void begin(std::uint64_t features = ~std::uint64_t{0}) {
        // The image's place is known only now.
        std::string config = text_of(bench.run_path("virtio.json"));
        const std::string token = "file:IMAGE";
        if (const std::size_t at = config.find(token); at != std::string::npos)
            put_text(bench.run_path("virtio.json"), config.replace(at, token.size(), "file:" + image));
        if (::access(image.c_str(), F_OK) != 0) {
            put_text(image, "");
            REQUIRE(::truncate(image.c_str(), static_cast<off_t>(disk_sectors * sector)) == 0);
        }
        bench.begin();
        guest = std::make_unique<GuestDevice>(*bench.module, 0);
        guest->probe(features, 1);
    }

    std::byte* slot(unsigned number) { return guest->buffer(0, 0x1000u * number); }
    std::uint64_t slot_gpa(unsigned number, std::uint64_t offset = 0) { return guest->buffer_gpa(0, 0x1000u * number + offset); }
    std::uint8_t& status_of(unsigned number) { return *reinterpret_cast<std::uint8_t*>(slot(number) + 0xfff); }

    void put_header(unsigned number, std::uint32_t type, std::uint64_t at) {
        const Header header{type, 0, at};
        std::memcpy(slot(number), &header, sizeof(header));
        status_of(number) = nothing;
    }
    std::uint16_t start(unsigned number, std::uint32_t type, std::uint64_t at, std::uint32_t bytes) {
        put_header(number, type, at);
        const Buffer header{slot_gpa(number), sizeof(Header), false}, status{slot_gpa(number, 0xfff), 1, true};
        if (!bytes)
            return guest->add(0, {header, status});
        return guest->add(0, {header, {slot_gpa(number, 0x40), bytes, type == read_it || type == id_of_it}, status});
    }
    // One request from beginning to end; its status.
    std::uint8_t ask(std::uint32_t type, std::uint64_t at, std::uint32_t bytes, unsigned number = 0) {
        const std::uint16_t head = start(number, type, at, bytes);
        guest->kick(0);
        const Used used = guest->wait_used(0);
        CHECK(used.head == head);
        written = used.written;
        return status_of(number);
    }
    std::uint8_t ask_segment(std::uint32_t type, const Segment& segment) {
        std::memcpy(slot(0) + 0x40, &segment, sizeof(segment));
        return ask(type, 0, sizeof(segment));
    }
    std::string image_bytes(std::uint64_t at, std::size_t size) { return text_of(image).substr(at * sector, size); }

    BackEndBench bench;
    std::string image;
    std::unique_ptr<GuestDevice> guest;
    std::uint32_t written = 0;
};

void fill(std::byte* to, std::size_t bytes, char value) { std::memset(to, value, bytes); }

} // namespace

TEST_CASE("What a guest writes is in the file, and what is in the file it reads") {
    Disk disk;
    disk.begin();
    CHECK(disk.bench.module->read(0, 0x100) == disk_sectors);
    CHECK(disk.bench.module->read(0, 0x104) == 0);
    CHECK(disk.bench.module->read(0, 0x114) == 512);
    fill(disk.slot(0) + 0x40, 1024, 'a');
    CHECK(disk.ask(write_it, 7, 1024) == ok);
    CHECK(disk.written == 1);
    CHECK(disk.image_bytes(7, 1024) == std::string(1024, 'a'));
    CHECK(disk.ask(read_it, 8, 512, 1) == ok);
    CHECK(disk.written == 513);
    CHECK(std::all_of(disk.slot(1) + 0x40, disk.slot(1) + 0x40 + 512, [](std::byte b) { return b == std::byte{'a'}; }));
    CHECK(disk.ask(flush_it, 0, 0) == ok);
    CHECK(disk.ask(id_of_it, 0, 20) == ok);
    CHECK(std::string(reinterpret_cast<char*>(disk.slot(0) + 0x40)) == "disk0");
}

TEST_CASE("Discarded and zeroed sectors read as zero") {
    Disk disk;
    disk.begin();
    for (const std::uint32_t type : {discard_it, zero_it}) {
        fill(disk.slot(0) + 0x40, 2048, 'b');
        REQUIRE(disk.ask(write_it, 100, 2048) == ok);
        CHECK(disk.ask_segment(type, {101, 2, 0}) == ok);
        CHECK(disk.image_bytes(100, 2048) == std::string(512, 'b') + std::string(1024, '\0') + std::string(512, 'b'));
    }
    CHECK(disk.ask_segment(zero_it, {101, 2, 1}) == ok); // with unmap
    CHECK(disk.ask_segment(discard_it, {101, 2, 1}) == unsupported);
    CHECK(disk.ask_segment(zero_it, {101, 2, 2}) == unsupported);
    struct stat info {};
    REQUIRE(::stat(disk.image.c_str(), &info) == 0);
    CHECK(info.st_size == static_cast<off_t>(disk_sectors * sector));
}

TEST_CASE("Nothing outside of the disk can be reached") {
    Disk disk;
    disk.begin();
    const std::string before = text_of(disk.image);
    for (const std::uint32_t type : {read_it, write_it}) {
        CHECK(disk.ask(type, disk_sectors, 512) == io_error);
        CHECK(disk.ask(type, disk_sectors - 1, 1024) == io_error);
        CHECK(disk.ask(type, ~std::uint64_t{0}, 1024) == io_error);
        CHECK(disk.ask(type, std::uint64_t{1} << 55, 512) == io_error); // times 512: 0
        CHECK(disk.ask(type, 0, 511) == io_error);
        CHECK(disk.ask(type, 0, 0) == ok);
    }
    for (const std::uint32_t type : {discard_it, zero_it}) {
        CHECK(disk.ask_segment(type, {disk_sectors, 1, 0}) == io_error);
        CHECK(disk.ask_segment(type, {disk_sectors - 1, 2, 0}) == io_error);
        CHECK(disk.ask_segment(type, {~std::uint64_t{0}, 1, 0}) == io_error);
        CHECK(disk.ask_segment(type, {0, 0xffffffffu, 0}) == io_error);
        CHECK(disk.ask(type, 0, 15) == io_error);
        CHECK(disk.ask(type, 0, 32) == io_error); // two segments
    }
    CHECK(disk.ask(99, 0, 512) == unsupported);
    CHECK(disk.ask(id_of_it, 0, 19) == io_error);
    CHECK(text_of(disk.image) == before);
}

TEST_CASE("Chains that are no requests are given back and nothing happens") {
    Disk disk;
    disk.begin();
    disk.put_header(0, write_it, 0);
    disk.guest->add(0, {{disk.slot_gpa(0), 16, false}});                                 // no status
    disk.guest->add(0, {{disk.slot_gpa(0), 15, false}, {disk.slot_gpa(1), 1, true}});    // short header
    disk.guest->add(0, {{disk.slot_gpa(2), 1, true}});                                   // no header
    disk.guest->kick(0);
    for (int i = 0; i < 3; ++i)
        disk.guest->wait_used(0);
    CHECK(std::to_integer<int>(*disk.slot(1)) == io_error);
    CHECK(std::to_integer<int>(*disk.slot(2)) == io_error);
    CHECK(disk.ask(flush_it, 0, 0) == ok);
}

TEST_CASE("A read-only disk is not written") {
    Disk disk(true);
    disk.begin();
    CHECK((disk.guest->offered() & read_only_feature) != 0);
    CHECK((disk.guest->offered() & (discard_feature | zeroes_feature)) == 0);
    const std::string before = text_of(disk.image);
    fill(disk.slot(0) + 0x40, 512, 'x');
    CHECK(disk.ask(write_it, 0, 512) == io_error);
    CHECK(disk.ask_segment(discard_it, {0, 8, 0}) == io_error);
    CHECK(disk.ask_segment(zero_it, {0, 8, 0}) == io_error);
    CHECK(disk.ask(read_it, 0, 512) == ok);
    CHECK(text_of(disk.image) == before);
}

TEST_CASE("Without FLUSH a write is on the medium when it is reported") {
    Disk disk;
    disk.begin(~flush_feature);
    fill(disk.slot(0) + 0x40, 512, 'd');
    CHECK(disk.ask(write_it, 3, 512) == ok);
    CHECK(disk.image_bytes(3, 512) == std::string(512, 'd'));
}

TEST_CASE("A file that was cut short is an error of the request, and the log tells") {
    Disk disk;
    disk.begin();
    REQUIRE(::truncate(disk.image.c_str(), 1024) == 0);
    CHECK(disk.ask(read_it, 100, 512) == io_error);
    CHECK(disk.ask(read_it, 0, 512) == ok);
    const auto logged = [&] { return text_of(disk.bench.run_path("virtio.log")).find("disk0: end of file") != std::string::npos; };
    CHECK(disk.bench.module->until(logged));
}

TEST_CASE("Many requests are in flight, and a reset in their middle leaves nothing behind") {
    Disk disk;
    disk.begin();
    for (int round = 0; round < 50; ++round) {
        for (unsigned i = 0; i < 16; ++i) {
            fill(disk.slot(i) + 0x40, 0xe00, 'w');
            disk.start(i, i % 4 ? write_it : read_it, 8 * i, 0xe00);
        }
        disk.guest->kick(0);
        disk.guest->reset();
        // From here on the buffers are the guest's alone.
        for (unsigned i = 0; i < 16; ++i)
            fill(disk.slot(i), 0x1000, 'z');
        for (int turn = 0; turn < 3; ++turn)
            disk.bench.module->pump(2);
        for (unsigned i = 0; i < 16; ++i)
            CHECK(std::all_of(disk.slot(i), disk.slot(i) + 0x1000, [](std::byte b) { return b == std::byte{'z'}; }));
        CHECK(text_of(disk.image).find('z') == std::string::npos); // nothing was written after the reset
        disk.guest->probe(~std::uint64_t{0}, 1);
    }
}

// Writes blocks and looks at what is reported and at the image, while `kill_one` is called `wanted_kills` times.
template <typename Kill> void write_under(Disk& disk, unsigned wanted_kills, Kill kill_one) {
    FakeModule& module = *disk.bench.module;
    Random random(7);
    constexpr unsigned slots = 12;
    std::vector<char> content(disk_sectors / 8, '\0'); // of each 4-KiB block, as far as it was reported
    std::vector<std::optional<std::pair<std::uint64_t, char>>> busy(slots);
    std::vector<unsigned> slot_of(GuestDevice::queue_size);
    unsigned reported = 0, kills = 0, since = 0; // reports since the last kill
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    unsigned pause = 50; // reports between two kills
    while ((kills < wanted_kills || since < pause) && std::chrono::steady_clock::now() < end) {
        for (unsigned slot = 0; slot < slots; ++slot) {
            const std::uint64_t block = random.below(static_cast<std::uint32_t>(content.size()));
            const bool taken = std::any_of(busy.begin(), busy.end(), [&](const auto& one) { return one && one->first == block; });
            if (busy[slot] || taken)
                continue;
            const char value = static_cast<char>('a' + random.below(26));
            fill(disk.slot(slot) + 0x40, 0xe00, value);
            slot_of[disk.start(slot, write_it, block * 8, 0xe00)] = slot;
            busy[slot] = {block, value};
        }
        disk.guest->kick(0);
        if (kills < wanted_kills && since >= pause && module.is_served(0)) {
            kill_one();
            since = 0;
            pause = 50 + random.below(50);
            ++kills;
        }
        module.pump(1);
        while (const auto used = disk.guest->poll_used(0)) {
            const unsigned slot = slot_of[used->head];
            REQUIRE(busy[slot]); // else it was reported twice
            CHECK(disk.status_of(slot) == ok);
            content[busy[slot]->first] = busy[slot]->second;
            // The buffer is used again at once: a write that a killed worker left behind would carry this.
            fill(disk.slot(slot) + 0x40, 0xe00, '#');
            busy[slot].reset();
            ++reported;
            ++since;
        }
    }
    while (std::any_of(busy.begin(), busy.end(), [](const auto& one) { return one.has_value(); })) {
        const Used used = disk.guest->wait_used(0);
        const unsigned slot = slot_of[used.head];
        REQUIRE(busy[slot]);
        content[busy[slot]->first] = busy[slot]->second;
        busy[slot].reset();
    }
    CHECK(kills == wanted_kills);
    CHECK(reported >= 50 * (wanted_kills + 1));
    CHECK(disk.ask(flush_it, 0, 0) == ok);
    const std::string image = text_of(disk.image);
    for (std::uint64_t block = 0; block < content.size(); ++block)
        CHECK(image.substr(block * 4096, 0xe00) == std::string(0xe00, content[block]));
}

TEST_CASE("Workers that are killed in the middle of writes lose none, repeat no wrong one, report each once") {
    Disk disk;
    disk.begin();
    write_under(disk, 6, [&] {
        REQUIRE(::kill(disk.bench.worker(), SIGKILL) == 0);
        REQUIRE(disk.bench.module->until([&] { return !disk.bench.module->is_served(0); }));
    });
    CHECK(disk.bench.status().at("restarts").get<int>() >= 6);
}

TEST_CASE("So do supervisors that are killed, with their workers or first, however soon the next one comes") {
    Disk disk;
    disk.begin();
    Random random(11);
    write_under(disk, 25, [&] {
        const pid_t supervisor = disk.bench.supervisor(), worker = disk.bench.worker();
        if (random.below(2))
            REQUIRE(::kill(worker, SIGKILL) == 0);
        REQUIRE(::kill(supervisor, SIGKILL) == 0);
        disk.bench.wait_for_end(supervisor); // or it is still the one that serves
        disk.bench.begin();
        CHECK(disk.bench.supervisor() != supervisor);
        CHECK_THAT(text_of(disk.bench.run_path("virtio.log")), Catch::Contains("carries on with"));
        CHECK_THAT(text_of(disk.bench.run_path("virtio.log")), !Catch::Contains("not carried on"));
    });
}

TEST_CASE("An image has one user, and one that can't be opened says why") {
    Disk disk;
    put_text(disk.image, "short");
    std::string config = text_of(disk.bench.run_path("virtio.json"));
    put_text(disk.bench.run_path("virtio.json"), config.replace(config.find("IMAGE"), 5, disk.image));
    Launched launched = disk.bench.launch();
    CHECK(launched.status == 1);
    CHECK(launched.errors == "amp-virtio: error: disk0: " + disk.image + ": has 5 bytes, less than a sector of 512\n");
    REQUIRE(::unlink(disk.image.c_str()) == 0);
    launched = disk.bench.launch();
    CHECK(launched.status == 1);
    CHECK(launched.errors == "amp-virtio: error: disk0: " + disk.image + ": No such file or directory\n");
    put_text(disk.image, std::string(4096, '\0'));
    {
        const amp::virtio::OwnedFd other(::open(disk.image.c_str(), O_RDWR | O_CLOEXEC));
        struct flock whole {};
        whole.l_type = F_WRLCK;
        REQUIRE(::fcntl(other.get(), F_OFD_SETLK, &whole) == 0);
        launched = disk.bench.launch();
        CHECK(launched.status == 1);
        CHECK_THAT(launched.errors, Catch::Contains("another process has it locked"));
    }
    disk.begin();
    CHECK(disk.ask(flush_it, 0, 0) == ok);
}
