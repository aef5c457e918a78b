// SPDX-License-Identifier: GPL-2.0-only
// The talk with a vhost-user back end: messages wait in a line, one is under way until it is answered, what is next is the answer's
// business. A back end's answers are foreign input: size, number and descriptors are checked; it never waits but in finish().
#pragma once

#include "amp/virtio/outcome.hpp"
#include "amp/virtio/owned_fd.hpp"
#include "vhost_user_protocol.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace amp::virtio::vhost_user {

struct Answer {
    std::vector<std::byte> bytes;
    OwnedFd fd; // where one was asked for, and came
};

class Connection {
public:
    using Clock = std::chrono::steady_clock;
    using Then = std::function<Outcome<Done>(Answer&)>; // may put more in line; an error ends the talk
    static constexpr std::chrono::seconds patience{5};  // for an answer that nobody stands still for

    // Errors name the path.
    explicit Connection(std::string path) : path_(std::move(path)) {}

    // Another back end, to which nothing has been said yet.
    void use(OwnedFd socket);
    void drop();
    [[nodiscard]] int descriptor() const { return socket_.get(); }
    // Whether from now on the back end says of each set() if it did it.
    void use_acknowledgements(bool use = true) { acknowledges_ = use; }

    // Put in line; nothing is sent before go_on(). Descriptors have to stay open until then.
    // A message that has no answer but an acknowledgement.
    void set(Request request, std::span<const std::byte> bytes, std::span<const int> fds = {});
    template <typename T> void set_value(Request request, const T& value, std::span<const int> fds = {}) {
        set(request, std::as_bytes(std::span(&value, 1)), fds);
    }
    struct Bounds {
        std::size_t least, most; // bytes of the answer
        bool descriptor = false; // one may come along
    };
    void get(Request request, std::span<const std::byte> bytes, Bounds bounds, Then then);
    // When all before is answered.
    void then(std::function<Outcome<Done>()> what);

    [[nodiscard]] bool busy() const { return !steps_.empty(); }
    // What can be done without waiting. True: nothing is in line any more. An error: the connection is of no use.
    Outcome<bool> go_on();
    // When go_on() says that the back end is too slow.
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    // Waits until nothing is in line.
    Outcome<Done> finish(std::chrono::milliseconds longest);

    // What went wrong, with the socket's name before it.
    [[nodiscard]] Err<std::string> error(const std::string& what) const { return Err{"the vhost-user back end at " + path_ + ": " + what}; }

private:
    struct Step {
        bool message = true; // false: only `then`
        Request request{};
        bool answers = false; // beyond an acknowledgement
        std::vector<std::byte> bytes;
        std::vector<int> fds;
        Bounds bounds{0, 0};
        Then then;
    };

    Outcome<bool> send(Step& step);
    Outcome<bool> receive(const Step& step);
    Outcome<bool> receive_into(std::span<std::byte> to, std::size_t already, bool descriptor);
    Outcome<Done> check_header(const Step& step) const;
    Outcome<Done> take_acknowledgement(const Step& step);
    [[nodiscard]] bool awaits_answer(const Step& step) const { return step.answers || acknowledged_; }

    OwnedFd socket_;
    std::string path_;
    std::deque<Step> steps_;
    // Of the first of them
    std::vector<std::byte> out_;
    std::size_t sent_ = 0;
    bool acknowledged_ = false; // it will be
    Header header_{};
    std::size_t received_ = 0; // header included
    Answer answer_;
    Clock::time_point deadline_{};
    bool acknowledges_ = false;
};

} // namespace amp::virtio::vhost_user
