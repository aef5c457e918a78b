// SPDX-License-Identifier: GPL-2.0-only
// zlib's inflate, piece by piece, so that a file which claims to unpack to everything there is costs no more than
// size_max.
#include "gzip.hpp"

#include <algorithm>
#include <limits>
#include <zlib.h>

namespace amp {

namespace {

constexpr std::size_t piece = 1u << 20;
constexpr int gzip_only = 16; // added to the window's size: a gzip header, no zlib one

class Inflater {
public:
    Inflater() { ready_ = inflateInit2(&stream_, gzip_only + MAX_WBITS) == Z_OK; }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (ready_) {
            inflateEnd(&stream_);
        }
    }
    bool ready() const { return ready_; }
    z_stream& stream() { return stream_; }

private:
    z_stream stream_{};
    bool ready_ = false;
};

} // namespace

bool is_gzip(const Bytes& file) {
    return file.size() >= 2 && file[0] == 0x1f && file[1] == 0x8b;
}

Result<Bytes, GzipError> gunzip(const Bytes& file, std::uint64_t size_max) {
    Inflater inflater;
    if (!inflater.ready() || file.size() > std::numeric_limits<uInt>::max()) {
        return Err{GzipError::too_big};
    }
    z_stream& stream = inflater.stream();
    // zlib's interface lacks the const; it does not write there.
    stream.next_in = const_cast<Bytef*>(file.data());
    stream.avail_in = static_cast<uInt>(file.size());
    Bytes out;
    int status = Z_OK;
    while (status == Z_OK) {
        const std::size_t done = out.size();
        if (done > size_max) {
            return Err{GzipError::too_big};
        }
        out.resize(done + piece);
        stream.next_out = out.data() + done;
        stream.avail_out = static_cast<uInt>(piece);
        status = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    if (status != Z_STREAM_END) {
        return Err{GzipError::damaged};
    }
    if (out.size() > size_max) {
        return Err{GzipError::too_big};
    }
    return out;
}

std::uint32_t crc32_of(const std::uint8_t* bytes, std::size_t size) {
    return static_cast<std::uint32_t>(::crc32_z(0, bytes, size));
}

} // namespace amp
