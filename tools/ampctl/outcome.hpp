// SPDX-License-Identifier: GPL-2.0-only
// What every fallible function of ampctl returns: a value, or an Error that is ready to be shown. An Error names what
// is wrong and the remedy, and it carries the exit status, so that no caller has to translate.
#pragma once

#include "exit_status.hpp"

#include <amp/base/result.hpp>

#include <string>

namespace amp::ctl {

struct Error {
    ExitStatus status = ExitStatus::internal;
    std::string message; // what is wrong, without a full stop; empty: everything was said already
    std::string remedy;  // what to do about it; may be empty
};

template <class T> using Outcome = Result<T, Error>;

// The value of something that only succeeds or fails.
struct Done {};

} // namespace amp::ctl
