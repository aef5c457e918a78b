// SPDX-License-Identifier: GPL-2.0-only
// One virtual GIC of two kinds: which one is known at start, and each call pays one branch for it.
#ifndef AMP_MONITOR_CORE_VGIC_SELECT_HPP
#define AMP_MONITOR_CORE_VGIC_SELECT_HPP

#include <new>

#include "amp/abi/status.h"
#include "core/vgic.hpp"

namespace amp {

template <VgicHardware V3, VgicHardware V2>
class VgicSelect {
public:
    constexpr VgicSelect() : v3_() {}

    uint32_t init(const amp_boot_info& boot, const amp_partition& partition, amp_stats& stats) {
        if (boot.gic_version != partition.gic_version || (boot.gic_version != 2 && boot.gic_version != 3))
            return AMP_STATUS_BAD_PLATFORM;
        is_v2_ = boot.gic_version == 2;
        if (is_v2_)
            ::new (static_cast<void*>(&v2_)) Vgic<V2>();
        return call([&](auto& vgic) { return vgic.init(boot, partition, stats); });
    }
    bool handle_irq() {
        return call([](auto& vgic) { return vgic.handle_irq(); });
    }
    [[gnu::always_inline]] VgicRead gicd_read(uint32_t offset, uint32_t width) {
        return call([&](auto& vgic) { return vgic.gicd_read(offset, width); });
    }
    bool gicd_write(uint32_t offset, uint32_t width, uint64_t value) {
        return call([&](auto& vgic) { return vgic.gicd_write(offset, width, value); });
    }
    VgicRead gicr_read(uint32_t offset, uint32_t width) {
        return call([&](auto& vgic) { return vgic.gicr_read(offset, width); });
    }
    bool gicr_write(uint32_t offset, uint32_t width, uint64_t value) {
        return call([&](auto& vgic) { return vgic.gicr_write(offset, width, value); });
    }
    void send_sgi(uint64_t icc_sgi1r) {
        call([&](auto& vgic) { vgic.send_sgi(icc_sgi1r); });
    }
    void send_group0_sgi(uint64_t icc_sgi0r) {
        call([&](auto& vgic) { vgic.send_group0_sgi(icc_sgi0r); });
    }


    void inject_edge(uint32_t intid) {
        call([&](auto& vgic) { vgic.inject_edge(intid); });
    }
    void set_line(uint32_t intid, bool level) {
        call([&](auto& vgic) { vgic.set_line(intid, level); });
    }
    void send_physical_sgi(uint64_t target) {
        call([&](auto& vgic) { vgic.send_physical_sgi(target); });
    }
    void pend_physical_spi(uint32_t intid) {
        call([&](auto& vgic) { vgic.pend_physical_spi(intid); });
    }
    bool has_pending_for_guest() {
        return call([](auto& vgic) { return vgic.has_pending_for_guest(); });
    }
    void pause() {
        call([](auto& vgic) { vgic.pause(); });
    }
    void resume() {
        call([](auto& vgic) { vgic.resume(); });
    }
    void mute() {
        call([](auto& vgic) { vgic.mute(); });
    }
    void unmute() {
        call([](auto& vgic) { vgic.unmute(); });
    }
    void shutdown() {
        call([](auto& vgic) { vgic.shutdown(); });
    }

private:
    template <class Call>
    [[gnu::always_inline]] decltype(auto) call(Call what) {
        if (is_v2_) [[unlikely]]
            return what(v2_);
        return what(v3_);
    }

    bool is_v2_ = false;
    union {
        Vgic<V3> v3_;
        Vgic<V2> v2_;
    };
};

} // namespace amp

#endif
