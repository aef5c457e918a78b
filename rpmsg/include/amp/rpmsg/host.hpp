// SPDX-License-Identifier: GPL-2.0-only
// dom0's end of one rpmsg link: lays out the vrings that the firmware's resource table asks for, exchanges messages, keeps track
// of what services the firmware announced. Neither files nor waiting: whoever owns it calls on notifications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "amp/rpmsg/resource_table.hpp"
#include "amp/rpmsg/vring.hpp"

namespace amp::rpmsg {

// [gpa, gpa + size) of the guest's memory as it is mapped here; empty where it is not all memory.
using Translate = std::function<std::span<std::byte>(std::uint64_t gpa, std::uint64_t size)>;

struct Place {
    std::uint64_t table_gpa = 0, table_size = 0;
    std::uint64_t buffers_gpa = 0; // 2 * num buffers of AMP_RPMSG_BUFFER_SIZE, those towards dom0 first
};

struct Message {
    std::uint32_t source, destination;
    std::span<const std::byte> data; // valid during the call
};

class Host {
public:
    struct Events {
        std::function<void(const std::string& name, std::uint32_t address, bool created)> announced;
        std::function<void(const Message&)> received;
        std::function<void()> notify; // the firmware has something to look at
    };

    Host(Translate translate, Place place, Events events);

    // The firmware was loaded and waits: vrings, buffers, DRIVER_OK. An error is what is wrong with its table.
    std::optional<std::string> start();
    // An earlier life of ours did that; goes on with what is in memory.
    std::optional<std::string> resume();
    void forget();
    bool running() const { return to_dom0_.has_value(); }

    // After a notification of the firmware: announcements, messages, buffers that came back.
    // An error: the firmware broke the rings; nothing more is exchanged until it starts anew.
    std::optional<std::string> poll();
    // Whether poll() left something for the next time.
    bool pending() const { return running() && to_dom0_->has_used(); }
    // False: no buffer is free now. At most AMP_RPMSG_MESSAGE_MAX bytes.
    bool send(std::uint32_t source, std::uint32_t destination, std::span<const std::byte> data);
    bool can_send();

private:
    std::optional<std::string> lay_out();
    std::span<std::byte> buffer(std::uint32_t number) const;
    void post_all();
    void receive_buffer(const DriverVring::Used& used);
    void announcement(std::span<const std::byte> data);
    std::optional<std::string> failure() const;

    Translate translate_;
    Place place_;
    Events events_;
    std::size_t status_offset_ = 0; // of the VDEV's status byte in the table
    std::optional<DriverVring> to_dom0_, to_guest_;
    std::span<std::byte> buffers_;
};

} // namespace amp::rpmsg
