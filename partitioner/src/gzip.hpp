// SPDX-License-Identifier: GPL-2.0-only
// Unpacks gzip files (RFC 1952) into memory, up to a size that the caller can use. gzip.cpp is the only file that
// includes zlib.
#pragma once

#include "amp/base/result.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

enum class GzipError { damaged, too_big };

bool is_gzip(const Bytes&);
// What follows the first member is ignored, as boot loaders do: some tools pad.
Result<Bytes, GzipError> gunzip(const Bytes&, std::uint64_t size_max);
// As in zip and legacy boot images: IEEE 802.3's.
std::uint32_t crc32_of(const std::uint8_t* bytes, std::size_t size);

} // namespace amp
