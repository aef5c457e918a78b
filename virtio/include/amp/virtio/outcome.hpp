// SPDX-License-Identifier: GPL-2.0-only
// A value or a sentence that tells what is wrong and what to do: for calls whose error goes to a person unchanged.
#pragma once

#include <amp/base/result.hpp>

#include <string>

namespace amp::virtio {

template <class T> using Outcome = Result<T, std::string>;

struct Done {};

} // namespace amp::virtio
