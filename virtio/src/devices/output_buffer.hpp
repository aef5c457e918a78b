// SPDX-License-Identifier: GPL-2.0-only
// What a guest has written to its console and nobody has read yet: the newest bytes, up to a limit. The guest never waits for a
// reader, so the oldest go.
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <unistd.h>

namespace amp::virtio {

class OutputBuffer {
public:
    static constexpr std::size_t limit = 64 * 1024;

    void append(std::string_view bytes) {
        if (bytes.size() > limit)
            bytes.remove_prefix(bytes.size() - limit);
        if (text_.size() - begin_ + bytes.size() > limit)
            begin_ = text_.size() + bytes.size() - limit;
        if (begin_ > limit) {
            text_.erase(0, begin_);
            begin_ = 0;
        }
        text_.append(bytes);
    }
    [[nodiscard]] bool empty() const { return begin_ == text_.size(); }

    // false: the other side is gone
    bool write_to(int fd) {
        while (!empty()) {
            const ssize_t written = ::write(fd, text_.data() + begin_, text_.size() - begin_);
            if (written <= 0)
                return written < 0 && (errno == EAGAIN || errno == EINTR);
            begin_ += static_cast<std::size_t>(written);
        }
        text_.clear();
        begin_ = 0;
        return true;
    }

private:
    std::string text_;
    std::size_t begin_ = 0;
};

} // namespace amp::virtio
