// SPDX-License-Identifier: GPL-2.0-only
// A disk served by a vhost-user back end: Debian's qemu-storage-daemon, which is killed, as workers are; and one of the
// test's own that breaks the protocol in every answer.
#include "support/vhost_user_disk.hpp"

#include <fcntl.h>
#include <functional>

using namespace amp::test;
using amp::virtio::OwnedFd;

TEST_CASE("A guest reads and writes through qemu-storage-daemon, before and after its driver's reset") {
    Disk disk;
    StorageDaemon daemon(disk.image, disk.socket);
    disk.begin();
    CHECK(disk.bench.module->read(0, 0x100) == disk_sectors);
    disk.write_and_read_back('a', 7);
    disk.start_driver_anew();
    disk.write_and_read_back('b', 8);
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
        disk.start_driver_anew();
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
