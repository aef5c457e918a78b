// SPDX-License-Identifier: GPL-2.0-only
// A Monitor over arch/host with all its shared pages: tests play the guest on one side and the module on the other.
#ifndef AMP_TESTS_MONITOR_MONITOR_RIG_HPP
#define AMP_TESTS_MONITOR_MONITOR_RIG_HPP

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "core/main.hpp"
#include "core/monitor.hpp"

namespace amp::test {

constexpr std::uint32_t doorbell_spi = 72, console_intid = 33, first_channel_intid = 96;
constexpr std::uint64_t gicd_gpa = 0x08000000, gicr_gpa = 0x080a0000, console_gpa = 0x09000000, virtio_gpa = 0x0a000000;
constexpr std::uint32_t first_virtio_intid = 48, virtio_devices = 3; // device ids 1, 2, 3 with as many queues
constexpr std::uint32_t stream_bytes = 64, own_slot = 5;

struct alignas(4096) SharedPage {
    unsigned char bytes[4096];
};

class MonitorRig {
public:
    MonitorRig() {
        arch::host = {};
        amp_boot_info& boot = monitor.boot;
        amp_area* const areas[] = {&boot.mailbox, &boot.stats, &boot.exit_record, &boot.log,
                                   &boot.slots,   &boot.console_out, &boot.console_in};
        for (std::size_t i = 0; i < std::size(areas); ++i) {
            *areas[i] = {reinterpret_cast<std::uintptr_t>(pages.get() + i), 4096};
        }
        boot.slot = own_slot;
        stream(boot.console_out).capacity = stream_bytes;
        stream(boot.console_in).capacity = stream_bytes;
        stream(boot.log).capacity = 2048;
        mailbox().request_seq = 1;
        mailbox().wanted = AMP_WANT_RUN;
        attached = attach_shared(monitor);
        monitor.platform.gicd_gpa = gicd_gpa;
        monitor.platform.gicd_size = 0x10000;
        monitor.platform.gicr_gpa = gicr_gpa;
        monitor.platform.gicr_size = 0x20000;
        monitor.platform.console_gpa = console_gpa;
        monitor.platform.console_size = 0x1000;
        monitor.platform.console_intid = console_intid;
        monitor.platform.doorbell_intid = doorbell_spi;
        monitor.platform.channel_count = 3;
        for (std::uint32_t i = 0; i < 3; ++i) {
            monitor.platform.channel_intid[i] = first_channel_intid + i;
        }
        monitor.platform.virtio_gpa = virtio_gpa;
        monitor.platform.virtio_size = AMP_VIRTIO_WINDOW;
        monitor.platform.virtio_count = virtio_devices;
        for (std::uint32_t i = 0; i < virtio_devices; ++i) {
            monitor.platform.virtio[i] = {i + 1, first_virtio_intid + i, i + 1};
        }
        monitor.answered_seq = 1;
    }

    amp_mailbox& mailbox() { return *reinterpret_cast<amp_mailbox*>(monitor.boot.mailbox.pa); }
    amp_doorbell_slot& slot(std::uint32_t n) { return reinterpret_cast<amp_doorbell_slot*>(monitor.boot.slots.pa)[n]; }
    static amp_stream& stream(const amp_area& area) { return *reinterpret_cast<amp_stream*>(area.pa); }
    static char* data(const amp_area& area) { return reinterpret_cast<char*>(area.pa + sizeof(amp_stream)); }

    // What a reader finds that comes after everything was written.
    std::string text(const amp_area& area) {
        const amp_stream& s = stream(area);
        std::string result;
        for (std::uint64_t n = s.written > s.capacity ? s.written - s.capacity : 0; n < s.written; ++n) {
            result += data(area)[n % s.capacity];
        }
        return result;
    }
    std::string console() { return text(monitor.boot.console_out); }
    void type(const std::string& bytes) {
        amp_stream& s = stream(monitor.boot.console_in);
        for (const char byte : bytes) {
            data(monitor.boot.console_in)[s.written % s.capacity] = byte;
            ++s.written;
        }
    }
    void request(std::uint32_t wanted) {
        mailbox().wanted = wanted;
        ++mailbox().request_seq;
    }

    static bool happened(const std::string& event) { return count(event) != 0; }
    static std::ptrdiff_t count(const std::string& event) {
        return std::count(arch::host.events.begin(), arch::host.events.end(), event);
    }
    // The position of the first such event; behind the last one if there is none.
    static std::ptrdiff_t position(const std::string& event) {
        return std::find(arch::host.events.begin(), arch::host.events.end(), event) - arch::host.events.begin();
    }

private:
    std::unique_ptr<SharedPage[]> pages = std::make_unique<SharedPage[]>(7);

public:
    Monitor monitor{};
    Registers registers{};
    std::uint32_t attached = 0;
};

} // namespace amp::test

#endif
