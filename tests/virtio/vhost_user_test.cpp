// SPDX-License-Identifier: GPL-2.0-only
// A disk served by a vhost-user back end: Debian's qemu-storage-daemon, which is killed, as workers are; and one of the
// test's own that breaks the protocol in every answer.
#include "support/back_end_bench.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace amp::test;
using amp::virtio::OwnedFd;

namespace {

constexpr std::uint64_t disk_sectors = 4096;
constexpr std::uint32_t read_it = 0, write_it = 1, flush_it = 4;
constexpr std::uint8_t ok = 0;

struct Header {
    std::uint32_t type, reserved;
    std::uint64_t sector;
};

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
}

// qemu-storage-daemon with one disk on a socket.
class StorageDaemon {
public:
    StorageDaemon(std::string image, std::string socket, bool writable = true)
        : image_(std::move(image)), socket_(std::move(socket)), writable_(writable) {
        start();
    }
    StorageDaemon(const StorageDaemon&) = delete;
    ~StorageDaemon() { kill(); }

    void start() {
        // The socket is there, and listens, before the program is: nobody has to wait for it.
        OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
        const sockaddr_un address = address_of(socket_);
        ::unlink(socket_.c_str());
        REQUIRE(::bind(listener.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0);
        REQUIRE(::listen(listener.get(), 1) == 0);
        const std::string disk = "driver=file,node-name=disk,filename=" + image_;
        const std::string exported = "type=vhost-user-blk,id=export,node-name=disk,addr.type=fd,addr.str=" +
                                     std::to_string(listener.get()) + ",writable=" + (writable_ ? "on" : "off");
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            ::execlp("qemu-storage-daemon", "qemu-storage-daemon", "--blockdev", disk.c_str(), "--export", exported.c_str(), nullptr);
            ::_exit(127);
        }
    }
    void kill() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

private:
    std::string image_, socket_;
    bool writable_;
    pid_t process_ = -1;
};

// A disk and its guest. Requests use slots of 0x1000 bytes: header, data from 0x40 on, status in the last byte.
struct Disk {
    explicit Disk(bool read_only = false)
        : bench(Devices{{{"name", "disk0"}, {"type", "blk"}, {"backend", "vhost-user:SOCKET"}, {"read-only", read_only}}}),
          image(bench.directory.path("image")), socket(bench.directory.path("socket")) {
        std::string config = text_of(bench.run_path("virtio.json"));
        const std::string token = "SOCKET";
        put_text(bench.run_path("virtio.json"), config.replace(config.find(token), token.size(), socket));
        put_text(image, "");
        REQUIRE(::truncate(image.c_str(), static_cast<off_t>(disk_sectors * 512)) == 0);
    }
    void begin() {
        bench.begin();
        guest = std::make_unique<GuestDevice>(*bench.module, 0);
        guest->probe(~std::uint64_t{0}, 1);
    }
    std::byte* data(unsigned number) { return guest->buffer(0, 0x1000u * number + 0x40); }
    std::uint8_t& status_of(unsigned number) { return *reinterpret_cast<std::uint8_t*>(guest->buffer(0, 0x1000u * number + 0xfff)); }
    std::uint16_t start(unsigned number, std::uint32_t type, std::uint64_t at, std::uint32_t bytes) {
        const Header header{type, 0, at};
        std::memcpy(guest->buffer(0, 0x1000u * number), &header, sizeof(header));
        status_of(number) = 0xee;
        const auto gpa = [&](std::uint64_t offset) { return guest->buffer_gpa(0, 0x1000u * number + offset); };
        const Buffer first{gpa(0), sizeof(Header), false}, last{gpa(0xfff), 1, true};
        if (!bytes)
            return guest->add(0, {first, last});
        return guest->add(0, {first, {gpa(0x40), bytes, type == read_it}, last});
    }
    std::uint8_t ask(std::uint32_t type, std::uint64_t at, std::uint32_t bytes) {
        const std::uint16_t head = start(0, type, at, bytes);
        guest->kick(0);
        CHECK(guest->wait_used(0).head == head);
        return status_of(0);
    }
    void write_and_read_back(char value, std::uint64_t sector) {
        std::memset(data(0), value, 1024);
        CHECK(ask(write_it, sector, 1024) == ok);
        CHECK(text_of(image).substr(sector * 512, 1024) == std::string(1024, value));
        std::memset(data(0), 0, 1024);
        CHECK(ask(read_it, sector, 1024) == ok);
        CHECK(std::string(reinterpret_cast<char*>(data(0)), 1024) == std::string(1024, value));
        CHECK(ask(flush_it, 0, 0) == ok);
    }

    BackEndBench bench;
    std::string image, socket;
    std::unique_ptr<GuestDevice> guest;
};

} // namespace

TEST_CASE("A guest reads and writes through qemu-storage-daemon, before and after its driver's reset") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    CHECK(disk.bench.module->read(0, 0x100) == disk_sectors);
    disk.write_and_read_back('a', 7);
    disk.guest->reset();
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('b', 8);
}

// Nobody can say which requests were in flight.
TEST_CASE("Workers and back ends die: the driver is asked for a reset, which brings the disk back") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    const auto is_asked = [&] { return (disk.guest->status() & amp::virtio::status::needs_reset) != 0; };
    disk.bench.crash_worker();
    CHECK(is_asked());
    disk.guest->reset();
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('c', 9);

    daemon.kill();
    daemon.start();
    CHECK(disk.bench.module->until(is_asked));
    disk.guest->reset();
    disk.guest->probe(~std::uint64_t{0}, 1);
    disk.write_and_read_back('d', 9);
}

// The rings are the back end's, which breaks the connection or stands still; a reset leads to a worker and a back end that serve.
TEST_CASE("A ring that makes no sense costs its guest a reset, whatever the back end does about it") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    const pid_t supervisor = disk.bench.supervisor();
    char value = 'k';
    for (const auto& attack : std::vector<std::function<void(Driver&)>>{
             [](Driver& driver) { driver.offer(0x7fff); },
             [](Driver& driver) { driver.available_index() = static_cast<std::uint16_t>(driver.available_index() + 1000); },
             [](Driver& driver) {
                 driver.descriptor(0) = {0x1000, 16, amp::virtio::descriptor_flag::next, 0};
                 driver.offer(0);
             },
         }) {
        attack(disk.guest->queue(0));
        disk.bench.module->kick(0, 0);
        disk.guest->reset();
        disk.guest->probe(~std::uint64_t{0}, 1);
        disk.write_and_read_back(value++, 5);
    }
    CHECK(disk.bench.supervisor() == supervisor);
}

TEST_CASE("What is not there, or not what was described, is said before the partition starts") {
    SECTION("no socket") {
        Disk disk;
        const Launched launched = disk.bench.launch();
        CHECK(launched.status != 0);
        CHECK_THAT(launched.errors, Catch::Contains("disk0") && Catch::Contains(disk.socket) && Catch::Contains("start it before"));
    }
    SECTION("a disk that can be written where the description says read-only") {
        Disk disk(true);
        StorageDaemon daemon(disk.image, disk.socket);
        const Launched launched = disk.bench.launch();
        CHECK(launched.status != 0);
        CHECK_THAT(launched.errors, Catch::Contains("read-only"));
    }
    SECTION("a read-only one is one for the guest, too") {
        Disk disk(true);
        StorageDaemon daemon(disk.image, disk.socket, false);
        disk.begin();
        CHECK((disk.guest->offered() & (1u << 5)) != 0);
        CHECK(disk.ask(write_it, 0, 512) != ok);
        CHECK(text_of(disk.image).substr(0, 512) == std::string(512, '\0'));
    }
}

namespace {

struct Message {
    std::uint32_t request, flags, size;
    std::vector<std::byte> bytes;
};

// A back end that serves nothing and answers as the test says, which alters the messages that a good one would send.
class LyingBackEnd {
public:
    using Lie = std::function<void(Message& answer, std::vector<int>& fds)>;
    LyingBackEnd(const std::string& path, Lie lie) : lie_(std::move(lie)), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const sockaddr_un address = address_of(path);
        REQUIRE(::bind(listener_.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0);
        REQUIRE(::listen(listener_.get(), 1) == 0);
        // A process, not a thread: amp-virtio is forked off this one, and a lock that a thread held then would stay held there.
        process_ = ::fork();
        REQUIRE(process_ >= 0);
        if (process_ == 0) {
            serve();
            ::_exit(0);
        }
    }
    ~LyingBackEnd() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

private:
    void serve() {
        const OwnedFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        std::uint32_t header[3];
        while (client && ::recv(client.get(), header, sizeof(header), MSG_WAITALL) == sizeof(header)) {
            std::vector<std::byte> bytes(header[2]);
            if (!bytes.empty() && ::recv(client.get(), bytes.data(), bytes.size(), MSG_WAITALL) != static_cast<ssize_t>(bytes.size()))
                return;
            if (!answer(client.get(), header[0], header[1], std::move(bytes)))
                return;
        }
    }
    bool answer(int client, std::uint32_t request, std::uint32_t flags, std::vector<std::byte> bytes) {
        Message message{request, 5, 8, std::vector<std::byte>(8)};
        std::uint64_t number = 0;
        if (request == 1)
            number = std::uint64_t{1} << 32 | 1u << 30;
        else if (request == 15)
            number = 1u << 3 | 1u << 9;
        else if (request == 24)
            message.bytes = std::move(bytes);
        else if (!(flags & 8))
            return true;
        if (request != 24)
            std::memcpy(message.bytes.data(), &number, sizeof(number));
        message.size = static_cast<std::uint32_t>(message.bytes.size());
        std::vector<int> fds;
        lie_(message, fds);
        return send(client, message, fds);
    }
    static bool send(int client, const Message& message, const std::vector<int>& fds) {
        std::vector<std::byte> all(12 + message.bytes.size());
        std::memcpy(all.data(), &message, 12);
        std::copy(message.bytes.begin(), message.bytes.end(), all.begin() + 12);
        iovec piece{all.data(), all.size()};
        alignas(cmsghdr) char control[CMSG_SPACE(64 * sizeof(int))] = {};
        msghdr head{};
        head.msg_iov = &piece;
        head.msg_iovlen = 1;
        if (!fds.empty()) {
            head.msg_control = control;
            head.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
            cmsghdr* rights = CMSG_FIRSTHDR(&head);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
            std::memcpy(CMSG_DATA(rights), fds.data(), fds.size() * sizeof(int));
        }
        return ::sendmsg(client, &head, MSG_NOSIGNAL) == static_cast<ssize_t>(all.size());
    }

    Lie lie_;
    OwnedFd listener_;
    pid_t process_ = -1;
};

// What amp-virtio says to such a back end.
std::string error_of(const LyingBackEnd::Lie& lie) {
    Disk disk;
    const LyingBackEnd back_end(disk.socket, lie);
    const Launched launched = disk.bench.launch();
    CHECK(launched.status != 0);
    CHECK_THAT(launched.errors, Catch::Contains(disk.socket));
    return launched.errors;
}

void put(Message& message, std::size_t at, std::uint64_t value) { std::memcpy(message.bytes.data() + at, &value, sizeof(value)); }

} // namespace

TEST_CASE("A back end's answers are checked") {
    const OwnedFd file(::open("/dev/null", O_RDWR | O_CLOEXEC));
    SECTION("another message") {
        CHECK_THAT(error_of([](Message& m, auto&) { m.request = 2; }), Catch::Contains("answers (request 1) with message 2"));
    }
    SECTION("no reply") { CHECK_THAT(error_of([](Message& m, auto&) { m.flags = 1; }), Catch::Contains("flags 1")); }
    SECTION("another version") { CHECK_THAT(error_of([](Message& m, auto&) { m.flags = 6; }), Catch::Contains("flags 6")); }
    SECTION("too long") { CHECK_THAT(error_of([](Message& m, auto&) { m.size = ~0u; }), Catch::Contains("4294967295 bytes")); }
    SECTION("too short") {
        CHECK_THAT(error_of([](Message& m, auto&) { m.bytes.resize(m.size = 7); }), Catch::Contains("7 bytes"));
    }
    SECTION("half an answer, then silence") {
        CHECK_THAT(error_of([](Message& m, auto&) { m.bytes.resize(4); }), Catch::Contains("does not answer within 5 s"));
    }
    SECTION("more descriptors than there can be") {
        CHECK_THAT(error_of([&](Message&, auto& fds) { fds.assign(20, file.get()); }), Catch::Contains("descriptors"));
    }
    SECTION("no VERSION_1") {
        CHECK_THAT(error_of([](Message& m, auto&) { if (m.request == 1) put(m, 0, 1u << 30); }), Catch::Contains("VERSION_1"));
    }
    SECTION("no configuration") {
        CHECK_THAT(error_of([](Message& m, auto&) { if (m.request == 15) put(m, 0, 1u << 3); }), Catch::Contains("F_CONFIG"));
    }
    SECTION("it refuses") {
        CHECK_THAT(error_of([](Message& m, auto&) { if (m.request == 3) put(m, 0, 22); }), Catch::Contains("refuses (request 3) with 22"));
    }
    SECTION("a configuration that is too short") {
        CHECK_THAT(error_of([](Message& m, auto&) { if (m.request == 24) m.bytes.resize(m.size = 12); }),
                   Catch::Contains("0 bytes of configuration instead of 60"));
    }
}
