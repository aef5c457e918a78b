// SPDX-License-Identifier: GPL-2.0-only
// From boot information to a monitor that is ready to run its guest.
#include "core/main.hpp"

#include "core/kick.hpp"

namespace amp {
namespace {

template <class T>
T* at(const amp_area& area) {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(area.pa));
}

Platform platform_of(const amp_partition& partition) {
    const bool console = (partition.flags & AMP_PARTITION_CONSOLE) != 0;
    Platform platform{};
    platform.gicd_gpa = partition.gicd_gpa;
    platform.gicd_size = gicd_frame_size(partition.gic_version);
    platform.gicr_gpa = partition.gicr_gpa;
    platform.gicr_size = partition.gic_version == 3 ? gicr_frame_size : 0;
    platform.console_gpa = partition.console_gpa;
    platform.console_size = console ? console_frame_size : 0;
    platform.console_intid = partition.console_intid;
    platform.doorbell_intid = partition.doorbell_intid;
    platform.channel_count = partition.channel_count;
    const auto* channels = descriptor_array<amp_channel>(partition, partition.channel_offset);
    for (uint32_t i = 0; i < partition.channel_count; ++i) {
        platform.channel_intid[i] = channels[i].intid;
    }
    platform.virtio_gpa = partition.virtio_gpa;
    platform.virtio_size = virtio_window_size(partition);
    platform.virtio_count = partition.virtio_count;
    const auto* devices = descriptor_array<amp_virtio>(partition, partition.virtio_offset);
    for (uint32_t i = 0; i < partition.virtio_count; ++i) {
        platform.virtio[i] = {devices[i].device_id, devices[i].intid, devices[i].queue_count};
    }
    return platform;
}

} // namespace

uint32_t attach_shared(Monitor& monitor) {
    const amp_boot_info& boot = monitor.boot;
    monitor.mailbox = at<amp_mailbox>(boot.mailbox);
    monitor.stats = at<amp_stats>(boot.stats);
    monitor.exit_record = at<amp_exit_record>(boot.exit_record);
    monitor.slots = at<amp_doorbell_slot>(boot.slots);
    const bool streams = monitor.log.init(boot.log) && monitor.console_out.init(boot.console_out) &&
                         monitor.console_in.init(boot.console_in, monitor.mailbox->console_in_taken);
    monitor.uart.reset();
    return streams ? AMP_STATUS_OK : AMP_STATUS_BAD_SIZE;
}

uint32_t adopt_partition(Monitor& monitor, const CoreFacts& core) {
    const amp_partition& partition = descriptor(monitor);
    if (const uint32_t status = check_descriptor(partition, monitor.boot, core); status != AMP_STATUS_OK) {
        return status;
    }
    monitor.platform = platform_of(partition);
    return check_extents(extents(monitor), partition, monitor.boot, core);
}

void announce(Monitor& monitor) {
    // As if the request that stands had just come: it may be another one than RUN by now.
    monitor.answered_seq = monitor.mailbox->request_seq - 1;
    // Between the module's publishing of our slot and our first look at it. Partner: the barrier in call_peer().
    arch::full_barrier();
    handle_kick(monitor, Registers{});
}

} // namespace amp
