// SPDX-License-Identifier: GPL-2.0-only
#include "vhost_user_double.hpp"

#include <amp/virtio/access.hpp>
#include <amp/virtio/devices/passing.hpp>
#include <amp/virtio/memory.hpp>
#include <amp/virtio/queue.hpp>

#include <blk_layout.hpp>
#include <catch2/catch.hpp>
#include <vhost_calls.hpp>
#include <vhost_user_protocol.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <memory>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amp::test {

using namespace virtio;
using namespace virtio::vhost_user;

namespace {

constexpr std::uint64_t page = 4096;

// One connection.
class Service final : private QueueOwner {
public:
    Service(int client, int image, DoubleShared& shared)
        : client_(client), image_(image), shared_(shared), random_(shared.connections) {}
    void run() {
        for (;;) {
            std::array<pollfd, 2> wanted{{{client_, POLLIN, 0}, {kick_.get(), POLLIN, 0}}};
            ::poll(wanted.data(), wanted.size(), kept_.empty() ? -1 : 1);
            if (wanted[0].revents && !take_message())
                break;
            std::uint64_t count = 0;
            if (kick_ && (wanted[1].revents & POLLIN) && ::read(kick_.get(), &count, sizeof(count)) > 0)
                take_chains();
            if (queue_ && !load_once(shared_.keep_all))
                end_some(random_.below(3));
        }
        end_some(kept_.size()); // the front end is gone, this process is not
    }

private:
    void used(unsigned) override {
        const std::uint64_t one = 1;
        static_cast<void>(::write(call_.get(), &one, sizeof(one)));
    }
    void broken(unsigned, QueueError) override { ::_exit(1); }

    bool take_message() {
        vhost_user::Header header{};
        Received head = receive_with(client_, std::as_writable_bytes(std::span(&header, 1)), 8);
        if (head.bytes != sizeof(header))
            return false;
        std::vector<std::byte> bytes(header.size);
        if (header.size && receive_with(client_, bytes, 0, MSG_WAITALL).bytes != static_cast<ssize_t>(header.size))
            return false;
        store_release(shared_.messages, shared_.messages + 1);
        const std::uint32_t number = shared_.messages;
        while (load_acquire(shared_.hold_at) == number) {
            store_release(shared_.holding, number);
            ::poll(nullptr, 0, 1);
        }
        store_release(shared_.holding, 0u);
        answer(header, bytes, head.fds);
        return true;
    }

    void answer(const vhost_user::Header& header, std::vector<std::byte>& bytes, std::vector<OwnedFd>& fds) {
        int fd = -1;
        switch (static_cast<Request>(header.request)) {
        case Request::get_features: bytes = as_bytes_of(features()); break;
        case Request::get_protocol_features:
            bytes = as_bytes_of(protocol_feature::reply_ack | protocol_feature::config |
                                (shared_.inflight ? protocol_feature::inflight_shmfd : 0));
            break;
        case Request::get_config: put_config(bytes); break;
        case Request::get_vring_base: bytes = as_bytes_of(stop()); break;
        case Request::get_inflight_fd: fd = give_buffer(bytes); break;
        default:
            take(static_cast<Request>(header.request), bytes, fds);
            if (!(header.flags & need_reply))
                return;
            bytes = as_bytes_of(std::uint64_t{0});
        }
        const vhost_user::Header reply{header.request, version | is_reply, static_cast<std::uint32_t>(bytes.size())};
        std::vector<std::byte> all = as_bytes_of(reply);
        all.insert(all.end(), bytes.begin(), bytes.end());
        send_with(client_, all, std::span(&fd, fd < 0 ? 0 : 1));
    }

    template <typename T> static std::vector<std::byte> as_bytes_of(const T& value) {
        const auto bytes = std::as_bytes(std::span(&value, 1));
        return {bytes.begin(), bytes.end()};
    }
    template <typename T> static T value_in(const std::vector<std::byte>& bytes) {
        T value{};
        std::copy_n(bytes.begin(), std::min(sizeof(value), bytes.size()), std::as_writable_bytes(std::span(&value, 1)).begin());
        return value;
    }

    std::uint64_t features() const {
        return (feature::version_1 | feature::indirect_desc | feature::event_idx | has_protocol_features | blk::feature::flush |
                blk::feature::block_size) & ~shared_.without;
    }
    void put_config(std::vector<std::byte>& bytes) const {
        blk::Configuration configuration{};
        configuration.capacity = shared_.sectors;
        configuration.block_size = 512;
        std::memcpy(bytes.data() + offsetof(Config, bytes), &configuration, bytes.size() - offsetof(Config, bytes));
    }

    void take(Request request, const std::vector<std::byte>& bytes, std::vector<OwnedFd>& fds) {
        const auto vring = value_in<vhost_vring_state>(bytes);
        if (request == Request::set_features)
            agreed_ = value_in<std::uint64_t>(bytes) & ~has_protocol_features;
        else if (request == Request::set_mem_table)
            map(value_in<MemoryTable>(bytes), fds);
        else if (request == Request::set_vring_num)
            size_ = vring.num;
        else if (request == Request::set_vring_base)
            base_ = vring.num;
        else if (request == Request::set_vring_addr)
            address_ = value_in<vhost_vring_addr>(bytes);
        else if (request == Request::set_vring_call)
            call_ = std::move(fds.at(0));
        else if (request == Request::set_vring_kick)
            kick_ = std::move(fds.at(0));
        else if (request == Request::set_inflight_fd)
            take_buffer(value_in<InflightMessage>(bytes), fds.at(0).get());
        else if (request == Request::set_vring_enable && vring.num)
            begin();
    }

    void map(const MemoryTable& table, const std::vector<OwnedFd>& fds) {
        std::vector<MemoryRegion> regions;
        for (std::uint32_t i = 0; i < table.count; ++i) {
            const Region& one = table.regions[i];
            void* place = ::mmap(nullptr, one.size, PROT_READ | PROT_WRITE, MAP_SHARED, fds.at(i).get(), static_cast<off_t>(one.offset));
            regions.push_back({one.gpa, one.size, static_cast<std::byte*>(place)});
        }
        to_gpa_ = table.regions[0].gpa - table.regions[0].front_end_address;
        memory_ = std::make_unique<GuestMemory>(std::move(*GuestMemory::over(regions)));
    }

    // Behind a page that is not its own, so that the offset matters.
    static constexpr std::uint64_t buffer_bytes = (sizeof(QueueState) + page - 1) / page * page;
    int give_buffer(std::vector<std::byte>& bytes) {
        ++shared_.buffers_given;
        buffer_ = OwnedFd(::memfd_create("inflight", MFD_CLOEXEC));
        static_cast<void>(::ftruncate(buffer_.get(), static_cast<off_t>(page + buffer_bytes)));
        auto message = value_in<InflightMessage>(bytes);
        message.size = shared_.buffer_size ? shared_.buffer_size : buffer_bytes;
        message.offset = shared_.buffer_offset ? shared_.buffer_offset : page;
        bytes = as_bytes_of(message);
        return buffer_.get();
    }
    void take_buffer(const InflightMessage& message, int fd) {
        ++shared_.buffers_got;
        void* place = ::mmap(nullptr, message.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, static_cast<off_t>(message.offset));
        if (place == MAP_FAILED)
            ::_exit(2);
        state_ = static_cast<QueueState*>(place); // mapped as long as the process lives
    }

    void begin() {
        if (!state_) {
            own_state_ = std::make_unique<QueueState>();
            state_ = own_state_.get();
        }
        state_->desc = address_.desc_user_addr + to_gpa_;
        state_->driver = address_.avail_user_addr + to_gpa_;
        state_->device = address_.used_user_addr + to_gpa_;
        state_->size = size_;
        if (!state_->ready) // else an earlier process has used it
            state_->progress = progress_of(static_cast<std::uint16_t>(base_), 0);
        state_->ready = 1;
        QueueOwner& owner = *this;
        queue_ = std::make_unique<Queue>(*memory_, *state_, 0, owner);
        if (!queue_->start(agreed_))
            ::_exit(3);
        take_chains();
    }
    vhost_vring_state stop() {
        end_some(kept_.size());
        queue_.reset();
        own_state_.reset();
        state_ = nullptr;
        kick_.reset();
        return {0, base_};
    }

    void take_chains() {
        if (!queue_)
            return;
        do {
            for (;;) {
                auto chain = std::make_unique<Chain>();
                if (!queue_->pop(*chain))
                    break;
                ++shared_.taken;
                shared_.replayed += chain->replayed() ? 1u : 0u;
                kept_.push_back(std::move(chain));
            }
        } while (!queue_->enable_notifications());
    }

    void end_some(std::size_t count) {
        if (!queue_ || !count)
            return;
        for (; count && !kept_.empty(); --count) {
            std::swap(kept_[random_.below(static_cast<std::uint32_t>(kept_.size()))], kept_.back());
            do_request(*kept_.back());
            queue_->complete(kept_.back()->head(), static_cast<std::uint32_t>(kept_.back()->writable_bytes()));
            kept_.pop_back();
            ++shared_.ended;
        }
        queue_->flush();
    }
    void do_request(const Chain& chain) {
        blk::Header header{};
        if (!chain.read_value(0, header))
            ::_exit(4);
        const auto at = static_cast<off_t>(header.sector * blk::sector_bytes);
        std::uint8_t status = blk::ok;
        if (header.type == blk::in) {
            std::vector<std::byte> data(chain.writable_bytes() - 1);
            if (::pread(image_, data.data(), data.size(), at) != static_cast<ssize_t>(data.size()))
                status = blk::io_error;
            chain.write(0, data);
        } else if (header.type == blk::out) {
            std::vector<std::byte> data(chain.readable_bytes() - sizeof(header));
            chain.read(sizeof(header), data);
            if (::pwrite(image_, data.data(), data.size(), at) != static_cast<ssize_t>(data.size()))
                status = blk::io_error;
        }
        if (!chain.write_value(chain.writable_bytes() - 1, status))
            ::_exit(5);
    }

    int client_, image_;
    DoubleShared& shared_;
    Random random_;
    std::unique_ptr<GuestMemory> memory_;
    std::uint64_t to_gpa_ = 0, agreed_ = 0;
    std::uint32_t size_ = 0, base_ = 0;
    vhost_vring_addr address_{};
    OwnedFd kick_, call_, buffer_;
    std::unique_ptr<QueueState> own_state_;
    QueueState* state_ = nullptr;
    std::unique_ptr<Queue> queue_;
    std::vector<std::unique_ptr<Chain>> kept_;
};

} // namespace

VhostUserDouble::VhostUserDouble(std::string image, std::string socket) : image_(std::move(image)), socket_(std::move(socket)) {
    shared_->sectors = 4096;
}

// Tells a test that fails why.
VhostUserDouble::~VhostUserDouble() {
    if (std::uncaught_exceptions())
        std::fprintf(stderr,
                     "vhost-user double: %u messages, %u connections, %u chains taken, %u of them again, %u ended, "
                     "buffers: %u given, %u got\n",
                     shared_->messages, shared_->connections, shared_->taken, shared_->replayed, shared_->ended,
                     shared_->buffers_given, shared_->buffers_got);
    kill();
}

void VhostUserDouble::start() {
    OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ::unlink(socket_.c_str());
    REQUIRE(::bind(listener.get(), static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof(address)) == 0);
    REQUIRE(::listen(listener.get(), 8) == 0);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
        const OwnedFd image(::open(image_.c_str(), O_RDWR | O_CLOEXEC));
        for (;;) {
            const OwnedFd client(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!client)
                ::_exit(0);
            ++shared_->connections;
            Service(client.get(), image.get(), *shared_).run();
        }
    }
}

void VhostUserDouble::kill() {
    if (process_ <= 0)
        return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

} // namespace amp::test
