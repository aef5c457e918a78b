// SPDX-License-Identifier: GPL-2.0-only
// Entries of the guest's translation table: stage 2, 4 KiB granule, 39-bit input, start level 1 (Arm ARM D8.3, D8.4.2). Blocks
// of 1 GiB and 2 MiB where addresses and size allow.
#ifndef AMP_MONITOR_ARCH_ARM64_STAGE2_PTE_HPP
#define AMP_MONITOR_ARCH_ARM64_STAGE2_PTE_HPP

#include "amp/abi/partition.h"
#include "core/page_table.hpp"
#include "hw/reg.hpp"

namespace amp {

struct Stage2Format {
    static constexpr unsigned first_level = 1;
    static constexpr unsigned first_block_level = 1;

    using MemAttr = Field<5, 2>;
    using S2Ap = Field<7, 6>;
    using Sh = Field<9, 8>;
    using Address = Field<47, 12>;
    static constexpr uint64_t valid = bit(0), page_or_table = bit(1);
    static constexpr uint64_t device_ngnre = 1, normal_write_back = 15;
    static constexpr uint64_t ap_read = 1, ap_write = 2;
    static constexpr uint64_t access_flag = bit(10);
    static constexpr uint64_t execute_never = bit(54); // XN[1], at EL1 and EL0 (XN[0] = 0)
    static constexpr uint64_t inner_shareable = 3;

    static constexpr uint64_t leaf(unsigned level, uint64_t pa, MappingKind kind) {
        const uint64_t ap = ((kind.access & AMP_ACCESS_READ) != 0 ? ap_read : 0) |
                            ((kind.access & AMP_ACCESS_WRITE) != 0 ? ap_write : 0);
        const bool executable = (kind.access & AMP_ACCESS_EXECUTE) != 0 && !kind.device;
        return valid | (level == 3 ? page_or_table : 0) | MemAttr::of(kind.device ? device_ngnre : normal_write_back) |
               S2Ap::of(ap) | Sh::of(inner_shareable) | access_flag | (pa & Address::mask) |
               (executable ? 0 : execute_never);
    }
    static constexpr uint64_t table(uint64_t pa) { return valid | page_or_table | (pa & Address::mask); }
    static constexpr bool is_table(uint64_t entry) { return (entry & (valid | page_or_table)) == (valid | page_or_table); }
    static constexpr uint64_t address(uint64_t entry) { return entry & Address::mask; }
};

} // namespace amp

#endif
