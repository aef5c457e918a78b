// SPDX-License-Identifier: GPL-2.0-only
// The state of one monitor: what it was given, what it shares with dom0, and its guest's devices. There is one instance per
// donated core, touched by that core alone, so nothing in here needs a lock.
#ifndef AMP_MONITOR_CORE_MONITOR_HPP
#define AMP_MONITOR_CORE_MONITOR_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"
#include "amp/abi/mailbox.h"
#include "amp/abi/partition.h"
#include "arch/arch.hpp"
#include "arch_gic.hpp"
#include "core/log.hpp"
#include "core/stream.hpp"
#include "drivers/pl011/pl011.hpp"

namespace amp {

// What an exit leaves to be done once all registers of the guest are saved.
enum class Work : uint32_t {
    none = 0,
    kick,         // dom0 or a peer called
    suspend,      // PSCI CPU_SUSPEND: wait until there is an interrupt for the guest
    system_off,   // the PSCI calls that end the guest
    system_reset,
    cpu_off,
};

// The general registers of the guest at its last exit. Layout known to vectors.S. x[31] stands for XZR: it may be written.
struct Registers {
    uint64_t x[32];
};
static_assert(sizeof(Registers) % 16 == 0, "keeps the stack pointer aligned");

// What names an exit, beside the registers.
struct Syndrome {
    uint64_t esr, far, ipa;
};

struct VirtioDevice {
    uint32_t device_id, intid, queue_count;
};

// The guest-physical windows that are emulated, and interrupt numbers; copied out of the checked descriptor.
struct Platform {
    uint64_t gicd_gpa, gicd_size;
    uint64_t gicr_gpa, gicr_size; // size 0: none
    uint64_t virtio_gpa, virtio_size;
    uint64_t console_gpa, console_size;
    uint32_t console_intid;
    uint32_t doorbell_intid; // 0: not known yet
    uint32_t channel_count;
    uint32_t channel_intid[AMP_CHANNELS_MAX];
    uint32_t virtio_count;
    VirtioDevice virtio[AMP_VIRTIO_MAX];
};

// What the firmware says of ARCH_WORKAROUND_1 to 3 on this core: 0 call it, 1 not needed here, negative not there.
struct Workarounds {
    int32_t answer[3];
};

// Of all transports, bit n for device n: InterruptStatus bit 0 (used buffer) and bit 1 (configuration change); and the number
// of the last access that a back end was asked for.
struct VirtioState {
    uint32_t used, config;
    uint32_t access_seq;
};

struct Monitor {
    amp_boot_info boot;
    Platform platform;
    amp_mailbox* mailbox;
    amp_stats* stats;
    amp_exit_record* exit_record;
    amp_doorbell_slot* slots;
    Log log;
    StreamWriter console_out;
    StreamReader console_in;
    Pl011 uart;
    Gic gic;
    uint32_t answered_seq;
    Workarounds workarounds;
    VirtioState virtio;

    void count(unsigned cause) { ++stats->exits[cause]; }
};


} // namespace amp

#endif
