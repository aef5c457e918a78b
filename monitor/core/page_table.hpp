// SPDX-License-Identifier: GPL-2.0-only
// Builds a translation table of 4 KiB pages and larger blocks, for the monitor's own addresses (stage 1) and the guest's
// (stage 2). `Format` (arch/<name>/*_pte.hpp) knows the entries; tables are complete before they are used, so nothing here
// thinks of TLBs. A mapping that fails leaves a table that must not be used.
#ifndef AMP_MONITOR_CORE_PAGE_TABLE_HPP
#define AMP_MONITOR_CORE_PAGE_TABLE_HPP

#include <stdint.h>

#include "amp/abi/status.h"
#include "core/page_pool.hpp"

namespace amp {

// Rights and kind of memory of a mapping: AMP_ACCESS_* bits, and AMP_EXTENT's `device`.
struct MappingKind {
    uint32_t access;
    bool device;
};

template <class Format>
class PageTable {
public:
    bool init(PagePool& pool) {
        root_ = pool.take();
        return root_ != nullptr;
    }
    uint64_t root() const { return reinterpret_cast<uintptr_t>(root_); }

    // Page-aligned, checked by the caller. AMP_STATUS_REGION_OVERLAP where something is mapped already, OUT_OF_MEMORY when
    // the pool is used up.
    uint32_t map(PagePool& pool, uint64_t input, uint64_t output, uint64_t size, MappingKind kind) {
        while (size != 0) {
            const unsigned level = largest_level(input | output, size);
            uint64_t* const entry = find(pool, input, level);
            if (entry == nullptr) {
                return exhausted_ ? AMP_STATUS_OUT_OF_MEMORY : AMP_STATUS_REGION_OVERLAP;
            }
            if (*entry != 0) {
                return AMP_STATUS_REGION_OVERLAP;
            }
            *entry = Format::leaf(level, output, kind);
            input += bytes(level);
            output += bytes(level);
            size -= bytes(level);
        }
        return AMP_STATUS_OK;
    }

    static constexpr uint64_t bytes(unsigned level) { return 1ull << shift(level); }

private:
    static constexpr unsigned last_level = 3;
    static constexpr unsigned shift(unsigned level) { return 12 + 9 * (last_level - level); }

    static unsigned largest_level(uint64_t addresses, uint64_t size) {
        unsigned level = Format::first_block_level;
        while (level < last_level && ((addresses & (bytes(level) - 1)) != 0 || size < bytes(level))) {
            ++level;
        }
        return level;
    }

    // The entry for `input` on `level`, tables above it made as needed. nullptr: no page left, or a block is in the way.
    uint64_t* find(PagePool& pool, uint64_t input, unsigned level) {
        uint64_t* table = root_;
        for (unsigned at = Format::first_level; at < level; ++at) {
            uint64_t* const entry = &table[(input >> shift(at)) & 511];
            if (*entry == 0) {
                const uint64_t* const page = pool.take();
                if (page == nullptr) {
                    exhausted_ = true;
                    return nullptr;
                }
                *entry = Format::table(reinterpret_cast<uintptr_t>(page));
            } else if (!Format::is_table(*entry)) {
                return nullptr;
            }
            table = reinterpret_cast<uint64_t*>(static_cast<uintptr_t>(Format::address(*entry)));
        }
        return &table[(input >> shift(level)) & 511];
    }

    uint64_t* root_ = nullptr;
    bool exhausted_ = false;
};

} // namespace amp

#endif
