// SPDX-License-Identifier: GPL-2.0-only
// What ships must be right: every example and every board file.
#include <catch2/catch.hpp>

#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

TEST_CASE("every example passes all checks") {
    const std::string folder = std::string(AMP_SOURCE_DIR) + "/dts/examples";
    FakeDisk disk = image_disk();
    disk.write(folder + "/Image", *disk.read("Image"));
    disk.write(folder + "/initrd.cpio.gz", *disk.read("initrd"));
    disk.write(folder + "/u-boot.bin", *disk.read("guest.bin"));
    disk.write(folder + "/root.img", Bytes(512));
    std::size_t count = 0;
    for (const auto& name : RealDisk().list(folder)) {
        INFO(name);
        const auto spec = load_spec(RealDisk(), folder + "/" + name);
        CHECK(text_of(spec.diagnostics) == "");
        Diagnostics found = check({spec.value}, qemu_world(), disk);
        std::string unexpected;
        for (const auto& diagnostic : found) {
            // Other guests than those of image_disk() are built elsewhere.
            unexpected += diagnostic.rule == "image.unreadable" ? "" : format(diagnostic);
        }
        CHECK(unexpected == "");
        ++count;
    }
    CHECK(count >= 6);
}

TEST_CASE("every board file is right") {
    const auto boards = load_boards(RealDisk(), std::string(AMP_SOURCE_DIR) + "/boards");
    CHECK(text_of(boards.diagnostics) == "");
    CHECK_FALSE(boards.value.empty());
    CHECK(pick_board(boards.value, qemu_live(3).compatible).name == "QEMU virt");
}
