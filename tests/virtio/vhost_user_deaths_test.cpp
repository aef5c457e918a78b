// SPDX-License-Identifier: GPL-2.0-only
// Deaths around a vhost-user disk: its worker's costs nothing, its back end's nothing but time where it keeps an inflight buffer or
// had nothing in flight, and no other device notices either.
#include "support/vhost_user_disk.hpp"
#include "support/vhost_user_double.hpp"

#include <amp/virtio/devices/passing.hpp>
#include <vhost_user_links.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <fcntl.h>
#include <functional>
#include <sys/mman.h>

using namespace amp::test;
using amp::virtio::OwnedFd;

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned slots = 8;
constexpr std::uint32_t request_bytes = 2048;

std::uint64_t sector_of(unsigned slot) { return std::uint64_t{slot} * request_bytes / 512; }

// A test's disk at work: each round fills all slots of the disk with something new and reads it back.
struct Load {
    explicit Load(Disk& to) : disk(to) {}

    char value(unsigned slot) const { return static_cast<char>(round * 31 + slot + 1); }
    void submit(std::uint32_t type) {
        for (unsigned slot = 0; slot < slots; ++slot) {
            std::memset(disk.data(slot), type == write_it ? value(slot) : 0, request_bytes);
            heads[slot] = disk.start(slot, type, sector_of(slot), request_bytes);
        }
        disk.guest->kick(0);
    }
    // Each comes back once.
    void collect() {
        std::array<bool, slots> back{};
        for (unsigned i = 0; i < slots; ++i) {
            const std::uint16_t head = disk.guest->wait_used(0).head;
            const auto found = std::find(heads.begin(), heads.end(), head);
            REQUIRE(found != heads.end());
            const auto slot = static_cast<std::size_t>(found - heads.begin());
            CHECK_FALSE(back[slot]);
            back[slot] = true;
            CHECK(disk.status_of(static_cast<unsigned>(slot)) == ok);
        }
    }
    // `death` happens in the middle of the write or of the reading.
    void run_round(const std::function<void()>& death = [] {}) {
        ++round;
        submit(write_it);
        const bool now = round % 2 || always_writing;
        if (now)
            death();
        collect();
        submit(read_it);
        if (!now)
            death();
        collect();
        for (unsigned slot = 0; slot < slots; ++slot)
            CHECK(std::string(reinterpret_cast<char*>(disk.data(slot)), request_bytes) == std::string(request_bytes, value(slot)));
    }

    Disk& disk;
    std::array<std::uint16_t, slots> heads{};
    unsigned round = 0;
    bool always_writing = false; // where deaths happen
};

// Rounds until the worker has lived so long that the next one starts at once.
void run_for_a_life(Load& load) {
    const auto end = Clock::now() + std::chrono::milliseconds(1050);
    while (Clock::now() < end)
        load.run_round();
}

// How often the worker has seen a back end's end.
std::ptrdiff_t losses(const Disk& disk) {
    const std::string log = disk.log(), what = "is lost";
    std::ptrdiff_t count = 0;
    for (std::size_t at = 0; (at = log.find(what, at)) != std::string::npos; at += what.size())
        ++count;
    return count;
}

const Devices with_rng{{{"name", "rng0"}, {"type", "rng"}, {"backend", "getrandom"}}};

// 16 random bytes.
void check_random(GuestDevice& random) {
    const std::uint16_t head = random.add(0, {{random.buffer_gpa(0), 16, true}});
    random.kick(0);
    CHECK(random.wait_used(0).head == head);
}

} // namespace

TEST_CASE("Workers are killed under load: qemu-storage-daemon and the guest notice nothing") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    Load load(disk);
    load.run_round();
    for (int i = 0; i < 8; ++i) {
        load.run_round([&] { ::kill(disk.bench.worker(), SIGKILL); });
        run_for_a_life(load);
    }
    CHECK(disk.bench.status().at("restarts") == 8);
    CHECK_FALSE(disk.is_asked_for_reset());
    CHECK_THAT(disk.log(), !Catch::Contains("is lost"));
    // What the last worker inherited can be stopped and started, too.
    disk.bench.crash_worker();
    disk.start_driver_anew();
    disk.write_and_read_back('w', 9);
}

TEST_CASE("A run that begins under another worker than the one that gave the rings away takes them back") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.start();
    disk.begin();
    disk.write_and_read_back('a', 1);
    disk.bench.crash_worker();
    back_end.shared().messages = 0;
    REQUIRE(disk.bench.module->start());
    CHECK(back_end.shared().messages == 2); // SET_VRING_ENABLE, GET_VRING_BASE
    disk.guest = std::make_unique<GuestDevice>(*disk.bench.module, 0);
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('b', 2);
    CHECK(back_end.shared().connections == 1);
}

TEST_CASE("A back end is killed under load: the next one does what was in flight") {
    Disk disk(false, with_rng);
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = 1;
    back_end.start();
    disk.begin();
    GuestDevice random(*disk.bench.module, 1);
    random.probe(0, 1);
    const pid_t worker = disk.bench.worker();
    Load load(disk);
    for (int i = 0; i < 12; ++i)
        load.run_round([&] {
            if (i % 3 == 0) // some are in flight for certain
                CHECK(disk.bench.module->until([&] { return back_end.shared().taken > back_end.shared().ended; }));
            back_end.kill();
            check_random(random);
            back_end.start();
        });
    CHECK(back_end.shared().replayed > 0);
    CHECK(back_end.shared().buffers_given == 1);
    CHECK(back_end.shared().buffers_got > 4);
    CHECK_FALSE(disk.is_asked_for_reset());
    CHECK(disk.bench.worker() == worker);
}

TEST_CASE("Back end and worker are killed, one after the other, with requests in flight") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = 1;
    back_end.start();
    disk.begin();
    Load load(disk);
    load.always_writing = true;
    for (int i = 0; i < 4; ++i) {
        back_end.shared().keep_all = 1;
        load.run_round([&] {
            const std::uint32_t before = back_end.shared().ended;
            CHECK(disk.bench.module->until([&] { return back_end.shared().taken >= before + slots; }));
            const pid_t worker = disk.bench.worker();
            if (i % 2)
                back_end.kill();
            ::kill(worker, SIGKILL);
            if (i % 2 == 0)
                back_end.kill();
            back_end.shared().keep_all = 0;
            back_end.shared().ended = back_end.shared().taken = 0;
            back_end.start();
        });
    }
    CHECK(back_end.shared().replayed >= slots);
    CHECK_FALSE(disk.is_asked_for_reset());
}

TEST_CASE("Without an inflight buffer: nothing in flight costs nothing, something in flight asks for a reset") {
    Disk disk(false, with_rng);
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.start();
    disk.begin();
    GuestDevice random(*disk.bench.module, 1);
    random.probe(0, 1);
    const pid_t worker = disk.bench.worker();
    disk.write_and_read_back('a', 1);
    back_end.kill();
    REQUIRE(disk.until_log_says("is lost"));
    Load load(disk);
    load.submit(write_it); // while there is no back end
    check_random(random);
    back_end.start();
    load.collect();
    CHECK_FALSE(disk.is_asked_for_reset());

    back_end.shared().keep_all = 1;
    const std::uint32_t before = back_end.shared().taken;
    load.submit(write_it);
    REQUIRE(disk.bench.module->until([&] { return back_end.shared().taken >= before + slots; }));
    back_end.kill();
    CHECK(disk.bench.module->until([&] { return disk.is_asked_for_reset(); }));
    CHECK_THAT(disk.log(), Catch::Contains("requests were in flight"));
    check_random(random);
    back_end.shared().keep_all = 0;
    back_end.start();
    disk.start_driver_anew();
    disk.write_and_read_back('b', 2);
    CHECK(disk.bench.worker() == worker);
}

TEST_CASE("A supervisor is killed, and nobody remembers its connections: as a back end's death without an inflight buffer") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = GENERATE(0u, 1u); // a buffer is lost with the supervisor that held it
    back_end.start();
    disk.begin();
    const auto killed_and_begun = [&](const auto& before_it) {
        const pid_t supervisor = disk.bench.supervisor(), worker = disk.bench.worker();
        before_it(worker);
        REQUIRE(::kill(supervisor, SIGKILL) == 0);
        disk.bench.wait_for_end(supervisor);
        disk.bench.wait_for_end(worker);
        disk.bench.begin();
        CHECK_THAT(disk.log(), Catch::Contains("carries on with"));
    };
    disk.write_and_read_back('a', 1);
    killed_and_begun([](pid_t) {});
    disk.write_and_read_back('b', 1);
    CHECK_FALSE(disk.is_asked_for_reset());

    back_end.shared().keep_all = 1;
    const std::uint32_t before = back_end.shared().taken;
    Load load(disk);
    load.submit(write_it);
    REQUIRE(disk.bench.module->until([&] { return back_end.shared().taken >= before + slots; }));
    killed_and_begun([&](pid_t worker) {
        REQUIRE(::kill(worker, SIGSTOP) == 0); // it shall not see the back end's end
        back_end.kill();
        back_end.shared().keep_all = 0;
        back_end.start();
    });
    CHECK(disk.bench.module->until([&] { return disk.is_asked_for_reset(); }));
    CHECK_THAT(disk.log(), Catch::Contains("requests were in flight"));
    disk.start_driver_anew();
    disk.write_and_read_back('c', 2);
}

TEST_CASE("qemu-storage-daemon is killed and started while the disk is idle, and the disk goes on") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    const pid_t worker = disk.bench.worker();
    for (char value = 'a'; value < 'd'; ++value) {
        disk.write_and_read_back(value, 9);
        const std::ptrdiff_t before = losses(disk);
        daemon.kill();
        // What the guest asks for before the worker has seen the end counts as in flight.
        REQUIRE(disk.bench.module->until([&] { return losses(disk) > before; }));
        daemon.start();
    }
    disk.write_and_read_back('z', 9);
    CHECK_FALSE(disk.is_asked_for_reset());
    CHECK(disk.bench.worker() == worker);
}

TEST_CASE("A worker is killed at each message by which a driver's rings get to the back end") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = GENERATE(0u, 1u);
    back_end.start();
    disk.begin();
    // SET_FEATURES, SET_MEM_TABLE, (GET_INFLIGHT_FD, SET_INFLIGHT_FD), then six for the queue
    const std::uint32_t messages = back_end.shared().inflight ? 10 : 8;
    for (std::uint32_t at = 1; at <= messages; ++at) {
        disk.guest->reset();
        back_end.shared().messages = 0;
        back_end.shared().hold_at = at;
        disk.guest->probe(~std::uint64_t{0}, 1);
        REQUIRE(disk.bench.module->until([&] { return back_end.shared().holding == at; }));
        Load load(disk);
        load.submit(write_it);
        ::kill(disk.bench.worker(), SIGKILL);
        back_end.shared().hold_at = 0;
        load.collect();
        CHECK_FALSE(disk.is_asked_for_reset());
        run_for_a_life(load);
    }
}

TEST_CASE("A worker is killed at each message to the next back end, with requests in flight at the last one") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = 1;
    back_end.start();
    disk.begin();
    Load load(disk);
    load.always_writing = true;
    // GET_FEATURES, GET_PROTOCOL_FEATURES, SET_PROTOCOL_FEATURES, SET_OWNER, GET_CONFIG, then as above with one for the buffer
    for (std::uint32_t at = 1; at <= 14; ++at) {
        back_end.shared().keep_all = 1;
        load.run_round([&] {
            const std::uint32_t before = back_end.shared().ended;
            CHECK(disk.bench.module->until([&] { return back_end.shared().taken >= before + slots; }));
            back_end.kill();
            back_end.shared().ended = back_end.shared().taken = back_end.shared().keep_all = back_end.shared().messages = 0;
            back_end.shared().hold_at = at;
            back_end.start();
            REQUIRE(disk.bench.module->until([&] { return back_end.shared().holding == at; }));
            ::kill(disk.bench.worker(), SIGKILL);
            back_end.shared().hold_at = 0;
        });
        run_for_a_life(load);
    }
    CHECK_FALSE(disk.is_asked_for_reset());
}

TEST_CASE("While a back end is silent, before or after its start, no other device waits") {
    Disk disk(false, with_rng);
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.start();
    disk.begin();
    GuestDevice random(*disk.bench.module, 1);
    random.probe(0, 1);
    back_end.kill();
    const std::uint32_t at = GENERATE(1u, 7u);
    back_end.shared().messages = 0;
    back_end.shared().hold_at = at;
    back_end.start();
    REQUIRE(disk.bench.module->until([&] { return back_end.shared().holding == at; }));
    for (int i = 0; i < 5; ++i)
        check_random(random);
    CHECK_THAT(disk.log(), !Catch::Contains("does not answer")); // so nobody has waited for it
    REQUIRE(disk.until_log_says("does not answer within 5 s"));
    check_random(random);
    back_end.shared().hold_at = 0;
    disk.write_and_read_back('s', 9);
}

TEST_CASE("A back end that does not stop a ring loses its connection, and the driver waits two seconds") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.start();
    disk.begin();
    disk.write_and_read_back('a', 1);
    back_end.shared().messages = 0;
    back_end.shared().hold_at = 2; // GET_VRING_BASE
    disk.guest->reset();
    CHECK_THAT(disk.log(), Catch::Contains("does not answer within 2000 ms (request 11)"));
    back_end.shared().hold_at = 0;
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('b', 2);
}

TEST_CASE("The next back end is not what the driver knows: a reset, with the reason") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.start();
    disk.begin();
    disk.write_and_read_back('a', 1);
    back_end.kill();
    SECTION("a smaller disk") {
        back_end.shared().sectors = 2048;
        back_end.start();
        CHECK(disk.bench.module->until([&] { return disk.is_asked_for_reset(); }));
        CHECK_THAT(disk.log(), Catch::Contains("a disk of 2048 sectors, and the driver knows one of 4096"));
        disk.guest->reset();
        CHECK(disk.bench.module->read(0, 0x100) == 2048);
    }
    SECTION("a feature less") {
        back_end.shared().without = 1u << 9;
        back_end.start();
        CHECK(disk.bench.module->until([&] { return disk.is_asked_for_reset(); }));
        CHECK_THAT(disk.log(), Catch::Contains("lacks features 0x200, which the driver uses"));
        disk.guest->reset();
        CHECK((disk.guest->offered() & (1u << 9)) == 0);
    }
    SECTION("a bigger disk, which the driver is told") {
        disk.bench.module->take_interrupt(0);
        back_end.shared().sectors = 8192;
        back_end.start();
        CHECK(disk.bench.module->until([&] { return (disk.bench.module->take_interrupt(0) & AMP_VIRTIO_CONFIG) != 0; }));
        CHECK(disk.bench.module->read(0, 0x100) == 8192);
        CHECK_FALSE(disk.is_asked_for_reset());
        disk.write_and_read_back('b', 2);
        return;
    }
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('b', 2);
}

TEST_CASE("An inflight buffer that can't be is not held") {
    Disk disk;
    VhostUserDouble back_end(disk.image, disk.socket);
    back_end.shared().inflight = 1;
    SECTION("longer than its file") { back_end.shared().buffer_size = 1u << 20; }
    SECTION("behind the end of its file") { back_end.shared().buffer_offset = 1u << 30; }
    SECTION("across the end of all addresses") {
        back_end.shared().buffer_offset = ~std::uint64_t{0} - 100;
        back_end.shared().buffer_size = 4096;
    }
    SECTION("enormous") { back_end.shared().buffer_size = std::uint64_t{1} << 40; }
    back_end.start();
    disk.begin();
    CHECK(disk.until_log_says("its inflight buffer has"));
    CHECK(back_end.shared().buffers_got == 0);
    // The connection is lost each time; a back end that behaves is served.
    back_end.kill();
    back_end.shared().buffer_size = back_end.shared().buffer_offset = 0;
    back_end.start();
    disk.write_and_read_back('i', 3);
    CHECK(back_end.shared().buffers_got == 1);
}

TEST_CASE("A worker that was taken over loses its own connection at most, and has no file held that is no memory") {
    using namespace amp::virtio::vhost_user;
    const TemporaryDirectory directory;
    const std::string path = directory.path("socket");
    const OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)), null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const OwnedFd memory(::memfd_create("inflight", MFD_CLOEXEC));
    REQUIRE(::ftruncate(memory.get(), 8192) == 0);
    const sockaddr_un address = address_of(path);
    REQUIRE(::bind(listener.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0);
    REQUIRE(::listen(listener.get(), 8) == 0);
    amp::backend::Config config;
    config.devices.emplace_back();
    config.devices[0].type = amp::virtio::DeviceType::blk;
    config.devices[0].kind = "vhost-user";
    config.devices[0].target = path;
    auto links = amp::backend::VhostUserLinks::open(config);
    REQUIRE(links);

    const auto message = [](std::uint32_t kind, std::uint64_t number) {
        LinkMessage made{};
        made.kind = kind;
        made.number = number;
        made.size = 4096;
        made.offset = 4096;
        return made;
    };
    const auto worker_says = [&](const LinkMessage& said, const std::vector<int>& fds, std::size_t bytes = sizeof(LinkMessage)) {
        REQUIRE((*links)->prepare_worker());
        const pid_t child = ::fork();
        if (child == 0) {
            const auto link = (*links)->workers_end(0);
            const auto all = std::as_bytes(std::span(&said, 1)).first(bytes);
            ::_exit(amp::virtio::send_with(link->descriptor(), all, fds) == static_cast<ssize_t>(bytes) ? 0 : 1);
        }
        (*links)->worker_began();
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        (*links)->worker_ended();
        return (*links)->descriptors().size();
    };
    const std::size_t line = 3; // socket, kick, call
    CHECK(worker_says(message(LinkMessage::lost, 7), {}) == line);
    CHECK(worker_says(message(LinkMessage::lost, 1), {}, 8) == line);
    CHECK(worker_says(message(LinkMessage::line, 1), {null.get()}) == line);
    CHECK(worker_says(message(77, 1), {null.get(), null.get(), null.get()}) == line);
    CHECK(worker_says(message(LinkMessage::keep, 1), {}) == line);
    CHECK(worker_says(message(LinkMessage::keep, 1), {null.get()}) == line);
    LinkMessage outside = message(LinkMessage::keep, 1);
    outside.offset = ~std::uint64_t{0};
    CHECK(worker_says(outside, {memory.get()}) == line);
    CHECK(worker_says(message(LinkMessage::keep, 1), {memory.get()}) == line + 1);
    CHECK(worker_says(message(LinkMessage::lost, 1), {}) == 1);
    (*links)->work(); // at once, the first time
    CHECK((*links)->descriptors().size() == line + 1);
}
