// SPDX-License-Identifier: GPL-2.0-only
// A module in memory. It enforces the life cycle of include/amp/abi/ioctl.h: what the real one refuses, it refuses, and
// a partition that was neither started nor kept is undone when its last handle goes. Failures can be ordered for any
// call.
#pragma once

#include "device.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace amp::ctl::test {

struct FakePartition {
    amp_query query{};
    std::string console, log;
    std::vector<std::pair<std::uint64_t, std::size_t>> segments; // gpa, size
    bool kept = false;
    bool gone = false;
    int handles = 0;
    FileDescriptor state_event; // an eventfd, as the module's poll
    std::vector<std::string> nodes;
    // The module's end of a node's socket pair, once opened.
    std::map<std::string, FileDescriptor> node_peers;

    void set_state(std::uint32_t state);
    // Output of the guest: to the history, and a wake-up to whoever has the node open.
    void print(const std::string& text);
};

class FakeDevice final : public Device {
public:
    std::optional<CallError> missing; // what every call answers where the module is not loaded
    std::map<std::string, std::shared_ptr<FakePartition>> partitions;
    std::vector<std::string> calls;                // "create motor", "load motor 0x40000000", "start motor", ...
    std::map<std::string, CallError> failures;     // by such a text
    std::function<void(const std::string&)> after; // every successful call; scripts the guest

    // A partition as if another ampctl had made it.
    FakePartition& add(const std::string& name, std::uint32_t id, std::uint32_t state, std::uint32_t cpu);

    Call<amp_info> info() override;
    Call<std::vector<amp_list_entry>> list() override;
    Call<std::unique_ptr<Partition>> create(std::span<const std::byte> descriptor) override;
    Call<std::unique_ptr<Partition>> open(std::string_view name) override;
    Call<FileDescriptor> open_node(std::string_view partition, std::string_view channel) override;

    // Notes the call, and answers the failure that was ordered for it.
    std::optional<CallError> note(const std::string& call);
};

} // namespace amp::ctl::test
