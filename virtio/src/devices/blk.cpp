// SPDX-License-Identifier: GPL-2.0-only
// The block device (virtio 1.2, 5.2) on a file or block device, through an io_uring of its own. Every request is one entry in
// flight under its chain's head; whatever a killed worker had in flight comes out of the queue again and is simply done again,
// which reads, writes, flushes and discards allow.
#include "amp/virtio/devices/back_end.hpp"
#include "blk_request.hpp"
#include "configuration_bytes.hpp"
#include "disk_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <liburing.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

namespace amp::virtio {
namespace {

using blk::Operation;
using blk::Request;

constexpr std::uint16_t queue_size = 256;

class FileDisk final : public BackEnd {
public:
    FileDisk(const DeviceSettings& settings, const Surroundings& surroundings, DiskFile file)
        : loop_(surroundings.loop), log_(surroundings.log), id_(settings.name), file_(std::move(file)), requests_(queue_size) {
        limits_.sectors = file_.bytes / blk::sector_bytes;
        limits_.read_only = settings.read_only;
        configuration_.capacity = limits_.sectors;
        configuration_.seg_max = queue_size - 2; // header and status
        configuration_.block_size = file_.block_size;
        configuration_.max_discard_sectors = configuration_.max_write_zeroes_sectors = limits_.max_zeroed_sectors;
        configuration_.max_discard_seg = configuration_.max_write_zeroes_seg = 1;
        configuration_.discard_sector_alignment = static_cast<std::uint32_t>(file_.block_size / blk::sector_bytes);
        configuration_.write_zeroes_may_unmap = 1;
    }
    ~FileDisk() override {
        if (!ring_made_)
            return;
        wait_for_all();
        loop_.remove(completions_.get());
        ::io_uring_queue_exit(&ring_);
    }

    Outcome<Done> make_ring() {
        if (const int error = ::io_uring_queue_init(queue_size, &ring_, 0); error < 0)
            return Err{std::string("io_uring: ") + std::strerror(-error) +
                       (error == -EPERM ? "; the setting kernel.io_uring_disabled forbids it" : "")};
        ring_made_ = true;
        completions_ = OwnedFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!completions_ || ::io_uring_register_eventfd(&ring_, completions_.get()) != 0)
            return Err{std::string("io_uring's eventfd: ") + std::strerror(errno)};
        loop_.add(completions_.get(), EPOLLIN, [this](std::uint32_t) { take_completions(); });
        return Done{};
    }

    std::uint32_t id() const override { return facts_of(DeviceType::blk).device_id; }
    unsigned queue_count() const override { return facts_of(DeviceType::blk).queues; }
    std::uint16_t queue_size_max(unsigned) const override { return queue_size; }
    std::uint64_t features() const override {
        namespace feature = blk::feature;
        const std::uint64_t writing = feature::discard | feature::write_zeroes;
        return feature::seg_max | feature::block_size | feature::flush | (limits_.read_only ? feature::read_only : writing);
    }
    void read_config(std::uint32_t offset, std::span<std::byte> to) const override {
        copy_configuration(configuration_, offset, to);
    }

    bool activate(Session& session) override {
        queue_ = session.queue(0);
        // 5.2.6.2: without FLUSH, what is reported as written has to be on the medium.
        write_flags_ = session.features() & blk::feature::flush ? 0 : RWF_DSYNC;
        return true;
    }
    void notified(unsigned) override { serve(); }
    void stop_queue(unsigned) override {
        wait_for_all();
        if (queue_)
            queue_->flush();
        queue_ = nullptr;
    }
    void reset() override {
        queue_ = nullptr;
        wait_for_all();
    }

private:
    void serve() {
        if (!queue_)
            return;
        do {
            queue_->disable_notifications();
            // At most as many as heads exist are in flight, so the ring always has an entry for the next.
            while (queue_->pop(next_))
                begin();
            ::io_uring_submit(&ring_);
            queue_->flush();
        } while (!queue_->enable_notifications());
    }

    void begin() {
        Request& request = requests_[next_.head()];
        std::swap(request.chain, next_);
        if (!blk::parse(request, limits_, id_)) {
            queue_->complete(request.chain.head(), 0);
            return;
        }
        if (request.operation == Operation::finish)
            finish(request);
        else
            submit(request);
    }

    void submit(Request& request) {
        io_uring_sqe* entry = ::io_uring_get_sqe(&ring_);
        if (!entry) {
            ::io_uring_submit(&ring_);
            entry = ::io_uring_get_sqe(&ring_);
        }
        if (!entry) {
            request.status = blk::Status::io_error;
            finish(request);
            return;
        }
        prepare(request, *entry);
        entry->user_data = request.chain.head();
        ++in_flight_;
    }

    void prepare(const Request& request, io_uring_sqe& entry) const {
        const int fd = file_.fd.get();
        const auto count = static_cast<unsigned>(request.pieces.size());
        const auto length = static_cast<off_t>(request.bytes);
        switch (request.operation) {
        case Operation::read:
            ::io_uring_prep_readv(&entry, fd, request.pieces.data(), count, request.position + request.done);
            break;
        case Operation::write:
            ::io_uring_prep_writev2(&entry, fd, request.pieces.data(), count, request.position + request.done, write_flags_);
            break;
        case Operation::punch:
            ::io_uring_prep_fallocate(&entry, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                                      static_cast<off_t>(request.position), length);
            break;
        case Operation::zero:
            ::io_uring_prep_fallocate(&entry, fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
                                      static_cast<off_t>(request.position), length);
            break;
        case Operation::sync:
        case Operation::finish:
            ::io_uring_prep_fsync(&entry, fd, IORING_FSYNC_DATASYNC);
            break;
        }
    }

    void take_completions() {
        std::uint64_t count = 0;
        static_cast<void>(::read(completions_.get(), &count, sizeof(count)));
        io_uring_cqe* entry = nullptr;
        while (::io_uring_peek_cqe(&ring_, &entry) == 0)
            take(*entry);
        ::io_uring_submit(&ring_);
        if (queue_)
            queue_->flush();
    }

    void take(io_uring_cqe& entry) {
        Request& request = requests_[entry.user_data];
        const int result = entry.res;
        ::io_uring_cqe_seen(&ring_, &entry);
        --in_flight_;
        if (queue_)
            go_on(request, result);
    }

    void go_on(Request& request, int result) {
        if (result == -EINTR || result == -EAGAIN) {
            submit(request);
            return;
        }
        // A file system that can't zero in place (tmpfs) may make a hole, which reads the same.
        if (request.operation == Operation::zero && result == -EOPNOTSUPP) {
            request.operation = Operation::punch;
            submit(request);
            return;
        }
        const bool moves_data = request.operation == Operation::read || request.operation == Operation::write;
        if (moves_data && result > 0 && request.done + static_cast<unsigned>(result) < request.bytes) {
            advance(request, static_cast<std::uint64_t>(result));
            submit(request);
            return;
        }
        if (result < 0 || (moves_data && result == 0))
            fail(request, result);
        else if (request.operation == Operation::read)
            request.written = request.bytes;
        finish(request);
    }

    // A short read or write, at a signal or a page that was not there, goes on with the rest.
    void advance(Request& request, std::uint64_t bytes) {
        request.done += bytes;
        request.pieces.clear();
        const auto data = request.operation == Operation::read ? request.chain.writable() : request.chain.readable();
        slice(data, request.data_offset() + request.done, request.bytes - request.done, request.pieces);
    }

    void fail(Request& request, int result) {
        // A file system without holes: the driver then writes zeroes itself.
        if (request.operation == Operation::punch && result == -EOPNOTSUPP) {
            request.status = blk::Status::unsupported;
            return;
        }
        request.status = blk::Status::io_error;
        // For instance a file that was cut short, or a full file system: dom0's to know.
        if (!failure_logged_)
            log_(id_ + ": " + (result ? std::strerror(-result) : "end of file") + " at byte " +
                 std::to_string(request.position + request.done) + "; further errors are not logged");
        failure_logged_ = true;
    }

    void finish(Request& request) {
        const std::uint64_t status_at = request.chain.writable_bytes() - 1;
        const bool told = request.chain.write_value(status_at, static_cast<std::uint8_t>(request.status));
        // The bytes from the start on; where data is not whole, the status is still the last (5.2.6).
        const bool whole = told && request.written == status_at;
        queue_->complete(request.chain.head(), static_cast<std::uint32_t>(whole ? status_at + 1 : request.written));
    }

    void wait_for_all() {
        while (in_flight_) {
            io_uring_cqe* entry = nullptr;
            const int error = ::io_uring_submit_and_wait(&ring_, 1);
            // Going on would let requests reach memory that is no longer theirs; the end of the worker is a barrier for them.
            if (error < 0 && error != -EINTR && error != -EAGAIN && error != -EBUSY)
                std::abort();
            while (::io_uring_peek_cqe(&ring_, &entry) == 0)
                take(*entry);
        }
    }

    Loop& loop_;
    std::function<void(const std::string&)> log_;
    std::string id_;
    DiskFile file_;
    blk::Limits limits_;
    blk::Configuration configuration_{};
    std::vector<Request> requests_; // by head
    Chain next_;
    Queue* queue_ = nullptr;
    OwnedFd completions_;
    io_uring ring_{};
    int write_flags_ = 0;
    unsigned in_flight_ = 0;
    bool ring_made_ = false;
    bool failure_logged_ = false;
};

} // namespace

Outcome<std::unique_ptr<BackEnd>> open_file_disk(const DeviceSettings& settings, const Surroundings& surroundings) {
    auto file = open_disk_file(settings.target, settings.read_only);
    if (!file)
        return Err{file.error()};
    auto disk = std::make_unique<FileDisk>(settings, surroundings, std::move(*file));
    if (auto made = disk->make_ring(); !made)
        return Err{made.error()};
    return std::unique_ptr<BackEnd>(std::move(disk));
}

} // namespace amp::virtio
