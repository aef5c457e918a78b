// SPDX-License-Identifier: GPL-2.0-only
#include "support/fake_device.hpp"

#include <amp/abi/partition.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace amp::ctl::test {
namespace {

constexpr std::string_view action_names[] = {"clear", "keep", "start", "stop", "pause", "resume", "destroy", "release"};

CallError refused(std::uint32_t status, std::uint64_t value = 0, std::uint32_t index = 0) {
    return {EBUSY, CallPlace::partition, {status, index, value}};
}

class FakeHandle final : public Partition {
public:
    FakeHandle(FakeDevice& device, std::string name, std::shared_ptr<FakePartition> partition)
        : device_(device), name_(std::move(name)), partition_(std::move(partition)) {
        ++partition_->handles;
    }
    ~FakeHandle() override {
        if (--partition_->handles > 0 || partition_->kept || partition_->gone || partition_->query.starts != 0)
            return;
        device_.calls.push_back("rolled back " + name_);
        remove();
    }

    Call<amp_query> query() override {
        if (partition_->gone)
            return Err{CallError{ENODEV, CallPlace::partition, {}}};
        std::uint64_t ignored = 0;
        [[maybe_unused]] const ssize_t count = ::read(partition_->state_event.get(), &ignored, sizeof(ignored));
        return partition_->query;
    }

    Call<Done> load(std::uint64_t gpa, std::span<const std::byte> bytes, bool is_image) override {
        if (const auto failure = device_.note(fmt::format("load{} {} {:#x}", is_image ? "-image" : "", name_, gpa)))
            return Err{*failure};
        partition_->segments.emplace_back(gpa, bytes.size());
        partition_->query.segment_bytes += bytes.size();
        partition_->query.state = AMP_STATE_LOADED;
        return Done{};
    }

    Call<std::uint64_t> act(Action action) override {
        const std::string call = fmt::format("{} {}", action_names[static_cast<std::size_t>(action)], name_);
        if (partition_->gone)
            return Err{CallError{ENODEV, CallPlace::partition, {}}};
        if (const auto failure = device_.note(call))
            return Err{*failure};
        if (const auto failure = apply(action))
            return Err{*failure};
        if (device_.after)
            device_.after(call);
        return std::uint64_t{1'500'000};
    }

    Call<Done> assign(std::uint32_t cpu) override {
        if (const auto failure = device_.note(fmt::format("assign {} {}", name_, cpu)))
            return Err{*failure};
        if (partition_->query.state == AMP_STATE_RUNNING)
            return Err{refused(AMP_STATUS_BAD_STATE, partition_->query.state)};
        partition_->query.cpu = cpu;
        return Done{};
    }

    Call<StreamChunk> read_stream(Stream stream, std::uint64_t position) override {
        const std::string& all = stream == Stream::log ? partition_->log : partition_->console;
        if (partition_->gone)
            return Err{CallError{ENODEV, CallPlace::partition, {}}};
        // Small pieces, so that callers must come back for more.
        const std::string piece = all.substr(std::min<std::size_t>(position, all.size()), 7);
        return StreamChunk{piece, position + piece.size(), 0};
    }

    int poll_descriptor() override { return partition_->state_event.get(); }

private:
    std::optional<CallError> apply(Action action) {
        amp_query& query = partition_->query;
        const std::uint32_t state = query.state;
        const bool live = state == AMP_STATE_RUNNING || state == AMP_STATE_PAUSED;
        switch (action) {
        case Action::clear: partition_->segments.clear(); return {};
        case Action::keep: partition_->kept = true; return {};
        case Action::start:
            if (live || state == AMP_STATE_LOST)
                return refused(AMP_STATUS_BAD_STATE, state);
            if (query.cpu == AMP_NO_CPU)
                return refused(AMP_STATUS_NO_CORE);
            if (partition_->segments.empty())
                return refused(AMP_STATUS_NOT_LOADED);
            ++query.starts;
            query.exit = {};
            partition_->set_state(AMP_STATE_RUNNING);
            return {};
        case Action::stop:
            if (!live)
                return refused(AMP_STATUS_BAD_STATE, state);
            query.exit.reason = AMP_EXIT_STOPPED;
            partition_->set_state(AMP_STATE_STOPPED);
            return {};
        case Action::pause:
        case Action::resume:
            if (state != (action == Action::pause ? AMP_STATE_RUNNING : AMP_STATE_PAUSED))
                return refused(AMP_STATUS_BAD_STATE, state);
            partition_->set_state(action == Action::pause ? AMP_STATE_PAUSED : AMP_STATE_RUNNING);
            return {};
        case Action::release:
            if (live)
                return refused(AMP_STATUS_BAD_STATE, state);
            query.cpu = AMP_NO_CPU;
            return {};
        case Action::destroy: break;
        }
        remove();
        return {};
    }

    void remove() {
        partition_->gone = true;
        partition_->set_state(partition_->query.state);
        device_.partitions.erase(name_);
    }

    FakeDevice& device_;
    std::string name_;
    std::shared_ptr<FakePartition> partition_;
};

} // namespace

void FakePartition::set_state(std::uint32_t state) {
    query.state = state;
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t count = ::write(state_event.get(), &one, sizeof(one));
}

void FakePartition::print(const std::string& text) {
    console += text;
    if (const auto peer = node_peers.find("console"); peer != node_peers.end()) [[maybe_unused]]
        const ssize_t count = ::send(peer->second.get(), text.data(), text.size(), MSG_DONTWAIT);
}

FakePartition& FakeDevice::add(const std::string& name, std::uint32_t id, std::uint32_t state, std::uint32_t cpu) {
    auto partition = std::make_shared<FakePartition>();
    std::copy(name.begin(), name.end(), partition->query.name);
    partition->query.id = id;
    partition->query.state = state;
    partition->query.cpu = cpu;
    partition->query.doorbell_intid = 250 + id;
    partition->query.counter_hz = 1'000'000;
    partition->kept = true;
    partition->segments.emplace_back(0x40000000, 4096);
    partition->state_event = FileDescriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    partition->nodes = {"console"};
    partitions[name] = partition;
    return *partition;
}

std::optional<CallError> FakeDevice::note(const std::string& call) {
    calls.push_back(call);
    if (missing)
        return missing;
    const auto failure = failures.find(call);
    return failure == failures.end() ? std::nullopt : std::optional(failure->second);
}

Call<amp_info> FakeDevice::info() {
    if (missing)
        return Err{*missing};
    amp_info info{};
    info.abi_major = AMP_ABI_MAJOR;
    info.abi_minor = AMP_ABI_MINOR;
    info.gic_version = 3;
    info.host_el = 1;
    info.partition_count = static_cast<std::uint32_t>(partitions.size());
    return info;
}

Call<std::vector<amp_list_entry>> FakeDevice::list() {
    if (missing)
        return Err{*missing};
    std::vector<amp_list_entry> entries;
    for (const auto& [name, partition] : partitions) {
        amp_list_entry& entry = entries.emplace_back();
        std::copy(name.begin(), name.end(), entry.name);
        entry.id = partition->query.id;
        entry.state = partition->query.state;
    }
    return entries;
}

Call<std::unique_ptr<Partition>> FakeDevice::create(std::span<const std::byte> descriptor) {
    amp_partition header{};
    amp_core core{};
    std::memcpy(&header, descriptor.data(), std::min(sizeof(header), descriptor.size()));
    std::memcpy(&core, descriptor.data() + header.core_offset, sizeof(core));
    const std::string name(name_of(header.name));
    if (const auto failure = note("create " + name))
        return Err{*failure};
    if (partitions.contains(name))
        return Err{refused(AMP_STATUS_NAME_IN_USE)};
    FakePartition& made = add(name, header.id, AMP_STATE_CREATED, core.cpu);
    made.kept = false;
    made.segments.clear();
    return std::unique_ptr<Partition>(std::make_unique<FakeHandle>(*this, name, partitions[name]));
}

Call<std::unique_ptr<Partition>> FakeDevice::open(std::string_view name) {
    if (missing)
        return Err{*missing};
    const auto found = partitions.find(std::string(name));
    if (found == partitions.end())
        return Err{CallError{ENOENT, CallPlace::partition, {}}};
    return std::unique_ptr<Partition>(std::make_unique<FakeHandle>(*this, found->first, found->second));
}

Call<FileDescriptor> FakeDevice::open_node(std::string_view partition, std::string_view channel) {
    const auto found = partitions.find(std::string(partition));
    const std::string name(channel);
    if (found == partitions.end() ||
        std::find(found->second->nodes.begin(), found->second->nodes.end(), name) == found->second->nodes.end())
        return Err{CallError{ENOENT, CallPlace::node, {}}};
    if (const auto failure = note(fmt::format("open {} {}", partition, channel)))
        return Err{*failure};
    int ends[2];
    // Like the nodes: a message per call.
    if (::socketpair(AF_UNIX, (name == "console" ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0,
                     ends) != 0)
        return Err{CallError{errno, CallPlace::node, {}}};
    found->second->node_peers[name] = FileDescriptor(ends[1]);
    if (after)
        after(fmt::format("open {} {}", partition, channel));
    return FileDescriptor(ends[0]);
}

} // namespace amp::ctl::test
