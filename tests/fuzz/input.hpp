// SPDX-License-Identifier: GPL-2.0-only
// Numbers out of the bytes that a fuzzer makes up; zeros when they are used up.
#ifndef AMP_TESTS_FUZZ_INPUT_HPP
#define AMP_TESTS_FUZZ_INPUT_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

namespace amp::fuzz {

class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : bytes_(data, size) {}

    bool empty() const { return bytes_.empty(); }
    std::uint8_t byte() {
        if (bytes_.empty()) {
            return 0;
        }
        const std::uint8_t value = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return value;
    }
    std::uint64_t number(unsigned bytes) {
        std::uint64_t value = 0;
        for (unsigned i = 0; i < bytes; i++) {
            value |= std::uint64_t{byte()} << (8 * i);
        }
        return value;
    }
    std::uint16_t half() { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t word() { return static_cast<std::uint32_t>(number(4)); }

private:
    std::span<const std::uint8_t> bytes_;
};

/// What must hold, whatever the input is.
inline void must(bool condition) {
    if (!condition) {
        std::abort();
    }
}

} // namespace amp::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

#endif
