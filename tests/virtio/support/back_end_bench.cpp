// SPDX-License-Identifier: GPL-2.0-only
#include "back_end_bench.hpp"

#include "fake_partition.hpp"
#include "ram.hpp"

#include <amp/virtio/registers.hpp>
#include <catch2/catch.hpp>
#include <launch.hpp>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amp::test {

namespace reg = virtio::reg;
namespace status_bit = virtio::status;

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "amp-virtio-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()));
    path_ = name;
    std::filesystem::permissions(path_, std::filesystem::perms(0755));
}
TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string text_of(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void put_text(const std::string& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

namespace {

FakeModule::DeviceKind kind_of(const nlohmann::json& device) {
    const std::map<std::string, FakeModule::DeviceKind> kinds = {
        {"net", {1, 2}}, {"blk", {2, 1}}, {"console", {3, 2}}, {"rng", {4, 1}}, {"vsock", {19, 3}}, {"rpmsg", {7, 2}}};
    return kinds.at(device.at("type"));
}

} // namespace

BackEndBench::BackEndBench(const Devices& devices) : count_(static_cast<unsigned>(devices.size())) {
    std::filesystem::create_directories(directory.path("run/web"));
    std::vector<FakeModule::DeviceKind> kinds;
    nlohmann::json config = {{"partition", "web"},
                             {"memory", {{{"gpa", FakeModule::gpa}, {"size", FakeModule::ram_size}}}},
                             {"devices", nlohmann::json::array()}};
    for (nlohmann::json device : devices) {
        device["index"] = kinds.size();
        kinds.push_back(kind_of(device));
        config["devices"].push_back(device);
    }
    put_text(run_path("virtio.json"), config.dump());
    module = std::make_unique<FakeModule>(directory.path("module"), kinds);
}

BackEndBench::~BackEndBench() {
    module->destroy();
    if (supervisor_)
        wait_for_end(supervisor_);
}

Launched BackEndBench::launch() {
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const virtio::OwnedFd errors(ends[0]);
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        ::dup2(ends[1], STDERR_FILENO);
        FakeOpener opener(module->path());
        ::_exit(backend::launch({"web", "", false}, opener, directory.path("run")));
    }
    ::close(ends[1]);
    int status = 0;
    REQUIRE(module->until([&] { return ::waitpid(child, &status, WNOHANG) == child; }));
    std::string text(4096, '\0');
    const ssize_t size = ::read(errors.get(), text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text};
}

pid_t BackEndBench::start_launch() {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        FakeOpener opener(module->path());
        ::_exit(backend::launch({"web", "", false}, opener, directory.path("run")));
    }
    return child;
}

bool BackEndBench::all_served() const {
    for (unsigned i = 0; i < count_; ++i)
        if (!module->is_served(i))
            return false;
    return true;
}

void BackEndBench::begin() {
    const Launched launched = launch();
    INFO(launched.errors);
    REQUIRE(launched.status == 0);
    supervisor_ = supervisor();
    REQUIRE(module->until([&] { return all_served(); }));
}

nlohmann::json BackEndBench::status() { return nlohmann::json::parse(text_of(run_path("virtio.status"))); }

void BackEndBench::crash_worker() {
    const pid_t before = worker();
    REQUIRE(before > 0);
    REQUIRE(::kill(before, SIGKILL) == 0);
    REQUIRE(module->until([&] { return worker() != before && worker() != 0 && status().at("ready") && all_served(); }));
}

// Not a child of the test: it was put into the background. A zombie counts as ended, since nobody may be there to reap it.
void BackEndBench::wait_for_end(pid_t process) {
    const auto ended = [&] {
        const std::string stat = text_of("/proc/" + std::to_string(process) + "/stat");
        const std::size_t state = stat.rfind(')');
        return state == std::string::npos || stat[state + 2] == 'Z';
    };
    CHECK(module->until(ended));
}

std::uint64_t GuestDevice::area(unsigned queue) const { return 0x100000ull * device_ + 0x40000ull * queue; }

std::uint64_t GuestDevice::buffer_gpa(unsigned queue, std::uint64_t offset) const {
    return FakeModule::gpa + area(queue) + Driver::buffers_offset + offset;
}
std::byte* GuestDevice::buffer(unsigned queue, std::uint64_t offset) {
    return module_.ram() + area(queue) + Driver::buffers_offset + offset;
}

std::uint32_t GuestDevice::status() { return static_cast<std::uint32_t>(module_.read(device_, reg::status)); }
void GuestDevice::reset() {
    module_.write(device_, reg::status, 0);
    CHECK(status() == 0);
}

std::uint64_t GuestDevice::offered() {
    std::uint64_t features = 0;
    for (unsigned half = 0; half < 2; ++half) {
        module_.write(device_, reg::device_features_sel, half);
        features |= module_.read(device_, reg::device_features) << (32 * half);
    }
    return features;
}

void GuestDevice::probe(std::uint64_t wanted, unsigned queues) {
    reset();
    module_.write(device_, reg::status, status_bit::acknowledge);
    module_.write(device_, reg::status, status_bit::acknowledge | status_bit::driver);
    const std::uint64_t features = offered() & (wanted | virtio::feature::version_1);
    for (unsigned half = 0; half < 2; ++half) {
        module_.write(device_, reg::driver_features_sel, half);
        module_.write(device_, reg::driver_features, features >> (32 * half) & 0xffffffffu);
    }
    std::uint32_t progress = status_bit::acknowledge | status_bit::driver | status_bit::features_ok;
    module_.write(device_, reg::status, progress);
    REQUIRE(status() == progress);
    for (unsigned queue = 0; queue < queues; ++queue)
        set_up_queue(queue, features & virtio::feature::event_idx);
    progress |= status_bit::driver_ok;
    module_.write(device_, reg::status, progress);
    REQUIRE(status() == progress);
}

void GuestDevice::set_up_queue(unsigned queue, bool event_idx) {
    const std::uint64_t offset = area(queue);
    queues_[queue] = std::make_unique<Driver>(module_.ram() + offset, queue_size, event_idx);
    const Driver& driver = *queues_[queue];
    module_.write(device_, reg::queue_sel, queue);
    REQUIRE(module_.read(device_, reg::queue_num_max) >= queue_size);
    module_.write(device_, reg::queue_num, queue_size);
    const auto put = [&](std::uint32_t low, std::uint64_t gpa) {
        const std::uint64_t address = gpa - ram_gpa + FakeModule::gpa + offset;
        module_.write(device_, low, address & 0xffffffffu);
        module_.write(device_, low + 4, address >> 32);
    };
    put(reg::queue_desc_low, driver.desc_gpa());
    put(reg::queue_driver_low, driver.driver_gpa());
    put(reg::queue_device_low, driver.device_gpa());
    module_.write(device_, reg::queue_ready, 1);
    REQUIRE(module_.read(device_, reg::queue_ready) == 1);
}

std::uint16_t GuestDevice::add(unsigned queue, std::initializer_list<Buffer> buffers) {
    const auto head = queues_.at(queue)->add(buffers);
    REQUIRE(head.has_value());
    return *head;
}

void GuestDevice::kick(unsigned queue) {
    if (queues_.at(queue)->show())
        module_.kick(device_, queue);
}

std::optional<Used> GuestDevice::poll_used(unsigned queue) { return queues_.at(queue)->collect(); }

// As Linux does: take what is there, else ask for an interrupt, look again, wait for it.
Used GuestDevice::wait_used(unsigned queue) {
    Driver& driver = *queues_.at(queue);
    for (;;) {
        if (const auto used = driver.collect())
            return *used;
        if (driver.arm_interrupt())
            REQUIRE(module_.until([&] { return (module_.take_interrupt(device_) & AMP_VIRTIO_USED) != 0; }));
    }
}

} // namespace amp::test
