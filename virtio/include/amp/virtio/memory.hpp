// SPDX-License-Identifier: GPL-2.0-only
// The guest's memory as this process has it mapped, and the one way from a guest-physical address to a pointer: checked,
// whole, never outside. What lies there is the guest's, which may change it at any moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <sys/uio.h>

#include "amp/base/result.hpp"

namespace amp::virtio {

/// Part of the configuration ("memory" in virtio.json).
struct MemoryRange {
    std::uint64_t gpa = 0;
    std::uint64_t size = 0;
};

struct MemoryRegion {
    std::uint64_t gpa = 0;
    std::uint64_t size = 0;
    std::byte* base = nullptr;
};

class GuestMemory {
public:
    /// Maps each range of `descriptor` (AMP_IOC_MEMORY_OPEN, or a file in tests) at offset gpa; ranges that touch come to
    /// lie side by side, so that nothing has to be split at their border. The descriptor may be closed afterwards. An error
    /// names the range and what is wrong with it: empty, beyond 2^64, not in pages, overlapping, mmap's errno.
    static Result<GuestMemory, std::string> map(int descriptor, std::span<const MemoryRange> ranges);
    /// Memory that is there already and that the caller keeps alive. Regions must not overlap, and address and
    /// pointer of each must agree modulo 16, so that what is aligned there is aligned here.
    static Result<GuestMemory, std::string> over(std::span<const MemoryRegion> regions);

    GuestMemory(GuestMemory&& other) noexcept;
    GuestMemory& operator=(GuestMemory&& other) noexcept;
    ~GuestMemory();

    /// [gpa, gpa + bytes) as one piece; nullptr where any byte of it is not guest memory or it is not one piece here. bytes
    /// 0: nullptr.
    [[nodiscard]] std::byte* at(std::uint64_t gpa, std::uint64_t bytes) const;
    /// Appends [gpa, gpa + bytes) in pieces. False, and nothing appended, where any byte of it is not guest memory. bytes 0:
    /// true, nothing appended.
    [[nodiscard]] bool gather(std::uint64_t gpa, std::uint64_t bytes, std::vector<iovec>& pieces) const;

    /// By gpa, as mapped: vhost's and vhost-user's memory table.
    [[nodiscard]] std::span<const MemoryRegion> regions() const { return regions_; }

private:
    GuestMemory() = default;
    [[nodiscard]] const MemoryRegion* find(std::uint64_t gpa) const;
    void unmap();

    std::vector<MemoryRegion> regions_; // by gpa; not overlapping
    std::vector<iovec> mappings_;       // to be unmapped
};

} // namespace amp::virtio
