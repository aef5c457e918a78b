// SPDX-License-Identifier: GPL-2.0-only
// U-Boot's legacy image format (uImage): a header with addresses in front of a program. Called by image.cpp.
#pragma once

#include "amp/partitioner/image.hpp"

namespace amp {

bool is_uimage(const Bytes&);
// size_max bounds a compressed payload.
Result<Image, ImageError> parse_uimage(const Bytes&, std::uint64_t size_max);

} // namespace amp
