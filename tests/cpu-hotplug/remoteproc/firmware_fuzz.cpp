// SPDX-License-Identifier: GPL-2.0-only
// A file that somebody made up for a partition whose image so far may be made up, too. The input is bytes as they are, or
// a list of changes to a good file. What is accepted has to be what the rest of the module takes for granted.
#include "firmware_bench.hpp"
#include "input.hpp"

using namespace amp::test;
using amp::fuzz::Input;
using amp::fuzz::must;

namespace {

std::uint64_t value_of(Input& input) {
    static constexpr std::uint64_t near[] = {0, 1, 64, 0x1000, 0x10000, 1u << 20, text_gpa, text_virtual, data_gpa, ring_gpa,
                                             carveout_gpa, 0x7fffffff, 0x80000000, 0xffffffff, UINT64_MAX, sizeof(Elf64)};
    const std::uint8_t how = input.byte();
    switch (how % 4) {
    case 0: return input.number(8);
    case 1: return input.byte();
    case 2: return near[how / 4 % 16] + input.byte();
    default: return near[how / 4 % 16] - input.byte();
    }
}

// Any place, with any of the widths that fields have.
void change(Bytes& bytes, Input& input) {
    const std::uint8_t width = static_cast<std::uint8_t>(1u << (input.byte() % 4));
    const std::size_t place = input.half() % bytes.size() / width * width;
    const std::uint64_t value = value_of(input);
    std::memcpy(&bytes[place], &value, std::min<std::size_t>(width, bytes.size() - place));
}

// A word of the table, perhaps in the image so far, too.
template <typename E>
void change_table(Bytes& file, Bytes& image, Input& input) {
    const std::uint8_t choice = input.byte();
    const std::size_t place = choice % (sizeof(Table) / 4) * 4;
    const auto value = static_cast<std::uint32_t>(value_of(input));
    const bool open = (input.byte() & 3) == 0;
    const std::uint32_t in_file = open ? AMP_RSC_ANY : value;
    if (offsetof(E, table) + place + 4 <= file.size()) {
        std::memcpy(&file[offsetof(E, table) + place], &in_file, 4);
    }
    if (place + 4 <= image.size()) {
        std::memcpy(&image[place], &value, 4);
    }
}

template <typename E>
void make_up(Bytes& file, Bytes& image, Input& input) {
    file = E().bytes();
    image = Table().bytes();
    while (!input.empty() && !file.empty()) {
        switch (input.byte() % 8) {
        case 0: file.resize(input.half() % (file.size() + 1)); break;
        case 1: image.resize(input.byte() % (image.size() + 1)); break;
        case 2:
        case 3: change_table<E>(file, image, input); break;
        default: change(file, input); break;
        }
    }
}

bool apart(unsigned __int128 a, unsigned __int128 a_size, unsigned __int128 b, unsigned __int128 b_size) {
    return a + a_size <= b || b + b_size <= a;
}

bool is_clear(const rig& r, std::uint64_t gpa, std::uint64_t size) {
    for (unsigned i = 0; i < r.piece_count; i++) {
        if (!apart(r.piece[i].gpa, r.piece[i].room, gpa, size)) {
            return false;
        }
    }
    return true;
}

bool has_bytes(const rig& r, const std::uint8_t* bytes, std::uint64_t size) {
    for (unsigned i = 0; i < r.piece_count; i++) {
        const rig_piece& p = r.piece[i];
        if (size != 0 && data_gpa >= p.gpa && size <= p.size && data_gpa - p.gpa <= p.size - size &&
            std::memcmp(r.loaded + p.first_byte + (data_gpa - p.gpa), bytes, size) == 0) {
            return true;
        }
    }
    return false;
}

// The image so far, where its table is still the one that Table describes.
void must_leave_alone(const rig& r, const Bytes& image) {
    Table t;
    if (image.size() != sizeof(t)) {
        return;
    }
    std::memcpy(static_cast<void*>(&t), image.data(), sizeof(t));
    if (t.head.count != 2 || t.offset[0] != 24 || t.offset[1] != 92 || t.vdev.type != AMP_RSC_VDEV ||
        t.vdev.vring_count != 2 || t.carveout.type != AMP_RSC_CARVEOUT || !has_bytes(r, image.data(), image.size())) {
        return;
    }
    for (const amp_rsc_vring& ring : t.ring) {
        must(is_clear(r, ring.da, amp_vring_size(ring.num, ring.align)));
    }
    must(t.carveout.size == 0 || is_clear(r, t.carveout.da, t.carveout.size));
}

void judge(Bench& bench, const Bytes& file, bool has_rpmsg) {
    const int checked = bench.check(file);
    must(bench.outcome().replaced == 0);
    must((checked == 0) == bench.message().empty());
    const int loaded = bench.load(file);
    const rig& r = bench.outcome();
    must(checked == 0 || loaded != 0);
    must(r.replaced == (loaded == 0 ? 1 : 0));
    if (loaded != 0) {
        must(!bench.message().empty());
        return;
    }
    must(r.piece_count >= 1);
    for (unsigned i = 0; i < r.piece_count; i++) {
        must(r.piece[i].size <= r.piece[i].room && r.piece[i].room != 0);
    }
    if (has_rpmsg) {
        must_leave_alone(r, bench.image());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    const std::uint8_t choice = input.byte();
    const bool is_32bit = (choice & 1) != 0;
    const bool has_rpmsg = (choice & 6) != 0;
    Bench bench(is_32bit, has_rpmsg);
    Bytes file;
    Bytes image = bench.image();
    if ((choice & 0x18) == 0) {
        file.assign(data + std::min<std::size_t>(size, 1), data + size);
    } else if (is_32bit) {
        make_up<Elf32>(file, image, input);
    } else {
        make_up<Elf64>(file, image, input);
    }
    bench.set_image(image);
    judge(bench, file, has_rpmsg);
    return 0;
}
