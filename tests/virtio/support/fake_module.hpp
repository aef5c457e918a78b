// SPDX-License-Identifier: GPL-2.0-only
// The module and the monitor for a back end in other processes: register accesses, runs, kicks and interrupts over a socket that
// FakePartition connects to, with the rules of include/amp/abi/ioctl.h (an event is there until it is answered; RUN comes
// first on every new descriptor). Everything happens in the test's thread, inside pump().
#ifndef AMP_TESTS_VIRTIO_FAKE_MODULE_HPP
#define AMP_TESTS_VIRTIO_FAKE_MODULE_HPP

#include "fake_protocol.hpp"

#include <amp/virtio/owned_fd.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amp::test {

class FakeModule {
public:
    static constexpr std::uint64_t gpa = 0x40000000;
    static constexpr std::size_t ram_size = 4u << 20;
    static constexpr std::chrono::seconds patience{20};

    // Devices by their section-5 ids and queue counts.
    struct DeviceKind {
        std::uint32_t id;
        unsigned queues;
    };
    FakeModule(const std::string& socket_path, std::vector<DeviceKind> devices);
    ~FakeModule();

    std::string instance = "1.1"; // of the partition: another one for another of the same name

    [[nodiscard]] std::byte* ram() { return ram_; }
    [[nodiscard]] const std::string& path() const { return path_; }

    // Handles what has come, or waits for it so long.
    void pump(int milliseconds);
    // Pumps until it holds; false: patience is over.
    bool until(const std::function<bool()>& condition);

    // The guest's accesses; they wait for a worker as a VCPU does.
    std::uint64_t read(unsigned device, std::uint32_t offset, std::uint32_t width = 4);
    void write(unsigned device, std::uint32_t offset, std::uint64_t value, std::uint32_t width = 4);
    void kick(unsigned device, unsigned queue);
    // InterruptStatus, and InterruptACK of what it had
    std::uint32_t take_interrupt(unsigned device);

    // A start of the partition: true when all back ends have acknowledged.
    bool start();
    // The guest of the run runs: told to those that asked for it, and to their successors.
    void up();
    // The partition is gone: all descriptors hang up.
    void destroy();
    [[nodiscard]] bool is_served(unsigned device) const { return devices_[device].socket && devices_[device].run_known; }
    [[nodiscard]] unsigned connections(unsigned device) const { return devices_[device].connections; }

private:
    struct Access {
        amp_virtio_event event;
        std::optional<std::uint64_t> answer;
    };
    struct Device {
        DeviceKind kind;
        virtio::OwnedFd socket;
        bool run_known = false; // the RUN of this connection is answered
        std::uint32_t run_seq = 0;
        std::optional<Access> access;
        bool access_sent = false;
        std::map<unsigned, virtio::OwnedFd> kicks, calls;
        std::uint32_t interrupts = 0;
        unsigned connections = 0;
        bool wants_up = false; // by AMP_VIRTIO_TELL_UP
    };

    void accept_one();
    void tell_instance(int socket);
    void serve_device(std::unique_ptr<virtio::OwnedFd> socket, std::uint32_t index);
    bool take_message(Device& device); // false: there was none
    void send_run(Device& device);
    void send_access(Device& device);
    void send_up(Device& device);
    void hang_up(Device& device);
    std::uint64_t do_access(unsigned device, amp_virtio_event event);

    std::string path_;
    virtio::OwnedFd memory_;
    std::byte* ram_ = nullptr;
    virtio::OwnedFd listener_;
    std::vector<virtio::OwnedFd> partitions_;
    std::vector<Device> devices_;
    std::uint64_t run_ = 1;
    bool up_ = false;
    std::uint32_t seq_ = 0;
};

} // namespace amp::test

#endif
