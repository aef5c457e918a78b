// SPDX-License-Identifier: GPL-2.0-only
// A machine that is none: what core/ asks of the architecture is recorded, and tests say what happens meanwhile. Only unit
// tests are built with it.
#ifndef AMP_MONITOR_ARCH_HOST_ARCH_OPS_HPP
#define AMP_MONITOR_ARCH_HOST_ARCH_OPS_HPP

#include <stdint.h>

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "amp/abi/boot_info.h"
#include "amp/abi/exit.h"

namespace amp::arch {

// What tests see and set.
struct HostMachine {
    uint64_t ticks = 0;
    std::function<void()> on_wait;    // called when the core would sleep
    std::function<void()> on_barrier; // called at each full barrier: the other side's chance
    std::vector<std::string> events;  // in the order in which they happened, those of the GIC included
    std::map<uint32_t, int32_t> firmware;  // its answers by function, ARCH_FEATURES' by the function asked for; else -1
    amp_exit_record guest{};          // what save_guest_state() finds
};
inline HostMachine host;

// The core is off: what leave_core() does instead of not returning.
struct CoreLeft {};

inline uint64_t counter() { return host.ticks; }

inline void wait_for_interrupt() {
    host.events.emplace_back("wait");
    host.on_wait();
}

inline void full_barrier() {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (host.on_barrier) {
        host.on_barrier();
    }
}

inline void save_guest_state(amp_exit_record& record) {
    record.pc = host.guest.pc;
    record.pstate = host.guest.pstate;
    record.vbar_el1 = host.guest.vbar_el1;
}

struct TimerState {
    uint64_t stopped_at;
};
inline TimerState stop_timers() {
    host.events.emplace_back("stop timers");
    return {host.ticks};
}
inline void restart_timers(const TimerState&) { host.events.emplace_back("restart timers"); }

inline void pend_doorbell_early(const amp_boot_info&, uint32_t intid) {
    host.events.push_back("early doorbell " + std::to_string(intid));
}

inline int32_t firmware(uint32_t function, uint64_t argument) {
    constexpr uint32_t features = 0x8400000a, arch_features = 0x80000001;
    const bool asks = function == features || function == arch_features;
    if (!asks) {
        host.events.push_back("firmware " + std::to_string(function) + " " + std::to_string(argument));
    }
    const auto found = host.firmware.find(asks ? static_cast<uint32_t>(argument) : function);
    return found == host.firmware.end() ? -1 : found->second;
}

[[noreturn]] inline void leave_core() {
    host.events.emplace_back("leave");
    throw CoreLeft{};
}

} // namespace amp::arch

#endif
