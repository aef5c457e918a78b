// SPDX-License-Identifier: GPL-2.0-only
// ampctl rpmsg ls|open|ping NAME [SERVICE]
#include "channel_io.hpp"
#include "command.hpp"
#include "message_format.hpp"
#include "nearest.hpp"
#include "rpmsg_services.hpp"
#include "selection.hpp"

#include <amp/abi/rpmsg.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <poll.h>
#include <unistd.h>

namespace amp::ctl {
namespace {

using Clock = std::chrono::steady_clock;

// ---- ls ----

Outcome<ExitStatus> list_services(Context& context, const std::string& partition) {
    const auto services = rpmsg_services(context, partition);
    if (!services)
        return Err{services.error()};
    if (context.json()) {
        auto all = nlohmann::ordered_json::array();
        for (const RpmsgService& one : *services)
            all.push_back({{"service", one.name}, {"address", one.address}, {"socket", one.path}});
        context.out << all.dump(2) << '\n';
        return ExitStatus::ok;
    }
    for (const RpmsgService& one : *services)
        context.out << fmt::format("{:<16} {:>5}  {}\n", one.name, one.address, one.path);
    return ExitStatus::ok;
}

// ---- ping ----

Error no_answer(std::uint64_t sent, std::string_view what) {
    return {ExitStatus::timed_out, fmt::format("message {} {}", sent, what),
            "ping needs a service that sends back what it gets, as guests/rpmsg-echo does"};
}

// A message that no other one of this run looks like.
std::string ping_message(std::uint64_t number, std::size_t size) {
    std::string message = fmt::format("ping {:<16}", number);
    message.resize(size, '.');
    return message;
}

Outcome<std::chrono::nanoseconds> round_trip(Context& context, int socket, std::uint64_t number, std::size_t size) {
    const std::string message = ping_message(number, size);
    const Deadline deadline(context.args.timeout().value_or(std::chrono::milliseconds(5000)));
    const auto begin = Clock::now();
    if (const auto sent = send(socket, message, context.terminal.stop, deadline); !sent)
        return Err{sent.error()};
    Waited waited = Waited::ready;
    const auto answer = receive(socket, context.terminal.stop, deadline, waited);
    if (!answer)
        return Err{answer.error()};
    if (waited == Waited::signal)
        return Err{Error{ExitStatus::interrupted, "interrupted", ""}};
    if (waited == Waited::timed_out)
        return Err{no_answer(number, "was not answered")};
    if (*answer != message)
        return Err{no_answer(number, (*answer)->empty() ? "was not answered: the link ended" : "came back changed")};
    return std::chrono::nanoseconds(Clock::now() - begin);
}

Outcome<ExitStatus> ping(Context& context, const std::string& partition, const std::string& service) {
    const auto count = static_cast<std::uint64_t>(context.args.number("--count").value_or(5));
    const auto size = static_cast<std::size_t>(context.args.number("--size").value_or(64));
    constexpr std::size_t least = 21; // ping_message
    if (size < least || size > AMP_RPMSG_MESSAGE_MAX)
        return Err{Error{ExitStatus::usage, fmt::format("messages of {} bytes are not possible", size),
                         fmt::format("--size takes {} to {}", least, AMP_RPMSG_MESSAGE_MAX)}};
    const auto socket = connect_rpmsg(context, partition, service);
    if (!socket)
        return Err{socket.error()};
    std::vector<double> microseconds;
    for (std::uint64_t number = 1; number <= count; ++number) {
        const auto took = round_trip(context, socket->get(), number, size);
        if (!took)
            return Err{took.error()};
        microseconds.push_back(static_cast<double>(took->count()) / 1000);
    }
    std::sort(microseconds.begin(), microseconds.end());
    if (!microseconds.empty())
        context.out << fmt::format("{} messages of {} bytes, all came back: least {:.0f} us, median {:.0f} us, most {:.0f} us\n",
                                   count, size, microseconds.front(), microseconds[microseconds.size() / 2],
                                   microseconds.back());
    return ExitStatus::ok;
}

// ---- open ----

// Lines of standard input to messages. False: it ended.
class Input {
public:
    Input(int descriptor, int socket) : descriptor_(descriptor), socket_(socket) {}

    [[nodiscard]] int descriptor() const { return ended_ ? -1 : descriptor_; }

    Outcome<Done> take(Context& context) {
        std::array<char, 4096> buffer{};
        const ssize_t size = ::read(descriptor_, buffer.data(), buffer.size());
        if (size <= 0) {
            ended_ = size == 0 || (errno != EINTR && errno != EAGAIN);
            return ended_ && !line_.empty() ? pass_on(context) : Outcome<Done>(Done{});
        }
        for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(size))) {
            if (c != '\n')
                line_ += c;
            else if (auto passed = pass_on(context); !passed)
                return passed;
        }
        return Done{};
    }

private:
    Outcome<Done> pass_on(Context& context) {
        const std::string line = std::move(line_);
        line_.clear();
        if (line.empty())
            return Done{};
        if (line.size() > AMP_RPMSG_MESSAGE_MAX)
            return Err{Error{ExitStatus::usage, fmt::format("a line of {} bytes is too long for a message", line.size()),
                             fmt::format("at most {} bytes", AMP_RPMSG_MESSAGE_MAX)}};
        return send(socket_, line, context.terminal.stop, Deadline(context.args.timeout()));
    }

    int descriptor_, socket_;
    std::string line_;
    bool ended_ = false;
};

Outcome<ExitStatus> open(Context& context, const std::string& partition, const std::string& service) {
    const auto socket = connect_rpmsg(context, partition, service);
    if (!socket)
        return Err{socket.error()};
    const auto wanted = context.args.number("--count");
    const Deadline deadline(context.args.timeout());
    Input input(context.terminal.in, socket->get());
    for (double came = 0; !wanted || came < *wanted;) {
        std::array<pollfd, 3> items{
            {{socket->get(), POLLIN, 0}, {context.terminal.stop, POLLIN, 0}, {input.descriptor(), POLLIN, 0}}};
        const int ready = ::poll(items.data(), items.size(), deadline.left());
        if (ready == 0)
            return Err{Error{ExitStatus::timed_out, "the time is over", fmt::format("{} messages came", came)}};
        if (items[1].revents != 0)
            return ExitStatus::ok;
        if (items[2].revents != 0)
            if (const auto taken = input.take(context); !taken)
                return Err{taken.error()};
        if (items[0].revents == 0)
            continue;
        Waited waited = Waited::ready;
        const auto message = receive(socket->get(), context.terminal.stop, deadline, waited);
        if (!message)
            return Err{message.error()};
        if (waited == Waited::ready && (*message)->empty())
            return Err{Error{ExitStatus::machine, "the link ended", "the firmware or its back end started anew; connect again"}};
        if (waited != Waited::ready)
            continue;
        context.out << format_message(**message, MessageFormat::automatic) << std::flush;
        ++came;
    }
    return ExitStatus::ok;
}

// ---- which ----

Outcome<ExitStatus> run(Context& context) {
    const std::string& verb = context.args.one(0);
    const std::vector<std::string> verbs{"ls", "open", "ping"};
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) {
        const auto guess = nearest(verb, verbs);
        return Err{Error{ExitStatus::usage, fmt::format("rpmsg can't \"{}\"", verb),
                         guess ? fmt::format("did you mean \"{}\"?", *guess) : "it is ls, open or ping"}};
    }
    const auto one = select_one(context, context.args.one(1));
    if (!one)
        return Err{one.error()};
    if (verb == "ls")
        return list_services(context, one->name);
    const auto service = context.args.optional(2);
    if (!service)
        return Err{Error{ExitStatus::usage, "SERVICE is missing", fmt::format("`ampctl rpmsg ls {}` lists them", one->name)}};
    return verb == "open" ? open(context, one->name, *service) : ping(context, one->name, *service);
}

constexpr Positional positionals[] = {{"ls|open|ping", "what to do"},
                                      name_positional,
                                      {"SERVICE", "what the firmware announced", false}};
constexpr Option options[] = {{"--count", "N", "ping: how many (default 5); open: end after N messages", Value::count},
                              {"--size", "BYTES", "ping: of a message (default 64)", Value::count},
                              timeout_option,
                              json_option};

} // namespace

constinit const Command rpmsg_command{
    "rpmsg",
    "talk to the endpoints of a firmware",
    positionals,
    options,
    run,
    "ls lists what the firmware announced, open exchanges messages (a line each), ping times a service that\n"
    "sends back what it gets. For a partition with a virtio,rpmsg device.",
    true};

} // namespace amp::ctl
