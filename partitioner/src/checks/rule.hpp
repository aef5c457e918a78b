// SPDX-License-Identifier: GPL-2.0-only
// The form of a rule: name, severity, what it says, function, prerequisites. A function looks at one partition, may
// compare it with all others, and reports through Report; where a prerequisite failed for a partition, its dependents
// keep quiet about it.
#pragma once

#include <span>
#include <string_view>

#include "../layout.hpp"
#include "../payload.hpp"
#include "../text.hpp"
#include "amp/partitioner/check.hpp"

namespace amp {

struct Subject; // below

// Adds diagnostics of one rule.
class Report {
public:
    Report(std::string_view rule, Severity severity, Diagnostics& diagnostics)
        : rule_(rule), severity_(severity), diagnostics_(diagnostics) {}

    void operator()(Place place, std::string message, std::string hint) {
        diagnostics_.add(std::string(rule_), severity_, std::move(place), std::move(message), std::move(hint));
        ++count_;
    }
    std::size_t count() const { return count_; }

private:
    std::string_view rule_;
    Severity severity_;
    Diagnostics& diagnostics_;
    std::size_t count_ = 0;
};

// What is known of a partition's files after they were read once, before the rules run.
struct LoadedFiles {
    std::string image_path;
    std::optional<Result<Image, ImageError>> image;        // absent: no amp,image
    std::optional<Result<PlacedImage, ImageError>> placed; // absent: no image, or its memory is wrong
    Payload payload;
};

struct Subject {
    const Spec& spec;
    const PartitionSpec& partition;
    LoadedFiles& files; // filled in by the image rules as they get there
};

struct CheckContext {
    const World& world;
    const Disk& disk;
    std::vector<Subject> subjects; // all partitions of all descriptions, in their order
};

struct Rule {
    std::string_view name;
    Severity severity;
    std::string_view summary;
    // index: of the subject to look at
    void (*run)(const CheckContext&, std::size_t index, Report&);
    std::string_view needs[8] = {}; // unused ones are empty
};

// One table per file of this folder; names are unique over all of them.
std::span<const Rule> identity_rules();
std::span<const Rule> cpu_rules();
std::span<const Rule> memory_rules();
std::span<const Rule> image_rules();
std::span<const Rule> file_rules();
std::span<const Rule> aarch32_rules();
std::span<const Rule> channel_rules();
std::span<const Rule> channel_peer_rules();
std::span<const Rule> virtio_rules();
std::span<const Rule> virtio_backend_rules();
std::span<const Rule> virtio_sharing_rules();
std::span<const Rule> interrupt_rules();
std::span<const Rule> device_rules();
std::span<const Rule> device_guest_rules();
std::span<const Rule> device_dma_rules();

// "'motor' (motor.dts:12)"
std::string where(const PartitionSpec&);
// "channel 'ctrl'"
std::string named(const ChannelSpec&);
// "virtio device 'net0'"
std::string named(const VirtioSpec&);
// a-z, 0-9 and '-', beginning with a letter
bool is_name(std::string_view);
// Neither there nor reported by the reader as unreadable. node: where the property belongs
bool is_missing(const PartitionSpec&, bool present, const Place& node, std::string_view property);

} // namespace amp
