// SPDX-License-Identifier: GPL-2.0-only
// The two ends of a byte stream (amp/abi/stream.h) that the monitor has: it writes log and console output, it reads console
// input. Capacity and own position are kept here; of what the other side may write only the position is read back.
#ifndef AMP_MONITOR_CORE_STREAM_HPP
#define AMP_MONITOR_CORE_STREAM_HPP

#include <stdint.h>

#include "amp/abi/boot_info.h"
#include "amp/abi/stream.h"

namespace amp {

// The capacity a stream in `area` says to have; 0 where it is no power of two or does not fit.
inline uint32_t stream_capacity(const amp_area& area) {
    const auto* stream = reinterpret_cast<const amp_stream*>(static_cast<uintptr_t>(area.pa));
    const uint32_t capacity = stream->capacity;
    const bool power_of_two = capacity != 0 && (capacity & (capacity - 1)) == 0;
    return power_of_two && area.size >= sizeof(amp_stream) && capacity <= area.size - sizeof(amp_stream) ? capacity : 0;
}

class StreamWriter {
public:
    bool init(const amp_area& area) {
        const uint32_t capacity = stream_capacity(area);
        if (capacity == 0) {
            return false;
        }
        stream_ = reinterpret_cast<amp_stream*>(static_cast<uintptr_t>(area.pa));
        mask_ = capacity - 1;
        written_ = stream_->written;
        return true;
    }

    // Stores a byte that no reader sees yet; the oldest one is overwritten.
    void put(uint8_t byte) {
        data()[written_ & mask_] = byte;
        ++written_;
    }
    // Release, partner: the reader's acquire load of `written` before it copies.
    void publish() { __atomic_store_n(&stream_->written, written_, __ATOMIC_RELEASE); }

    bool ready() const { return stream_ != nullptr; }

private:
    uint8_t* data() const { return reinterpret_cast<uint8_t*>(stream_ + 1); }

    amp_stream* stream_ = nullptr;
    uint64_t mask_ = 0;
    uint64_t written_ = 0;
};

class StreamReader {
public:
    // `taken`: where an earlier reader stood, low 32 bits.
    bool init(const amp_area& area, uint32_t taken) {
        const uint32_t capacity = stream_capacity(area);
        if (capacity == 0) {
            return false;
        }
        stream_ = reinterpret_cast<const amp_stream*>(static_cast<uintptr_t>(area.pa));
        mask_ = capacity - 1;
        const uint64_t written = stream_->written;
        const uint32_t waiting = static_cast<uint32_t>(written) - taken;
        read_ = waiting <= capacity ? written - waiting : written;
        return true;
    }

    // Bytes ready to be taken. Acquire, partner: the module's release store of `written` after the bytes.
    uint32_t available() const {
        const uint64_t ahead = __atomic_load_n(&stream_->written, __ATOMIC_ACQUIRE) - read_;
        return ahead <= mask_ + 1 ? static_cast<uint32_t>(ahead) : 0;
    }
    uint8_t take() {
        const uint8_t byte = reinterpret_cast<const uint8_t*>(stream_ + 1)[read_ & mask_];
        ++read_;
        return byte;
    }
    uint32_t position() const { return static_cast<uint32_t>(read_); }

private:
    const amp_stream* stream_ = nullptr;
    uint64_t mask_ = 0;
    uint64_t read_ = 0;
};

} // namespace amp

#endif
