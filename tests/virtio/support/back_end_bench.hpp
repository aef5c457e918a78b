// SPDX-License-Identifier: GPL-2.0-only
// The whole of amp-virtio in processes of its own, with a FakeModule at one end and guests' drivers, in the test, at the other.
#ifndef AMP_TESTS_VIRTIO_BACK_END_BENCH_HPP
#define AMP_TESTS_VIRTIO_BACK_END_BENCH_HPP

#include "driver.hpp"
#include "fake_module.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace amp::test {

// A directory that is gone with the object.
class TemporaryDirectory {
public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();
    [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

std::string text_of(const std::string& file);
void put_text(const std::string& file, const std::string& text);

struct Launched {
    int status;
    std::string errors;
};

// Entries of virtio.json but for index, which is their place.
using Devices = std::vector<nlohmann::json>;

class BackEndBench {
public:
    explicit BackEndBench(const Devices& devices);
    ~BackEndBench();

    // amp-virtio called as ampctl calls it; the module works meanwhile.
    Launched launch();
    // The same without waiting for it; errors go to the test's stderr. The process that calls.
    pid_t start_launch();
    // launch() with success as a condition, and until all devices are served.
    void begin();

    [[nodiscard]] nlohmann::json status();
    pid_t supervisor() { return status().at("supervisor").get<pid_t>(); }
    pid_t worker() { return status().at("worker").get<pid_t>(); }
    // Kills the worker as a crash would; the next one serves all devices when this returns.
    void crash_worker();
    void wait_for_end(pid_t process);

    [[nodiscard]] std::string run_path(const std::string& name) const { return directory.path("run/web/" + name); }

    TemporaryDirectory directory;
    std::unique_ptr<FakeModule> module;

private:
    [[nodiscard]] bool all_served() const;
    unsigned count_;
    pid_t supervisor_ = 0;
};

constexpr std::uint64_t all_features_of_queues = virtio::feature::indirect_desc | virtio::feature::event_idx;

// A device as its driver sees it: probe, queues, chains, interrupts.
class GuestDevice {
public:
    static constexpr std::uint16_t queue_size = 64;
    // Each device and queue has its own quarter megabyte: rings in the first 0x8000 bytes, buffers behind.
    GuestDevice(FakeModule& module, unsigned device) : module_(module), device_(device) {}

    std::uint64_t offered();
    // The driver's part of 3.1.1, up to DRIVER_OK; of the wanted features those that are offered.
    void probe(std::uint64_t wanted, unsigned queues);
    void reset();
    std::uint32_t status();

    Driver& queue(unsigned index) { return *queues_.at(index); }
    [[nodiscard]] std::uint64_t buffer_gpa(unsigned queue, std::uint64_t offset = 0) const;
    std::byte* buffer(unsigned queue, std::uint64_t offset = 0);

    std::uint16_t add(unsigned queue, std::initializer_list<Buffer> buffers);
    void kick(unsigned queue);
    // The next used chain, for which the device has to interrupt.
    Used wait_used(unsigned queue);
    std::optional<Used> poll_used(unsigned queue);

    FakeModule& module() { return module_; }
    [[nodiscard]] unsigned index() const { return device_; }

private:
    [[nodiscard]] std::uint64_t area(unsigned queue) const;
    void set_up_queue(unsigned queue, bool event_idx);
    FakeModule& module_;
    unsigned device_;
    std::map<unsigned, std::unique_ptr<Driver>> queues_;
};

} // namespace amp::test

#endif
