// SPDX-License-Identifier: GPL-2.0-only
// Each shared structure gets a page (streams: two) at a fixed place.
#include "stage.hpp"

#include "machine.hpp"

extern "C" const char monitor_image[], monitor_image_end[];

namespace bare {
namespace {

constexpr uint64_t page = AMP_PAGE_SIZE;
constexpr uint32_t stream_bytes = 4096;

template <class T>
T* at(uint64_t pa) {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(pa));
}

void clear(uint64_t pa, uint64_t size) {
    for (uint64_t i = 0; i < size; i += 8) {
        *at<volatile uint64_t>(pa + i) = 0;
    }
}

void copy(uint64_t pa, const void* from, uint64_t size) {
    for (uint64_t i = 0; i < size; ++i) {
        *at<volatile uint8_t>(pa + i) = static_cast<const uint8_t*>(from)[i];
    }
}

amp_stream* make_stream(const amp_area& area) {
    auto* const stream = at<amp_stream>(area.pa);
    stream->capacity = stream_bytes;
    return stream;
}

void fill_partition(amp_partition& partition) {
    partition.magic = AMP_PARTITION_MAGIC;
    partition.abi_major = AMP_ABI_MAJOR;
    partition.abi_minor = AMP_ABI_MINOR;
    partition.flags = AMP_PARTITION_CONSOLE;
    partition.id = 1;
    partition.gic_version = gic_version();
    partition.entry = guest_ram_gpa;
    partition.dtb_gpa = 0x40001000;
    partition.gicd_gpa = 0x08000000;
    partition.gicr_gpa = gic_version() == 3 ? 0x080a0000 : 0;
    partition.gicc_gpa = gic_version() == 3 ? 0 : 0x08010000;
    partition.console_gpa = 0x09000000;
    partition.console_intid = 33;
    partition.doorbell_intid = doorbell;
    partition.core_offset = sizeof(amp_partition);
    partition.core_count = 1;
    partition.channel_offset = partition.core_offset + sizeof(amp_core);
    partition.channel_count = 1;
    partition.virtio_gpa = virtio_gpa;
    partition.virtio_offset = partition.channel_offset + static_cast<uint32_t>(sizeof(amp_channel));
    partition.virtio_count = virtio_devices;
    partition.region_offset = partition.irq_offset =
        partition.virtio_offset + virtio_devices * static_cast<uint32_t>(sizeof(amp_virtio));
    partition.size = partition.region_offset;
    const auto base = reinterpret_cast<uintptr_t>(&partition);
    *at<amp_core>(base + partition.core_offset) = {1, 0, 1};
    at<amp_channel>(base + partition.channel_offset)->intid = channel_intid;
    for (uint32_t i = 0; i < virtio_devices; ++i) {
        at<amp_virtio>(base + partition.virtio_offset)[i] = {"", 4 - 3 * i, virtio_intid + i, i + 1, 0}; // entropy, network
    }
}

void fill_boot_info(amp_boot_info& boot) {
    boot.magic = AMP_BOOT_INFO_MAGIC;
    boot.abi_major = AMP_ABI_MAJOR;
    boot.abi_minor = AMP_ABI_MINOR;
    boot.size = sizeof(boot);
    boot.mpidr = 1;
    boot.slot = own_slot;
    uint64_t next = shared_pa + page;
    const auto area = [&](uint64_t size) {
        const amp_area result{next, size};
        next += (size + page - 1) & ~(page - 1);
        return result;
    };
    boot.descriptor = area(page);
    boot.extents = area(page);
    boot.mailbox = area(sizeof(amp_mailbox));
    boot.stats = area(sizeof(amp_stats));
    boot.exit_record = area(sizeof(amp_exit_record));
    boot.log = area(sizeof(amp_stream) + stream_bytes);
    boot.console_out = area(sizeof(amp_stream) + stream_bytes);
    boot.console_in = area(sizeof(amp_stream) + stream_bytes);
    boot.slots = area(page);
    boot.extent_count = 2;
    boot.gic_version = gic_version();
    boot.gicd = {gicd_base, 0x10000};
    boot.gicr = {gicr_base + gicr_stride, gicr_stride};
    boot.gicc = {gicc_base, 0x2000};
    boot.gich = {gich_base, 0x1000};
    boot.gicv = {gicv_base, 0x2000};
    boot.kick_sgi = 7;
    boot.maintenance_intid = 25;
    boot.virtual_timer_intid = 27;
    boot.physical_timer_intid = 30;
    boot.pmu_intid = 23;
    boot.flags = AMP_BOOT_MPAM; // which QEMU's cores have not: the monitor has to look at the core too
}

} // namespace

Stage prepare(const void* guest, uint64_t size) {
    clear(shared_pa, 0x20000);
    clear(guest_ram_pa, 0x10000);
    const auto& header = *at<const amp_monitor_header>(reinterpret_cast<uintptr_t>(monitor_image));
    // What was there before must not matter.
    for (uint64_t pa = monitor_pa; pa < monitor_pa + header.memory_size + 256 * page; pa += 8) {
        *at<volatile uint64_t>(pa) = 0xa5a5a5a5a5a5a5a5;
    }
    copy(monitor_pa, monitor_image, static_cast<uint64_t>(monitor_image_end - monitor_image));
    copy(guest_ram_pa, guest, size);
    Stage stage{};
    stage.boot = at<amp_boot_info>(shared_pa);
    fill_boot_info(*stage.boot);
    stage.boot->monitor = {monitor_pa, header.memory_size + 64 * page};
    stage.partition = at<amp_partition>(stage.boot->descriptor.pa);
    fill_partition(*stage.partition);
    stage.extents = at<amp_extent>(stage.boot->extents.pa);
    constexpr uint32_t all = AMP_ACCESS_READ | AMP_ACCESS_WRITE | AMP_ACCESS_EXECUTE;
    stage.extents[0] = {guest_ram_gpa, guest_ram_pa, guest_ram_size, all, 0};
    stage.extents[1] = {read_only_gpa, read_only_pa, page, AMP_ACCESS_READ, 0};
    stage.mailbox = at<amp_mailbox>(stage.boot->mailbox.pa);
    stage.mailbox->wanted = AMP_WANT_RUN;
    stage.mailbox->request_seq = 1;
    stage.stats = at<amp_stats>(stage.boot->stats.pa);
    stage.exit = at<amp_exit_record>(stage.boot->exit_record.pa);
    stage.log = make_stream(stage.boot->log);
    stage.console_out = make_stream(stage.boot->console_out);
    stage.console_in = make_stream(stage.boot->console_in);
    stage.slots = at<amp_doorbell_slot>(stage.boot->slots.pa);
    return stage;
}

void load_image(const Stage& stage, const char* image, const char* end, uint64_t offset) {
    for (uint64_t i = 0; i < static_cast<uint64_t>(end - image); ++i) {
        reg<uint8_t>(guest_ram_pa + offset + i) = static_cast<uint8_t>(image[i]);
    }
    stage.partition->entry = guest_ram_gpa + offset;
}

bool start(const Stage& stage) {
    take_spi(doorbell);
    __asm__ __volatile__("dsb sy" : : : "memory");
    return firmware(psci_cpu_on, 1, monitor_pa, reinterpret_cast<uintptr_t>(stage.boot)) == 0;
}

namespace {

template <class Condition>
bool within_seconds(uint64_t seconds, Condition condition) {
    const uint64_t end = counter() + seconds * frequency();
    while (!condition()) {
        if (counter() > end) {
            return false;
        }
    }
    return true;
}

} // namespace

bool wait_for_state(const Stage& stage, uint32_t state) {
    return within_seconds(3, [&] { return stage.mailbox->state == state; });
}

bool wait_until_off() {
    return within_seconds(3, [] { return firmware(psci_affinity_info, 1, 0) == 1; });
}

bool request(const Stage& stage, uint32_t wanted, uint32_t state) {
    stage.mailbox->wanted = wanted;
    const uint32_t seq = stage.mailbox->request_seq + 1;
    __asm__ __volatile__("dsb sy" : : : "memory");
    stage.mailbox->request_seq = seq;
    kick();
    return within_seconds(3, [&] { return stage.mailbox->ack_seq == seq; }) && stage.mailbox->state == state;
}

void print_stream(const char* title, const volatile amp_stream& stream) {
    print("  ");
    print(title);
    print(": ");
    const auto* const data = reinterpret_cast<const volatile char*>(&stream + 1);
    const uint64_t written = stream.written;
    for (uint64_t i = written > stream_bytes ? written - stream_bytes : 0; i < written; ++i) {
        const char text[] = {data[i % stream_bytes], '\0'};
        print(text[0] == '\n' ? " | " : text);
    }
    print("\n");
}

bool wait_for_console(const Stage& stage, const char* text) {
    within_seconds(3, [&] { return stream_is(*stage.console_out, text); });
    return check(stream_is(*stage.console_out, text), "console output");
}

bool stream_is(const volatile amp_stream& stream, const char* text) {
    const auto* const data = reinterpret_cast<const volatile char*>(&stream + 1);
    uint64_t i = 0;
    for (; text[i] != '\0'; ++i) {
        if (i >= stream.written || data[i] != text[i]) {
            return false;
        }
    }
    return i == stream.written;
}

} // namespace bare
