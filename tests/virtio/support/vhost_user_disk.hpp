// SPDX-License-Identifier: GPL-2.0-only
// A disk of a vhost-user back end with its guest, and Debian's qemu-storage-daemon to serve it.
#ifndef AMP_TESTS_VIRTIO_VHOST_USER_DISK_HPP
#define AMP_TESTS_VIRTIO_VHOST_USER_DISK_HPP

#include "back_end_bench.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amp::test {

inline constexpr std::uint64_t disk_sectors = 4096;
inline constexpr std::uint32_t read_it = 0, write_it = 1, flush_it = 4;
inline constexpr std::uint8_t ok = 0;

struct RequestHeader {
    std::uint32_t type, reserved;
    std::uint64_t sector;
};

inline sockaddr_un address_of(const std::string& path) {
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
        virtio::OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
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
    explicit Disk(bool read_only = false, const Devices& more = {})
        : bench(devices(read_only, more)),
          image(bench.directory.path("image")), socket(bench.directory.path("socket")) {
        std::string config = text_of(bench.run_path("virtio.json"));
        const std::string token = "SOCKET";
        put_text(bench.run_path("virtio.json"), config.replace(config.find(token), token.size(), socket));
        put_text(image, "");
        REQUIRE(::truncate(image.c_str(), static_cast<off_t>(disk_sectors * 512)) == 0);
    }
    static Devices devices(bool read_only, const Devices& more) {
        Devices all{{{"name", "disk0"}, {"type", "blk"}, {"backend", "vhost-user:SOCKET"}, {"read-only", read_only}}};
        all.insert(all.end(), more.begin(), more.end());
        return all;
    }
    [[nodiscard]] bool is_asked_for_reset() { return (guest->status() & virtio::status::needs_reset) != 0; }
    [[nodiscard]] std::string log() const { return text_of(bench.run_path("virtio.log")); }
    bool until_log_says(const std::string& what) {
        return bench.module->until([&] { return log().find(what) != std::string::npos; });
    }
    void begin() {
        bench.begin();
        guest = std::make_unique<GuestDevice>(*bench.module, 0);
        guest->probe(~std::uint64_t{0}, 1);
    }
    void start_driver_anew() {
        guest->reset();
        guest->probe(~std::uint64_t{0}, 1);
    }
    std::byte* data(unsigned number) { return guest->buffer(0, 0x1000u * number + 0x40); }
    std::uint8_t& status_of(unsigned number) { return *reinterpret_cast<std::uint8_t*>(guest->buffer(0, 0x1000u * number + 0xfff)); }
    std::uint16_t start(unsigned number, std::uint32_t type, std::uint64_t at, std::uint32_t bytes) {
        const RequestHeader header{type, 0, at};
        std::memcpy(guest->buffer(0, 0x1000u * number), &header, sizeof(header));
        status_of(number) = 0xee;
        const auto gpa = [&](std::uint64_t offset) { return guest->buffer_gpa(0, 0x1000u * number + offset); };
        const Buffer first{gpa(0), sizeof(RequestHeader), false}, last{gpa(0xfff), 1, true};
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

    // Tells a test that fails why.
    ~Disk() {
        if (std::uncaught_exceptions())
            std::fputs(log().c_str(), stderr);
    }

    BackEndBench bench;
    std::string image, socket;
    std::unique_ptr<GuestDevice> guest;
};

} // namespace amp::test

#endif
