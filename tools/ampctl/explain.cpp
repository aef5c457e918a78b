// SPDX-License-Identifier: GPL-2.0-only
// Texts for what the module reports, and for the errno values that come without a report.
#include "explain.hpp"

#include "names.hpp"
#include "remedies.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

namespace amp::ctl {
namespace {

// Error codes of the PSCI specification (DEN 0022), table "Return error codes".
std::string psci_error(std::int64_t code) {
    static constexpr std::string_view names[] = {"SUCCESS",    "NOT_SUPPORTED",  "INVALID_PARAMETERS", "DENIED",
                                                 "ALREADY_ON", "ON_PENDING",     "INTERNAL_FAILURE",   "NOT_PRESENT",
                                                 "DISABLED",   "INVALID_ADDRESS"};
    const auto place = static_cast<std::size_t>(-code);
    return place < std::size(names) ? fmt::format("{} {}", code, names[place]) : fmt::format("{}", code);
}

std::string number_text(NumberKind kind, std::uint64_t value) {
    switch (kind) {
    case NumberKind::hex: return fmt::format("{:#x}", value);
    case NumberKind::version: return fmt::format("{}.{}", value >> 16, value & 0xffff);
    case NumberKind::state: return std::string(state_name(static_cast<std::uint32_t>(value)));
    // Firmware answers in 32 bits, whoever passed the value on may have sign-extended it or not.
    case NumberKind::psci: return psci_error(static_cast<std::int32_t>(static_cast<std::uint32_t>(value)));
    case NumberKind::monitor_status: return std::string(status_name(static_cast<std::uint32_t>(value)));
    case NumberKind::decimal:
    case NumberKind::bytes: break;
    }
    return fmt::format("{}", value);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '-'; }

// Replaces `word` where it stands alone.
std::string replace_word(std::string text, std::string_view word, std::string_view replacement) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at)) {
        const std::size_t end = at + word.size();
        const bool alone = (at == 0 || !is_letter(text[at - 1])) && (end == text.size() || !is_letter(text[end]));
        if (alone)
            text.replace(at, word.size(), replacement);
        at += alone ? replacement.size() : word.size();
    }
    return text;
}

std::string with_numbers(std::string_view text, const amp_report& report, NumberKind kind) {
    return replace_word(replace_word(std::string(text), "index", fmt::format("{}", report.index)), "value",
                        number_text(kind, report.value));
}

Error no_device(int number) {
    if (number == EACCES || number == EPERM)
        return {ExitStatus::machine, "no permission to use " AMP_DEVICE, "run ampctl as root"};
    if (number == ENOTTY || number == EINVAL)
        return {ExitStatus::machine, AMP_DEVICE " answers in another ABI version",
                "install ampctl and the module from the same release"};
    return {ExitStatus::machine, "the module is not loaded",
            "`modprobe amp`; if that fails, `ampctl doctor` tells why"};
}

Error no_report(int number, CallPlace place) {
    switch (number) {
    case ENOENT:
    case ENODEV:
    case ENXIO:
        return place == CallPlace::node
                   ? Error{ExitStatus::not_found, "it does not exist", "`ampctl status` lists channels"}
                   : Error{ExitStatus::not_found, "there is no such partition", "`ampctl list` shows all"};
    case EACCES:
    case EPERM: return {ExitStatus::machine, "no permission", "run ampctl as root"};
    case EBUSY:
        return {ExitStatus::machine, "another program has it open", "end that program first: `fuser /dev/amp-*`"};
    case ENOMEM: return {ExitStatus::machine, "Linux is out of memory", "free some, or give the partition less"};
    case EINTR: return {ExitStatus::interrupted, "interrupted by a signal", "nothing was left half done; try again"};
    case ENOTCONN:
    case EPIPE: return {ExitStatus::machine, "the guest has not attached to it", "is it running? `ampctl status`"};
    case EBADMSG:
        return {ExitStatus::machine, "the guest spoiled the ring's indices",
                "fix the guest; what was unread is dropped"};
    case EIO: return {ExitStatus::machine, "the guest keeps overwriting the ring's header", "fix the guest"};
    case EMSGSIZE:
        return {ExitStatus::usage, "the message is longer than the channel can ever take",
                "send less at once, or give the channel a larger amp,size"};
    case EAGAIN:
        return {ExitStatus::timed_out, "the guest takes no messages",
                "its ring is full; is it running? `ampctl status`"};
    default: return {ExitStatus::internal, std::strerror(number), "see `dmesg`"};
    }
}

} // namespace

std::string report_text(const amp_report& report) {
    const Remedy* remedy = find_remedy(report.status);
    return with_numbers(status_text(report.status), report, remedy != nullptr ? remedy->value : NumberKind::decimal);
}

std::string report_remedy(const amp_report& report) {
    const Remedy* remedy = find_remedy(report.status);
    if (remedy == nullptr)
        return "update ampctl: the module is newer";
    std::string text(remedy->remedy);
    const std::string value = number_text(remedy->value, report.value);
    for (std::size_t at = text.find("{value}"); at != std::string::npos; at = text.find("{value}", at))
        text.replace(at, 7, value);
    return text;
}

Error explain(const CallError& error, std::string_view attempt) {
    Error result;
    if (error.report.status != AMP_STATUS_OK) {
        const Remedy* remedy = find_remedy(error.report.status);
        result = {remedy != nullptr ? remedy->exit : ExitStatus::internal, report_text(error.report),
                  report_remedy(error.report)};
    } else {
        result = error.place == CallPlace::device ? no_device(error.number) : no_report(error.number, error.place);
    }
    result.message = fmt::format("can't {}: {}", attempt, result.message);
    return result;
}

} // namespace amp::ctl
