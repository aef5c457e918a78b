// SPDX-License-Identifier: GPL-2.0-only
// Messages are copied out of guest memory before anything in them is looked at.
#include "amp/rpmsg/host.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cstring>

namespace amp::rpmsg {

namespace {

std::span<std::byte> vring_memory(const Translate& translate, const amp_rsc_vring& vring) {
    return translate(vring.da, amp_vring_size(vring.num, vring.align));
}

// Becomes a file name: letters, digits, '-', '_' and '.', the latter not first.
bool good_name(const std::string& name) {
    return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
    });
}

} // namespace

Host::Host(Translate translate, Place place, Events events)
    : translate_(std::move(translate)), place_(place), events_(std::move(events)) {}

std::optional<std::string> Host::lay_out() {
    const auto table = translate_(place_.table_gpa, place_.table_size);
    if (table.empty()) {
        return "the resource table lies outside the partition's memory";
    }
    const std::vector<std::byte> copy(table.begin(), table.end());
    const auto parsed = parse_resource_table(copy);
    if (!parsed) {
        return "the resource table is no good: " + parsed.error();
    }
    const auto vdev = rpmsg_device(*parsed);
    if (!vdev) {
        return "the resource table is no good: " + vdev.error();
    }
    const auto& first = vdev->vrings[AMP_RPMSG_VRING_TO_DOM0].vring;
    const auto& second = vdev->vrings[AMP_RPMSG_VRING_TO_GUEST].vring;
    const auto memory0 = vring_memory(translate_, first), memory1 = vring_memory(translate_, second);
    buffers_ = translate_(place_.buffers_gpa, std::uint64_t{first.num + second.num} * AMP_RPMSG_BUFFER_SIZE);
    if (memory0.empty() || memory1.empty() || buffers_.empty()) {
        return "the vrings or buffers lie outside the partition's memory";
    }
    status_offset_ = vdev->offset + offsetof(amp_rsc_vdev, status);
    to_dom0_.emplace(memory0, first.num, first.align);
    to_guest_.emplace(memory1, second.num, second.align);
    return std::nullopt;
}

std::span<std::byte> Host::buffer(std::uint32_t number) const {
    return buffers_.subspan(std::size_t{number} * AMP_RPMSG_BUFFER_SIZE, AMP_RPMSG_BUFFER_SIZE);
}

void Host::post_all() {
    const std::uint32_t count = to_dom0_->size();
    for (std::uint32_t id = 0; id < count; ++id) {
        to_dom0_->describe(id, place_.buffers_gpa + std::uint64_t{id} * AMP_RPMSG_BUFFER_SIZE, AMP_RPMSG_BUFFER_SIZE,
                           AMP_VRING_WRITE);
        to_dom0_->make_available(id);
    }
    for (std::uint32_t id = 0; id < to_guest_->size(); ++id) {
        to_guest_->describe(id, place_.buffers_gpa + std::uint64_t{count + id} * AMP_RPMSG_BUFFER_SIZE,
                            AMP_RPMSG_BUFFER_SIZE, 0);
    }
}

std::optional<std::string> Host::start() {
    if (auto error = lay_out()) {
        forget();
        return error;
    }
    to_dom0_->reset();
    to_guest_->reset();
    post_all();
    auto& status = reinterpret_cast<std::uint8_t&>(translate_(place_.table_gpa, place_.table_size)[status_offset_]);
    // Release, partner: the firmware's acquire of the status; all of the rings before.
    std::atomic_ref(status).store(AMP_VDEV_DRIVER_OK | 3u /* ACKNOWLEDGE, DRIVER */, std::memory_order_release);
    events_.notify();
    return std::nullopt;
}

std::optional<std::string> Host::resume() {
    if (auto error = lay_out()) {
        forget();
        return error;
    }
    // A message that was being delivered when we died is delivered again.
    if (!to_dom0_->resume(true) || !to_guest_->resume(false)) {
        forget();
        return "the firmware's vrings can't be taken over";
    }
    return std::nullopt;
}

void Host::forget() {
    to_dom0_.reset();
    to_guest_.reset();
    buffers_ = {};
}

void Host::announcement(std::span<const std::byte> data) {
    amp_rpmsg_announcement heard;
    if (data.size() != sizeof heard) {
        return;
    }
    std::memcpy(&heard, data.data(), sizeof heard);
    const std::string name(heard.name, strnlen(heard.name, sizeof heard.name));
    if (good_name(name)) {
        events_.announced(name, heard.address, (heard.flags & AMP_RPMSG_NS_DESTROY) == 0);
    }
}

void Host::receive_buffer(const DriverVring::Used& used) {
    std::array<std::byte, AMP_RPMSG_BUFFER_SIZE> copy;
    std::ranges::copy(buffer(used.id), copy.begin());
    amp_rpmsg_header header;
    std::memcpy(&header, copy.data(), sizeof header);
    const std::size_t room = std::min<std::size_t>(used.length, copy.size());
    if (room < sizeof header || header.length > room - sizeof header) {
        return; // shorter than it says: not a message
    }
    const std::span<const std::byte> data(copy.data() + sizeof header, header.length);
    if (header.destination == AMP_RPMSG_NS_ADDRESS) {
        announcement(data);
    } else {
        events_.received({header.source, header.destination, data});
    }
}

std::optional<std::string> Host::failure() const {
    if (to_dom0_->broken() || to_guest_->broken()) {
        return "the firmware gave back a buffer that it did not have";
    }
    return std::nullopt;
}

std::optional<std::string> Host::poll() {
    if (!running()) {
        return std::nullopt;
    }
    bool posted = false;
    // One round of the ring at the most: a firmware that sends without end does not keep us from our other work.
    for (std::uint32_t i = 0; i < to_dom0_->size(); ++i) {
        const auto used = to_dom0_->take_used();
        if (!used) {
            break;
        }
        receive_buffer(*used);
        to_dom0_->make_available(used->id);
        posted = true;
    }
    if (posted && to_dom0_->need_notify()) {
        events_.notify();
    }
    can_send();
    return failure();
}

bool Host::can_send() {
    if (!running()) {
        return false;
    }
    while (to_guest_->take_used()) {
    }
    return !to_guest_->broken() && to_guest_->free_buffer().has_value();
}

bool Host::send(std::uint32_t source, std::uint32_t destination, std::span<const std::byte> data) {
    if (data.size() > AMP_RPMSG_MESSAGE_MAX || !can_send()) {
        return false;
    }
    const std::uint32_t id = *to_guest_->free_buffer();
    const auto to = buffer(to_dom0_->size() + id);
    const amp_rpmsg_header header{source, destination, 0, static_cast<std::uint16_t>(data.size()), 0};
    std::memcpy(to.data(), &header, sizeof header);
    std::ranges::copy(data, to.begin() + sizeof header);
    to_guest_->describe(id, place_.buffers_gpa + std::uint64_t{to_dom0_->size() + id} * AMP_RPMSG_BUFFER_SIZE,
                        AMP_RPMSG_BUFFER_SIZE, 0);
    to_guest_->make_available(id);
    if (to_guest_->need_notify()) {
        events_.notify();
    }
    return true;
}

} // namespace amp::rpmsg
