// SPDX-License-Identifier: GPL-2.0-only
// A bit for each INTID of the emulated distributor, in words so that only the bits that are set cost anything.
#ifndef AMP_MONITOR_CORE_VGIC_INTID_SET_HPP
#define AMP_MONITOR_CORE_VGIC_INTID_SET_HPP

#include <stdint.h>

#include "amp/abi/partition.h"

namespace amp {

class IntidSet {
public:
    static constexpr uint32_t words = AMP_INTID_LIMIT / 64;

    static constexpr uint64_t mask(uint32_t intid) { return 1ull << (intid % 64); }

    bool has(uint32_t intid) const { return (word_[intid / 64] >> (intid % 64) & 1) != 0; }
    void add(uint32_t intid) { word_[intid / 64] |= mask(intid); }
    void remove(uint32_t intid) { word_[intid / 64] &= ~mask(intid); }
    void fill(uint64_t value) {
        for (uint64_t& word : word_)
            word = value;
    }
    bool any() const {
        uint64_t together = 0;
        for (const uint64_t word : word_)
            together |= word;
        return together != 0;
    }

    uint64_t operator[](uint32_t w) const { return word_[w]; }
    uint64_t& operator[](uint32_t w) { return word_[w]; }

    // 32 of them as a distributor's register shows them
    uint32_t word32(uint32_t n) const { return static_cast<uint32_t>(word_[n / 2] >> (n % 2 * 32)); }

private:
    uint64_t word_[words] = {};
};

// visit(bit number) for each bit that is set, lowest first
template <class Visit>
inline void for_each_bit(uint64_t word, Visit visit) {
    for (; word != 0; word &= word - 1)
        visit(static_cast<uint32_t>(__builtin_ctzll(word)));
}

// visit(INTID) for each bit of word w of a set
template <class Visit>
inline void for_each_intid(uint32_t w, uint64_t word, Visit visit) {
    for_each_bit(word, [&](uint32_t n) { visit(w * 64 + n); });
}

} // namespace amp

#endif
