// SPDX-License-Identifier: GPL-2.0-only
// The module as ampctl sees it: /dev/amp, a handle per partition, a node per channel. device.cpp is the real one, tests
// have a fake that enforces the same life cycle. Nothing here explains or prints; explain.hpp does.
#pragma once

#include "file_descriptor.hpp"
#include "outcome.hpp"

#include <amp/abi/ioctl.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amp::ctl {

enum class CallPlace { device, partition, node };

// Why a call failed: errno, and the module's report where the call has one.
struct CallError {
    int number = 0;
    CallPlace place = CallPlace::partition;
    amp_report report{};
};

template <class T> using Call = Result<T, CallError>;

enum class Action { clear, keep, start, stop, pause, resume, destroy, release };

enum class Stream : std::uint32_t { log = AMP_STREAM_LOG, console = AMP_STREAM_CONSOLE };

struct StreamChunk {
    std::string bytes;
    std::uint64_t next = 0; // where the following read begins
    std::uint64_t lost = 0; // bytes overwritten before they could be read
};

class Partition {
public:
    virtual ~Partition() = default;
    virtual Call<amp_query> query() = 0;
    // is_image: the guest's own program, and not what belongs to the partition (device tree, info page, initrd, files).
    virtual Call<Done> load(std::uint64_t gpa, std::span<const std::byte> bytes, bool is_image) = 0;
    virtual Call<std::uint64_t> act(Action action) = 0; // nanoseconds it took
    virtual Call<Done> assign(std::uint32_t cpu) = 0;
    virtual Call<StreamChunk> read_stream(Stream stream, std::uint64_t position) = 0;
    // Readable when the state changed since the last query(); valid as long as this object.
    virtual int poll_descriptor() = 0;
};

class Device {
public:
    virtual ~Device() = default;
    virtual Call<amp_info> info() = 0;
    virtual Call<std::vector<amp_list_entry>> list() = 0;
    virtual Call<std::unique_ptr<Partition>> create(std::span<const std::byte> descriptor) = 0;
    virtual Call<std::unique_ptr<Partition>> open(std::string_view name) = 0;
    // The character device of a channel, or of the console where channel is "console"; non-blocking.
    virtual Call<FileDescriptor> open_node(std::string_view partition, std::string_view channel) = 0;
};

// A name in one of the ABI's fixed arrays; bytes after the first NUL are not looked at.
template <std::size_t Size> std::string_view name_of(const char (&field)[Size]) {
    const std::string_view all(field, Size);
    return all.substr(0, all.find('\0'));
}

} // namespace amp::ctl
