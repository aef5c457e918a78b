// SPDX-License-Identifier: GPL-2.0-only
// The page-table pages of one monitor: handed out once, zeroed, never given back. Addresses are physical and, the monitor's
// map being the identity, usable as they are.
#ifndef AMP_MONITOR_CORE_PAGE_POOL_HPP
#define AMP_MONITOR_CORE_PAGE_POOL_HPP

#include <stdint.h>

#include "amp/abi/types.h"

namespace amp {

class PagePool {
public:
    void init(uint64_t start, uint64_t end) {
        start_ = next_ = start;
        end_ = end;
    }
    // A zeroed page, or nullptr when the pool is used up.
    uint64_t* take() {
        if (end_ - next_ < AMP_PAGE_SIZE) {
            return nullptr;
        }
        // Volatile: with the MMU off memory is Device, where the cache-block zeroing a compiler may choose would fault.
        auto* page = reinterpret_cast<volatile uint64_t*>(static_cast<uintptr_t>(next_));
        for (unsigned i = 0; i < AMP_PAGE_SIZE / sizeof(uint64_t); ++i) {
            page[i] = 0;
        }
        const uint64_t taken = next_;
        next_ += AMP_PAGE_SIZE;
        return reinterpret_cast<uint64_t*>(static_cast<uintptr_t>(taken));
    }
    uint64_t next() const { return next_; }
    uint64_t used_pages() const { return (next_ - start_) / AMP_PAGE_SIZE; }

private:
    uint64_t start_ = 0, next_ = 0, end_ = 0;
};

} // namespace amp

#endif
