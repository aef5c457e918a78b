// SPDX-License-Identifier: GPL-2.0-only
// Entries of the monitor's own translation table: EL2 stage 1, 4 KiB granule, 48-bit input, start level 0 (Arm ARM D8.3).
// Nothing is both writable and executable; only pages are used, so that every boundary is exact.
#ifndef AMP_MONITOR_ARCH_ARM64_STAGE1_PTE_HPP
#define AMP_MONITOR_ARCH_ARM64_STAGE1_PTE_HPP

#include "amp/abi/partition.h"
#include "core/page_table.hpp"
#include "hw/reg.hpp"

namespace amp {

struct Stage1Format {
    static constexpr unsigned first_level = 0;
    static constexpr unsigned first_block_level = 3;

    // MAIR_EL2: 0 Normal write-back, read- and write-allocate; 1 Device-nGnRE
    static constexpr uint64_t mair = 0x04ff;

    using AttrIndx = Field<4, 2>;
    using Sh = Field<9, 8>;
    static constexpr uint64_t valid = bit(0), page_or_table = bit(1);
    static constexpr uint64_t ap1_res1 = bit(6); // EL2's translation regime has one privilege level
    static constexpr uint64_t ap2_read_only = bit(7);
    static constexpr uint64_t access_flag = bit(10);
    static constexpr uint64_t execute_never = bit(54);
    static constexpr uint64_t inner_shareable = 3;
    using Address = Field<47, 12>;

    static constexpr uint64_t leaf(unsigned, uint64_t pa, MappingKind kind) {
        const bool writable = (kind.access & AMP_ACCESS_WRITE) != 0;
        const bool executable = (kind.access & AMP_ACCESS_EXECUTE) != 0 && !writable && !kind.device;
        return valid | page_or_table | AttrIndx::of(kind.device ? 1 : 0) | ap1_res1 | (writable ? 0 : ap2_read_only) |
               Sh::of(inner_shareable) | access_flag | (pa & Address::mask) | (executable ? 0 : execute_never);
    }
    static constexpr uint64_t table(uint64_t pa) { return valid | page_or_table | (pa & Address::mask); }
    static constexpr bool is_table(uint64_t entry) { return (entry & (valid | page_or_table)) == (valid | page_or_table); }
    static constexpr uint64_t address(uint64_t entry) { return entry & Address::mask; }
};

} // namespace amp

#endif
