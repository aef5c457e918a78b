// SPDX-License-Identifier: GPL-2.0-only
// Linux kernels as their build leaves them: arm64 Image and 32-bit zImage. Called by image.cpp.
#pragma once

#include "amp/partitioner/image.hpp"

namespace amp {

bool is_linux_image(const Bytes&);
Result<Image, ImageError> parse_linux_image(const Bytes&);
bool is_zimage(const Bytes&);
Result<Image, ImageError> parse_zimage(const Bytes&);

} // namespace amp
