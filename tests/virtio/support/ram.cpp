// SPDX-License-Identifier: GPL-2.0-only
// Memory of tests: allocated, shared, freed.
#include "ram.hpp"

#include <cstdlib>
#include <cstring>

#include <sys/mman.h>

namespace amp::test {

std::byte* shared_bytes(std::size_t bytes) {
    void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED) {
        std::abort();
    }
    return static_cast<std::byte*>(data);
}

void free_shared_bytes(std::byte* data, std::size_t bytes) {
    munmap(data, bytes);
}

Ram::Ram(Kind kind, std::size_t bytes) : kind_(kind), size_(bytes) {
    data_ = kind == Kind::shared ? shared_bytes(bytes) : static_cast<std::byte*>(std::aligned_alloc(4096, bytes));
    if (data_ == nullptr) {
        std::abort();
    }
    std::memset(data_, 0, bytes);
    const virtio::MemoryRegion region{ram_gpa, size_, data_};
    auto memory = virtio::GuestMemory::over(std::span(&region, 1));
    memory_ = std::make_unique<virtio::GuestMemory>(std::move(memory).value());
}

Ram::~Ram() {
    if (kind_ == Kind::shared) {
        free_shared_bytes(data_, size_);
    } else {
        std::free(data_);
    }
}

} // namespace amp::test
