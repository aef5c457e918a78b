// SPDX-License-Identifier: GPL-2.0-only
// What the virtual GIC needs of the interrupt controller under it: the physical CPU interface and single bits of the physical
// distributor on one side, the list registers on the other. Gicv3 and Gicv2 provide it.
#ifndef AMP_MONITOR_CORE_VGIC_HARDWARE_HPP
#define AMP_MONITOR_CORE_VGIC_HARDWARE_HPP

#include <concepts>
#include <stdint.h>

#include "amp/abi/boot_info.h"

namespace amp {

// Bits of ICH_HCR_EL2 (IHI 0069, 12.4) and GICH_HCR (IHI 0048, 5.3): the same in both.
constexpr uint32_t hcr_en = 1u << 0;
constexpr uint32_t hcr_lrenpie = 1u << 2; // a deactivation met no list register
constexpr uint32_t hcr_npie = 1u << 3;    // no list register is pending
constexpr uint32_t hcr_eoi_count_shift = 27;

constexpr uint32_t gic_intid_count = 1024; // SGIs, PPIs, SPIs and the special ones, 1020-1023
constexpr uint32_t gic_special_intid = 1020;

// clang-format off
template <class H>
concept VgicHardware = requires(H h, const amp_boot_info& boot, typename H::Lr lr, uint32_t n, uint8_t priority, bool group1,
                                uint64_t value) {
    { H::version } -> std::convertible_to<uint32_t>;  // 2 or 3

    // This core's interface: nothing enabled but the kick SGI and the maintenance interrupt; EOI only drops the priority. The
    // virtual interface on, its list registers empty.
    h.start(boot);
    // Everything of start() undone; no interrupt is taken after it.
    h.stop();
    { h.acknowledge() } -> std::same_as<uint64_t>;    // the value that drop_priority() and deactivate() want back
    { H::intid_of(value) } -> std::same_as<uint64_t>;
    h.drop_priority(value);
    h.deactivate(value);

    // Physical INTIDs: 16-31 are this core's, 32 and up the distributor's.
    h.enable(n);
    h.disable(n);
    h.set_pending(n);
    h.clear_pending(n);
    { h.is_pending(n) } -> std::same_as<bool>;
    h.set_active(n);
    h.clear_active(n);
    h.route_here(n);
    h.observe();          // after acknowledge(): what was stored before the interrupt was sent is there to be loaded
    h.send_sgi(value, n); // target as in amp_doorbell_slot
    h.pend_spi(n); // of Linux's: after everything that was stored before

    // Virtual interface. A list register's value is make_lr() with states or-ed to it; 0 is an empty one.
    { h.lr_count() } -> std::same_as<uint32_t>;       // 1-16
    { h.priority_mask() } -> std::same_as<uint8_t>;   // implemented bits of a priority
    { h.read_lr(n) } -> std::same_as<typename H::Lr>;
    h.write_lr(n, lr);
    { h.read_lr_inline(n) } -> std::same_as<typename H::Lr>; // the same without a call, for the hot paths
    h.write_lr_inline(n, lr);
    { h.empty_lrs() } -> std::same_as<uint32_t>;      // bit n: list register n has no state and no EOI to be looked at
    { h.read_hcr() } -> std::same_as<uint32_t>;
    h.write_hcr(n);
    { H::make_lr(n, priority, group1) } -> std::same_as<typename H::Lr>;
    { H::link_lr(n) } -> std::same_as<typename H::Lr>; // the guest's deactivation is one of physical INTID n
    { H::lr_pending } -> std::convertible_to<typename H::Lr>;
    { H::lr_active } -> std::convertible_to<typename H::Lr>;
    { H::lr_eoi } -> std::convertible_to<typename H::Lr>; // maintenance interrupt at EOI; not together with link_lr()
};
// clang-format on

} // namespace amp

#endif
