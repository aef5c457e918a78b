// SPDX-License-Identifier: GPL-2.0-only
// What the module would have prepared: memory, boot information, descriptor, extents, streams; and a start on core 1.
#ifndef AMP_TESTS_MONITOR_BARE_STAGE_HPP
#define AMP_TESTS_MONITOR_BARE_STAGE_HPP

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "amp/abi/mailbox.h"
#include "amp/abi/partition.h"
#include "amp/abi/status.h"
#include "amp/abi/stream.h"

namespace bare {

constexpr uint64_t guest_ram_gpa = 0x40000000, guest_ram_size = 0x400000;
constexpr uint64_t read_only_gpa = 0x50000000; // one page, readable and nothing else
constexpr uint32_t doorbell = 32 + 40, channel_intid = 96;
constexpr uint64_t virtio_gpa = 0x0a000000;
constexpr uint32_t virtio_intid = 48, virtio_devices = 2; // device n has n + 1 queues
constexpr uint32_t own_slot = 3;

// Physical memory, 2 MiB apart: well away from the loader.
constexpr uint64_t monitor_pa = 0x42001000; // not aligned to more than a page, on purpose
constexpr uint64_t shared_pa = 0x43000000, guest_ram_pa = 0x44000000, read_only_pa = 0x45001000;

struct Stage {
    amp_boot_info* boot;
    amp_partition* partition;
    amp_extent* extents;
    volatile amp_mailbox* mailbox;
    volatile amp_stats* stats;
    volatile amp_exit_record* exit;
    volatile amp_stream *log, *console_out, *console_in;
    volatile amp_doorbell_slot* slots;
};

// Everything as for a fresh partition, with `size` bytes of guest at the start of its RAM.
Stage prepare(const void* guest, uint64_t size);
// An image linked to that offset from the start of RAM, where the guest then enters.
void load_image(const Stage& stage, const char* image, const char* end, uint64_t offset);
// CPU_ON; false where the firmware refuses.
bool start(const Stage& stage);
bool wait_for_state(const Stage& stage, uint32_t state);
// AFFINITY_INFO says that core 1 is off.
bool wait_until_off();
bool request(const Stage& stage, uint32_t wanted, uint32_t state);
void print_stream(const char* title, const volatile amp_stream& stream);
bool wait_for_console(const Stage& stage, const char* text);
bool stream_is(const volatile amp_stream& stream, const char* text);

} // namespace bare

#endif
