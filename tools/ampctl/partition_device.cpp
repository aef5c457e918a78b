// SPDX-License-Identifier: GPL-2.0-only
// The calls on one partition's descriptor. Reports are passed on as the module filled them in, on failure too.
#include "partition_device.hpp"

#include <array>
#include <cerrno>

namespace amp::ctl {
namespace {

constexpr std::size_t stream_chunk = 16 * 1024;

constexpr unsigned long request_of(Action action) {
    switch (action) {
    case Action::clear: return AMP_IOC_CLEAR;
    case Action::keep: return AMP_IOC_KEEP;
    case Action::start: return AMP_IOC_START;
    case Action::stop: return AMP_IOC_STOP;
    case Action::pause: return AMP_IOC_PAUSE;
    case Action::resume: return AMP_IOC_RESUME;
    case Action::destroy: return AMP_IOC_DESTROY;
    case Action::release: return AMP_IOC_RELEASE;
    }
    return 0;
}

class PartitionDevice final : public Partition {
public:
    explicit PartitionDevice(FileDescriptor fd) : fd_(std::move(fd)) {}

    Call<amp_query> query() override {
        amp_query query{};
        if (::ioctl(fd_.get(), AMP_IOC_QUERY, &query) != 0)
            return Err{failed({})};
        return query;
    }

    Call<Done> load(std::uint64_t gpa, std::span<const std::byte> bytes, bool is_image) override {
        amp_segment segment{};
        segment.gpa = gpa;
        segment.data = reinterpret_cast<std::uintptr_t>(bytes.data());
        segment.size = bytes.size();
        if (::ioctl(fd_.get(), is_image ? AMP_IOC_LOAD_IMAGE : AMP_IOC_LOAD, &segment) != 0)
            return Err{failed(segment.report)};
        return Done{};
    }

    Call<std::uint64_t> act(Action action) override {
        amp_action argument{};
        if (::ioctl(fd_.get(), request_of(action), &argument) != 0)
            return Err{failed(argument.report)};
        return argument.elapsed_ns;
    }

    Call<Done> assign(std::uint32_t cpu) override {
        amp_assign argument{};
        argument.cpu = cpu;
        if (::ioctl(fd_.get(), AMP_IOC_ASSIGN, &argument) != 0)
            return Err{failed(argument.report)};
        return Done{};
    }

    Call<StreamChunk> read_stream(Stream stream, std::uint64_t position) override {
        std::array<char, stream_chunk> buffer{};
        amp_read_stream argument{};
        argument.which = static_cast<std::uint32_t>(stream);
        argument.size = buffer.size();
        argument.data = reinterpret_cast<std::uintptr_t>(buffer.data());
        argument.position = position;
        if (::ioctl(fd_.get(), AMP_IOC_READ_STREAM, &argument) != 0)
            return Err{failed({})};
        return StreamChunk{std::string(buffer.data(), argument.size), argument.position, argument.lost};
    }

    int poll_descriptor() override { return fd_.get(); }

private:
    static CallError failed(const amp_report& report) { return {errno, CallPlace::partition, report}; }

    FileDescriptor fd_;
};

} // namespace

std::unique_ptr<Partition> make_partition(FileDescriptor fd) {
    return std::make_unique<PartitionDevice>(std::move(fd));
}

} // namespace amp::ctl
