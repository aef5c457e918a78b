// SPDX-License-Identifier: GPL-2.0-only
// Rules about the guest's image. It is read once into the subject; each rule then reports the errors that bear its
// name. Part of the rule table.
#include "rule.hpp"

namespace amp {

namespace {

Place image_place(const PartitionSpec& partition) {
    return partition.image ? partition.image->place : partition.name.place;
}

void missing(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    if (is_missing(partition, partition.image.has_value(), partition.name.place, "amp,image")) {
        report(partition.name.place, "partition " + quoted(partition.name.value) + " has no image",
               "add amp,image = \"file\"; with an ELF file, a Linux kernel or raw bytes");
    }
}

void unreadable(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (!partition.image) {
        return;
    }
    files.image_path = context.world.image_path.find(context.disk, spec.file, partition.image->value);
    const auto bytes = context.disk.read(files.image_path);
    if (!bytes) {
        report(partition.image->place, "image " + quoted(partition.image->value) + " can't be read: " + bytes.error(),
               "relative names are looked for in " + directory_of(spec.file) + " and " +
                   context.world.image_path.guests_directory);
        return;
    }
    files.image = parse_image(*bytes, largest_memory(partition));
}

// Placing needs memory that makes sense: the memory rules are its prerequisites.
void place(const CheckContext& context, std::size_t index, Report&) {
    auto& subject = context.subjects[index];
    if (subject.files.image && subject.files.image->has_value() && !subject.partition.memory.empty()) {
        subject.files.placed = place_image(**subject.files.image, subject.partition);
    }
}

// The error that parsing or placing ended with, if it is rule's.
const ImageError* error_of(const LoadedFiles& files, std::string_view rule) {
    const ImageError* error = nullptr;
    if (files.image && !files.image->has_value()) {
        error = &files.image->error();
    } else if (files.placed && !files.placed->has_value()) {
        error = &files.placed->error();
    }
    return error != nullptr && error->rule == rule ? error : nullptr;
}

template <const char* rule>
void report_error(const CheckContext& context, std::size_t index, Report& report) {
    const auto& subject = context.subjects[index];
    if (const ImageError* error = error_of(subject.files, rule)) {
        report(image_place(subject.partition), "image " + quoted(subject.files.image_path) + ": " + error->message,
               error->hint);
    }
}

constexpr char empty_rule[] = "image.empty";
constexpr char truncated_rule[] = "image.truncated";
constexpr char compressed_rule[] = "image.compressed";
constexpr char machine_rule[] = "image.machine";
constexpr char not_executable_rule[] = "image.not-executable";
constexpr char segments_overlap_rule[] = "image.segments-overlap";
constexpr char load_address_rule[] = "image.load-address";
constexpr char outside_memory_rule[] = "image.outside-memory";
constexpr char too_big_rule[] = "image.too-big";
constexpr char entry_rule[] = "image.entry";
constexpr char aarch32_rule[] = "image.aarch32";

constexpr Rule rules[] = {
    {"image.missing", Severity::error, "every partition has an image", missing},
    {"image.unreadable", Severity::error, "the image can be read", unreadable, {"image.missing"}},
    {empty_rule, Severity::error, "the image is not empty", report_error<empty_rule>, {"image.unreadable"}},
    {truncated_rule, Severity::error, "the image is complete", report_error<truncated_rule>, {"image.unreadable"}},
    {compressed_rule,
     Severity::error,
     "the image is not compressed, or with gzip",
     report_error<compressed_rule>,
     {"image.unreadable"}},
    {machine_rule,
     Severity::error,
     "the image is for arm64 or 32-bit Arm",
     report_error<machine_rule>,
     {"image.unreadable"}},
    {not_executable_rule,
     Severity::error,
     "an ELF image is a linked program",
     report_error<not_executable_rule>,
     {"image.unreadable"}},
    {segments_overlap_rule,
     Severity::error,
     "segments of an ELF image do not overlap",
     report_error<segments_overlap_rule>,
     {"image.unreadable"}},
    {"image.placed",
     Severity::note,
     "where the image goes is worked out (never reports)",
     place,
     {"image.unreadable", "memory.missing", "memory.empty", "memory.unaligned", "memory.overflow",
      "memory.beyond-limit", "memory.regions-overlap"}},
    {load_address_rule,
     Severity::error,
     "amp,load-address suits the image",
     report_error<load_address_rule>,
     {"image.unreadable"}},
    {outside_memory_rule,
     Severity::error,
     "an ELF image lies in the partition's memory",
     report_error<outside_memory_rule>,
     {"image.unreadable"}},
    {too_big_rule,
     Severity::error,
     "a Linux kernel or raw image fits into memory",
     report_error<too_big_rule>,
     {"image.unreadable"}},
    {entry_rule, Severity::error, "the entry point lies in the image", report_error<entry_rule>, {"image.unreadable"}},
    {aarch32_rule,
     Severity::error,
     "amp,aarch32 suits the image, and 32-bit code lies below 4 GiB",
     report_error<aarch32_rule>,
     {"image.unreadable"}},
};

} // namespace

std::span<const Rule> image_rules() {
    return rules;
}

} // namespace amp
