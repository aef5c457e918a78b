// SPDX-License-Identifier: GPL-2.0-only
// The info page lies below the guest's RAM, as the partitioner would put it.
#include "library_guest.hpp"

#include "amp/abi/info_page.h"
#include "machine.hpp"

extern "C" const char guest_image[], guest_image_end[];

namespace bare {
namespace {

// Where guest.ld.S puts the image, from the start of RAM.
constexpr uint64_t image_offset = 0x100000;
constexpr uint64_t info_pa = 0x45002000;
constexpr uint32_t stream_bytes = 4096;

// Extents are sorted by guest-physical address.
void give_info_page(const Stage& stage) {
    auto& info = *reinterpret_cast<amp_info_page*>(static_cast<uintptr_t>(info_pa));
    for (uint64_t i = 0; i < AMP_PAGE_SIZE; i += 8) {
        reg<uint64_t>(info_pa + i) = 0;
    }
    info.magic = AMP_INFO_MAGIC;
    info.abi_major = AMP_ABI_MAJOR;
    info.abi_minor = AMP_ABI_MINOR;
    info.size = sizeof(info);
    info.gic_version = stage.partition->gic_version;
    info.console_intid = stage.partition->console_intid;
    info.gicd_gpa = stage.partition->gicd_gpa;
    info.gicr_gpa = stage.partition->gicr_gpa;
    info.gicc_gpa = stage.partition->gicc_gpa;
    info.console_gpa = stage.partition->console_gpa;
    stage.extents[1] = stage.extents[0];
    stage.extents[0] = {AMP_INFO_GPA, info_pa, AMP_PAGE_SIZE, AMP_ACCESS_READ, 0};
}

} // namespace

Stage prepare_library_guest() {
    const Stage stage = prepare(guest_image, 0);
    load_image(stage, guest_image, guest_image_end, image_offset);
    give_info_page(stage);
    return stage;
}

bool pass_on(const volatile amp_stream& stream, uint64_t& read) {
    const auto* const data = reinterpret_cast<const volatile char*>(&stream + 1);
    const uint64_t written = stream.written;
    __asm__ __volatile__("dmb ish" : : : "memory"); // partner: the monitor's release store of `written`
    if (written - read > stream_bytes) {
        return false;
    }
    for (; read < written; ++read) {
        const char text[] = {data[read % stream_bytes], '\0'};
        print(text);
    }
    return true;
}

bool stream_has(const volatile amp_stream& stream, const char* text) {
    const auto* const data = reinterpret_cast<const volatile char*>(&stream + 1);
    const uint64_t written = stream.written;
    for (uint64_t at = written > stream_bytes ? written - stream_bytes : 0; at < written; ++at) {
        uint64_t i = 0;
        while (text[i] != '\0' && at + i < written && data[(at + i) % stream_bytes] == text[i]) {
            ++i;
        }
        if (text[i] == '\0') {
            return true;
        }
    }
    return false;
}

} // namespace bare
