// SPDX-License-Identifier: GPL-2.0-only
// Rules about what is loaded beside the image: files with an address, device tree and its overlays, initrd. Each takes
// its place in the order in which the planner gives it. Part of the rule table.
#include "rule.hpp"

namespace amp {

namespace {

constexpr std::uint64_t page = AMP_PAGE_SIZE;

std::string where_looked(const CheckContext& context, const Spec& spec) {
    return "relative names are looked for in " + directory_of(spec.file) + " and " +
           context.world.image_path.guests_directory;
}

// Why a file can't be loaded; empty: it can.
std::string trouble(const PayloadFile& file) {
    return !file.bytes ? " can't be read: " + file.bytes.error() : file.bytes->empty() ? " is empty" : "";
}

PlacedImage* placed_image(LoadedFiles& files) {
    return files.placed && files.placed->has_value() ? &**files.placed : nullptr;
}

void read(const CheckContext& context, std::size_t index, Report&) {
    const auto& [spec, partition, files] = context.subjects[index];
    files.payload = read_payload(spec, partition, context.world.image_path, context.disk);
}

void files_incomplete(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    for (const auto& file : partition.files) {
        if (is_missing(partition, file.file.has_value(), file.name.place, "amp,file")) {
            report(file.name.place, "file " + quoted(file.name.value) + " names no file", "add amp,file = \"name\";");
        }
        if (is_missing(partition, file.address.has_value(), file.name.place, "amp,address")) {
            report(file.name.place, "file " + quoted(file.name.value) + " has no address",
                   "add amp,address = <0x42000000>; or where it shall go in the partition's memory");
        }
    }
}

void files_unreadable(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    for (std::size_t i = 0; i < partition.files.size(); ++i) {
        const auto& file = partition.files[i].file;
        const std::string why = trouble(files.payload.files[i]);
        if (file && !why.empty()) {
            report(file->place, "file " + quoted(file->value) + why, where_looked(context, spec));
        }
    }
}

void files_outside_memory(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    for (std::size_t i = 0; i < partition.files.size(); ++i) {
        const auto& address = partition.files[i].address;
        const std::uint64_t size = files.payload.files[i].bytes->size();
        if (!in_memory(partition, {GuestPhysAddr(address->value), size})) {
            report(address->place,
                   "file " + quoted(files.payload.files[i].path) + " of " + size_text(size) + " at " +
                       hex(address->value) + " is not in the partition's memory",
                   "memory is " + memory_text(partition));
        }
    }
}

void files_overlap(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    PlacedImage* placed = placed_image(files);
    for (std::size_t i = 0; placed != nullptr && i < partition.files.size(); ++i) {
        const auto& address = partition.files[i].address;
        const GuestRange range{GuestPhysAddr(address->value), files.payload.files[i].bytes->size()};
        if (const GuestRange* other = find_overlap(range, placed->used)) {
            report(address->place,
                   "file " + quoted(files.payload.files[i].path) + " at " + range_text(range) + " overlaps " +
                       range_text(*other) + ", where the image or another file is",
                   "place it elsewhere in memory, which is " + memory_text(partition));
        }
        placed->used.push_back(range);
    }
}

// The bytes of a device tree file become its blob.
void compile(PayloadFile& file) {
    if (file.bytes) {
        file.bytes = device_tree_blob(*file.bytes, file.path);
    }
}

void dtb_unreadable(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (!partition.dtb) {
        return;
    }
    const std::string why = trouble(*files.payload.dtb);
    if (!why.empty()) {
        report(partition.dtb->place, "device tree " + quoted(partition.dtb->value) + why, where_looked(context, spec));
        return;
    }
    compile(*files.payload.dtb);
    if (!files.payload.dtb->bytes) {
        report(partition.dtb->place,
               "device tree " + quoted(files.payload.dtb->path) + ": " + files.payload.dtb->bytes.error(),
               "give a device tree source (.dts) or what dtc made of one (.dtb)");
    }
}

void dtb_replaces(const CheckContext& context, std::size_t index, Report& report) {
    const auto& partition = context.subjects[index].partition;
    const auto complain = [&](const Place& place, const std::string& what) {
        report(place, what + " would go into the generated device tree, which amp,dtb replaces",
               "say it in that file's chosen node, or add to the generated tree by amp,dtb-overlay instead");
    };
    if (partition.dtb && partition.bootargs) {
        complain(partition.bootargs->place, "bootargs");
    }
    if (partition.dtb && partition.initrd) {
        complain(partition.initrd->place, "amp,initrd");
    }
}

void overlay_unreadable(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    for (std::size_t i = 0; i < partition.dtb_overlays.size(); ++i) {
        auto& file = files.payload.overlays[i];
        const auto& overlay = partition.dtb_overlays[i];
        const std::string why = trouble(file);
        if (!why.empty()) {
            report(overlay.place, "overlay " + quoted(overlay.value) + why, where_looked(context, spec));
            continue;
        }
        compile(file);
        if (!file.bytes) {
            report(overlay.place, "overlay " + quoted(file.path) + ": " + file.bytes.error(),
                   "give the source of an overlay (.dtso) or what dtc -@ made of one (.dtbo)");
        }
    }
}

void dtb_address(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    const PlacedImage* placed = placed_image(files);
    if (!partition.dtb_address || placed == nullptr) {
        return;
    }
    const std::uint64_t address = partition.dtb_address->value;
    const std::uint64_t room = dtb_room(partition, files.payload);
    // Devicetree Specification, 5.1: 8-byte alignment; partition.h: 0 says that there is none.
    if (address == 0 || address % 8 != 0) {
        report(partition.dtb_address->place, "the device tree can't be at " + hex(address),
               "the address must be a multiple of 8 and not 0");
        return;
    }
    PlacedImage copy = *placed;
    if (!place_dtb(partition, copy, room)) {
        report(partition.dtb_address->place,
               "the device tree, for which " + size_text(room) + " are kept, does not fit at " + hex(address),
               std::string(placed->aarch32 ? "32-bit code finds it below 4 GiB only; " : "") +
                   "it needs memory without image and files in it; memory is " + memory_text(partition));
    }
}

void no_room(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    const PlacedImage* placed = placed_image(files);
    if (placed == nullptr || partition.dtb_address) {
        return;
    }
    PlacedImage copy = *placed;
    const std::uint64_t room = dtb_room(partition, files.payload);
    if (!place_dtb(partition, copy, room)) {
        report(partition.image->place, "beside the image there is no room for the device tree, " + size_text(room),
               "make memory larger");
    }
}

void initrd_unreadable(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    const std::string why = partition.initrd ? trouble(*files.payload.initrd) : "";
    if (!why.empty()) {
        report(partition.initrd->place, "initrd " + quoted(partition.initrd->value) + why,
               where_looked(context, spec));
    }
}

void initrd_no_room(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    const PlacedImage* placed = placed_image(files);
    if (!partition.initrd || placed == nullptr) {
        return;
    }
    PlacedImage copy = *placed;
    const std::uint64_t size = files.payload.initrd->bytes->size();
    if (place_dtb(partition, copy, dtb_room(partition, files.payload)) && !place_high(partition, copy, size)) {
        report(partition.initrd->place,
               "initrd " + quoted(files.payload.initrd->path) + " of " + size_text(size) +
                   " does not fit beside image and device tree",
               "make memory larger, by " + size_text((size + page - 1) / page * page) + " to be sure");
    }
}

// Whether an overlay applies shows on the finished tree only, hence on a plan for this partition alone.
void overlay_applies(const CheckContext& context, std::size_t index, Report& report) {
    const auto& [spec, partition, files] = context.subjects[index];
    if (partition.dtb_overlays.empty() || !context.world.live || placed_image(files) == nullptr) {
        return;
    }
    const auto planned = plan({Spec{spec.file, {partition}}}, context.world, context.disk);
    for (const auto& diagnostic : planned.diagnostics) {
        if (diagnostic.rule == "overlay.applies") {
            report(diagnostic.place, diagnostic.message, diagnostic.hint);
        }
    }
}

constexpr Rule rules[] = {
    {"files.read", Severity::note, "all other files are read (never reports)", read},
    {"files.incomplete", Severity::error, "every file to load has amp,file and amp,address", files_incomplete},
    {"files.unreadable", Severity::error, "files to load can be read", files_unreadable},
    {"files.outside-memory",
     Severity::error,
     "files to load lie in the partition's memory",
     files_outside_memory,
     {"files.incomplete", "files.unreadable", "memory.missing", "memory.empty", "memory.unaligned", "memory.overflow",
      "memory.beyond-limit", "memory.regions-overlap"}},
    {"files.overlap",
     Severity::error,
     "files to load overlap neither the image nor each other",
     files_overlap,
     {"image.unreadable", "files.outside-memory"}},
    {"dtb.unreadable", Severity::error, "amp,dtb is a device tree that can be read", dtb_unreadable},
    {"dtb.replaces", Severity::error, "nothing is said of the device tree that amp,dtb replaces", dtb_replaces},
    {"overlay.unreadable", Severity::error, "overlays are device trees that can be read", overlay_unreadable},
    {"dtb.address",
     Severity::error,
     "there is room for the device tree at amp,dtb-address",
     dtb_address,
     {"image.unreadable", "files.overlap", "dtb.unreadable", "overlay.unreadable"}},
    {"image.no-room",
     Severity::error,
     "there is room for the device tree beside the image",
     no_room,
     {"image.unreadable", "files.overlap", "dtb.unreadable", "overlay.unreadable"}},
    {"initrd.unreadable", Severity::error, "the initrd can be read", initrd_unreadable},
    {"initrd.no-room",
     Severity::error,
     "there is room for the initrd",
     initrd_no_room,
     {"image.unreadable", "initrd.unreadable", "image.no-room", "dtb.address"}},
    {"overlay.applies",
     Severity::error,
     "overlays fit the device tree that they are applied to",
     overlay_applies,
     {"initrd.no-room", "cpus.missing", "cpus.more-than-one", "cpus.unknown", "channels.window-full",
      "channels.size-missing", "channels.peer-missing", "id.missing"}},
};

} // namespace

std::span<const Rule> file_rules() {
    return rules;
}

} // namespace amp
