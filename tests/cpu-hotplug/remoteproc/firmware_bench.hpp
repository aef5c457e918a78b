// SPDX-License-Identifier: GPL-2.0-only
// A partition for firmware files: what it was created with, and what came of a load.
#ifndef AMP_TESTS_FIRMWARE_BENCH_HPP
#define AMP_TESTS_FIRMWARE_BENCH_HPP

#include <string>

#include "elf_builder.hpp"
#include "firmware_rig.h"

namespace amp::test {

class Bench {
public:
    explicit Bench(bool is_32bit = false, bool has_rpmsg = true) {
        blob_.d.flags = is_32bit ? AMP_PARTITION_AARCH32 : 0;
        blob_.d.entry = text_gpa;
        blob_.d.virtio_offset = offsetof(Blob, device);
        blob_.d.virtio_count = 2;
        blob_.device[0].device_id = 4;
        blob_.device[1].device_id = has_rpmsg ? AMP_VIRTIO_ID_RPMSG : 1;
        rig_.descriptor = &blob_.d;
        set_image(Table().bytes());
    }
    Bench(const Bench&) = delete;
    ~Bench() { rig_free(&rig_); }

    /// The image so far, at data_gpa.
    void set_image(Bytes bytes) {
        image_ = std::move(bytes);
        rig_.image = image_.data();
        rig_.image_gpa = data_gpa;
        rig_.image_size = image_.size();
    }
    int check(const Bytes& file) { return rig_check(&rig_, file.data(), file.size()); }
    int load(const Bytes& file) { return rig_load(&rig_, file.data(), file.size()); }
    Bytes piece(unsigned index) const {
        const rig_piece& p = rig_.piece[index];
        return p.size == 0 ? Bytes() : Bytes(rig_.loaded + p.first_byte, rig_.loaded + p.first_byte + p.size);
    }
    std::string message() const { return rig_.message; }
    rig& outcome() { return rig_; }
    amp_partition& descriptor() { return blob_.d; }
    const Bytes& image() const { return image_; }

private:
    struct Blob {
        amp_partition d;
        amp_virtio device[2];
    };
    Blob blob_{};
    Bytes image_;
    rig rig_{};
};

} // namespace amp::test

#endif
