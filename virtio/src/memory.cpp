// SPDX-License-Identifier: GPL-2.0-only
// Lookups in the guest's memory. Mapping it is memory_map.cpp's.
#include "amp/virtio/memory.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <sys/mman.h>

namespace amp::virtio {

Result<GuestMemory, std::string> GuestMemory::over(std::span<const MemoryRegion> regions) {
    GuestMemory memory;
    memory.regions_.assign(regions.begin(), regions.end());
    std::sort(memory.regions_.begin(), memory.regions_.end(),
              [](const MemoryRegion& a, const MemoryRegion& b) { return a.gpa < b.gpa; });
    std::uint64_t end = 0; // of the region before
    for (const MemoryRegion& region : memory.regions_) {
        if (region.size == 0 || region.gpa > UINT64_MAX - region.size) {
            return Err{"memory at " + std::to_string(region.gpa) + ": it is empty or ends beyond 2^64"};
        }
        if (region.gpa < end) {
            return Err{"memory at " + std::to_string(region.gpa) + ": it overlaps the range before it"};
        }
        if (((std::bit_cast<std::uintptr_t>(region.base) ^ region.gpa) & 15) != 0) {
            return Err{"memory at " + std::to_string(region.gpa) + ": its mapping is aligned differently"};
        }
        end = region.gpa + region.size;
    }
    return memory;
}

GuestMemory::GuestMemory(GuestMemory&& other) noexcept
    : regions_(std::exchange(other.regions_, {})), mappings_(std::exchange(other.mappings_, {})) {}

GuestMemory& GuestMemory::operator=(GuestMemory&& other) noexcept {
    if (this != &other) {
        unmap();
        regions_ = std::exchange(other.regions_, {});
        mappings_ = std::exchange(other.mappings_, {});
    }
    return *this;
}

GuestMemory::~GuestMemory() {
    unmap();
}

void GuestMemory::unmap() {
    for (const iovec& mapping : mappings_) {
        munmap(mapping.iov_base, mapping.iov_len);
    }
}

const MemoryRegion* GuestMemory::find(std::uint64_t gpa) const {
    const auto next = std::upper_bound(regions_.begin(), regions_.end(), gpa,
                                       [](std::uint64_t address, const MemoryRegion& r) { return address < r.gpa; });
    if (next == regions_.begin()) {
        return nullptr;
    }
    const MemoryRegion& region = *std::prev(next);
    return gpa - region.gpa < region.size ? &region : nullptr;
}

std::byte* GuestMemory::at(std::uint64_t gpa, std::uint64_t bytes) const {
    const MemoryRegion* region = find(gpa);
    if (region == nullptr || bytes == 0 || bytes > region->size - (gpa - region->gpa)) {
        return nullptr;
    }
    return region->base + (gpa - region->gpa);
}

bool GuestMemory::gather(std::uint64_t gpa, std::uint64_t bytes, std::vector<iovec>& pieces) const {
    const std::size_t before = pieces.size();
    while (bytes != 0) {
        const MemoryRegion* region = find(gpa);
        if (region == nullptr) {
            pieces.resize(before);
            return false;
        }
        const std::uint64_t offset = gpa - region->gpa;
        const std::uint64_t here = std::min(bytes, region->size - offset);
        pieces.push_back({region->base + offset, here});
        gpa += here; // no overflow: no region ends beyond 2^64
        bytes -= here;
    }
    return true;
}

} // namespace amp::virtio
