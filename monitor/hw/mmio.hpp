// SPDX-License-Identifier: GPL-2.0-only
// Access to device registers: one load or store of exactly the width asked for. Device drivers own a block per frame; tests
// give it the address of ordinary memory.
#ifndef AMP_MONITOR_HW_MMIO_HPP
#define AMP_MONITOR_HW_MMIO_HPP

#include <stdint.h>

namespace amp {

class MmioBlock {
public:
    constexpr MmioBlock() = default;
    explicit constexpr MmioBlock(uintptr_t base) : base_(base) {}

    template <class T>
    T read(uintptr_t offset) const {
        return *reinterpret_cast<const volatile T*>(base_ + offset);
    }
    template <class T>
    void write(uintptr_t offset, T value) const {
        *reinterpret_cast<volatile T*>(base_ + offset) = value;
    }

    uint32_t read32(uintptr_t offset) const { return read<uint32_t>(offset); }
    void write32(uintptr_t offset, uint32_t value) const { write<uint32_t>(offset, value); }
    void write8(uintptr_t offset, uint8_t value) const { write<uint8_t>(offset, value); }

private:
    uintptr_t base_ = 0;
};

} // namespace amp

#endif
