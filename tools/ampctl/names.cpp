// SPDX-License-Identifier: GPL-2.0-only
// Tables made from the lists in include/amp/abi.
#include "names.hpp"

#include <amp/abi/ioctl.h>

#include <array>
#include <span>

namespace amp::ctl {
namespace {

struct Row {
    std::uint32_t number;
    std::string_view name;
    std::string_view text;
    bool crash = false;
};

#define AMP_CTL_ROW(name, number, text) Row{(number), #name, (text)},
#define AMP_CTL_EXIT_ROW(name, number, crash, text) Row{(number), #name, (text), (crash) != 0},
constexpr Row statuses[] = {AMP_STATUS_LIST(AMP_CTL_ROW)};
constexpr Row exits[] = {AMP_EXIT_LIST(AMP_CTL_EXIT_ROW)};
constexpr Row causes[] = {AMP_CAUSE_LIST(AMP_CTL_ROW)};
#undef AMP_CTL_ROW
#undef AMP_CTL_EXIT_ROW

constexpr Row states[] = {
    {AMP_STATE_CREATED, "created", ""}, {AMP_STATE_LOADED, "loaded", ""},   {AMP_STATE_RUNNING, "running", ""},
    {AMP_STATE_PAUSED, "paused", ""},   {AMP_STATE_STOPPED, "stopped", ""}, {AMP_STATE_CRASHED, "crashed", ""},
    {AMP_STATE_LOST, "lost", ""},
};

constexpr Row unknown{0, "unknown", "a code that this ampctl does not know; update it"};

const Row& find(std::span<const Row> rows, std::uint32_t number) {
    for (const Row& row : rows)
        if (row.number == number)
            return row;
    return unknown;
}

} // namespace

std::string_view state_name(std::uint32_t state) { return find(states, state).name; }
std::string_view status_name(std::uint32_t status) { return find(statuses, status).name; }
std::string_view status_text(std::uint32_t status) { return find(statuses, status).text; }
std::string_view exit_name(std::uint32_t reason) { return find(exits, reason).name; }
std::string_view exit_text(std::uint32_t reason) { return find(exits, reason).text; }
bool exit_is_crash(std::uint32_t reason) { return find(exits, reason).crash; }
std::string_view cause_name(std::uint32_t cause) { return find(causes, cause).name; }
std::string_view cause_text(std::uint32_t cause) { return find(causes, cause).text; }

} // namespace amp::ctl
