// SPDX-License-Identifier: GPL-2.0-only
// Maps the guest's memory: one reservation of address space per run of ranges that touch, and the ranges' mappings inside.
#include "amp/virtio/memory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sys/mman.h>

#include "amp/abi/types.h"

namespace amp::virtio {
namespace {

std::string refuse(const MemoryRange& range, const std::string& why) {
    char text[80];
    std::snprintf(text, sizeof(text), "memory at 0x%llx, 0x%llx bytes: ", static_cast<unsigned long long>(range.gpa),
                  static_cast<unsigned long long>(range.size));
    return text + why;
}

std::string check(std::span<const MemoryRange> sorted) {
    std::uint64_t end = 0;
    for (const MemoryRange& range : sorted) {
        if (range.size == 0 || ((range.gpa | range.size) & (AMP_PAGE_SIZE - 1)) != 0) {
            return refuse(range, "address and size have to be multiples of 4096, and the size not 0");
        }
        if (range.gpa > UINT64_MAX - range.size) {
            return refuse(range, "it ends beyond 2^64");
        }
        if (range.gpa < end) {
            return refuse(range, "it overlaps the range before it");
        }
        end = range.gpa + range.size;
    }
    return {};
}

// How many of `sorted` from its start on touch each other, and their bytes.
std::size_t run_length(std::span<const MemoryRange> sorted, std::uint64_t& bytes) {
    bytes = sorted[0].size;
    std::size_t count = 1;
    while (count < sorted.size() && sorted[count].gpa == sorted[0].gpa + bytes) {
        bytes += sorted[count++].size;
    }
    return count;
}

} // namespace

Result<GuestMemory, std::string> GuestMemory::map(int descriptor, std::span<const MemoryRange> ranges) {
    std::vector<MemoryRange> sorted(ranges.begin(), ranges.end());
    std::sort(sorted.begin(), sorted.end(), [](const MemoryRange& a, const MemoryRange& b) { return a.gpa < b.gpa; });
    if (std::string wrong = check(sorted); !wrong.empty()) {
        return Err{wrong};
    }
    GuestMemory memory;
    std::span<const MemoryRange> rest(sorted);
    while (!rest.empty()) {
        std::uint64_t bytes = 0;
        const std::size_t count = run_length(rest, bytes);
        void* space = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (space == MAP_FAILED) {
            return Err{refuse(rest[0], std::string("no address space for it: ") + std::strerror(errno))};
        }
        memory.mappings_.push_back({space, bytes});
        auto* base = static_cast<std::byte*>(space);
        for (const MemoryRange& range : rest.first(count)) {
            if (mmap(base + (range.gpa - rest[0].gpa), range.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, descriptor,
                     static_cast<off_t>(range.gpa)) == MAP_FAILED) {
                return Err{refuse(range, std::string("mmap: ") + std::strerror(errno))};
            }
        }
        memory.regions_.push_back({rest[0].gpa, bytes, base});
        rest = rest.subspan(count);
    }
    return memory;
}

} // namespace amp::virtio
