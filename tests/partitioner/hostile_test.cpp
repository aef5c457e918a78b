// SPDX-License-Identifier: GPL-2.0-only
// Descriptions as nobody would write them, by mistake or malice: each is answered by the right rule, in words that show the
// value, and by nothing else. What one rule alone is about is in bad/.
#include <catch2/catch.hpp>

#include "amp/partitioner/check.hpp"
#include "description_source.hpp"
#include "fdt_tree.hpp"
#include "support/golden.hpp"
#include "support/worlds.hpp"

using namespace amp;
using namespace amp::test;

namespace {

std::string reported(const Bytes& bytes, const std::string& file) {
    const auto spec = load_spec(bytes, file);
    Diagnostics all = spec.diagnostics;
    all.append(check({spec.value}, qemu_world(), image_disk()));
    return text_of(all);
}

struct Property {
    const char* text;    // of the partition
    const char* message; // the first line's end; the only error
};

struct Device {
    const char* kind;
    const char* text;
    const char* message;
};

void check_only(const std::string& text, const std::string& message) {
    INFO(text);
    const auto first = text.find("error: ");
    REQUIRE(first != std::string::npos);
    CHECK(text.substr(first + 7, text.find('\n', first) - first - 7) == message);
    CHECK(text.find("error: ", first + 7) == std::string::npos);
    CHECK(text.find("  hint: ") != std::string::npos);
}

} // namespace

TEST_CASE("properties of a partition of the wrong type") {
    const Property properties[] = {
        {"os,type = \"a\", \"b\";", "os,type is not one string: it is \"a\", \"b\" [spec.property-type]"},
        {"os,type;", "os,type is not one string: it is without a value [spec.property-type]"},
        {"os,type = \"a\\x1b[2J\";", "os,type is not one string: it is [61 1b 5b 32 4a 00] [spec.property-type]"},
        {"amp,initrd = <0x12345678>;", "amp,initrd is not one string: it is <0x12345678> [spec.property-type]"},
        {"amp,entry = <1 2 3>;", "amp,entry is not a number of one or two cells: it is <0x1 0x2 0x3> [spec.property-type]"},
        {"amp,entry = <1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20>;",
         "amp,entry is not a number of one or two cells: it is <0x1 0x2 0x3 0x4 0x5 0x6 0x7 0x8 0x9 0xa 0xb 0xc 0xd 0xe 0xf... "
         "(80 bytes) [spec.property-type]"},
        {"amp,aarch32 = <0>;", "amp,aarch32 is not a flag without a value: it is <0x0> [spec.property-type]"},
        {"amp,dtb-overlay = [01];", "amp,dtb-overlay is not a list of strings: it is [01] [spec.property-type]"},
        {"chosen { bootargs = <1>; };", "bootargs is not one string: it is <0x1> [spec.property-type]"},
        {"amp,initrd = \"a\\nb'c\";", "initrd 'a\\x0ab'c' can't be read: No such file or directory [initrd.unreadable]"},
        {"amp,initrd = \"../../../../etc/nothing\";",
         "initrd '../../../../etc/nothing' can't be read: No such file or directory [initrd.unreadable]"},
    };
    for (const auto& one : properties) {
        check_only(reported(bytes_of(description(one.text)), "m.dts"), one.message);
    }
}

TEST_CASE("virtio devices") {
    const Device devices[] = {
        {"net", "amp,backend = \"tap:\";", "'tap:' is no back end of a virtio,net [virtio.backend-unknown]"},
        {"net", "amp,backend = \"TAP:a\";", "'TAP:a' is no back end of a virtio,net [virtio.backend-unknown]"},
        {"net", "amp,backend = \"\";", "'' is no back end of a virtio,net [virtio.backend-unknown]"},
        {"net", "amp,backend = \"tap:../x\";", "'../x' can't be the name of a network interface [virtio.interface-name]"},
        {"net", "amp,backend = \"tap:a\\nb\";", "'a\\x0ab' can't be the name of a network interface [virtio.interface-name]"},
        {"net", "amp,backend = \"tap:a\"; local-mac-address = [ff ff ff ff ff ff];",
         "ff:ff:ff:ff:ff:ff is the address of a group, not of a device [virtio.mac]"},
        {"net", "amp,backend = \"tap:a\"; local-mac-address = [02 00 00];",
         "local-mac-address is not 6 bytes: it is [02 00 00] [spec.property-type]"},
        {"net", "amp,backend = \"tap:a\"; local-mac-address = \"02:00:00:00:00:01\";",
         "local-mac-address is not 6 bytes: it is \"02:00:00:00:00:01\" [spec.property-type]"},
        {"net", "amp,backend = \"tap:a\"; amp,mtu = <67>;", "an MTU of 67 is not possible for virtio device 'd' [virtio.mtu]"},
        {"net", "amp,backend = \"tap:a\"; amp,mtu = <(-1)>;",
         "an MTU of 4294967295 is not possible for virtio device 'd' [virtio.mtu]"},
        {"net", "amp,backend = \"tap:a\"; amp,cid = <3>;",
         "amp,cid is a property of virtio,vsock, not of virtio,net [spec.unknown-property]"},
        {"blk", "amp,backend = \"file:disk.img\"; amp,mtu = <1500>;",
         "amp,mtu is a property of virtio,net, not of virtio,blk [spec.unknown-property]"},
        {"blk", "amp,backend = \"file:disk.img/\";", "there is no file 'disk.img/' [virtio.file-missing]"},
        {"blk", "amp,backend = \"file:/dev/zero\";", "'/dev/zero' is neither a file nor a block device [virtio.file-missing]"},
        {"console", "amp,backend = \"pty:x\";", "'pty:x' is no back end of a virtio,console [virtio.backend-unknown]"},
        {"vsock", "amp,cid = <2>;", "context id 2 is reserved [virtio.cid]"},
        {"vsock", "amp,cid = <0xffffffff>;", "context id 4294967295 is reserved [virtio.cid]"},
        {"vsock", "amp,cid = <0 3>;", "amp,cid is not one cell: it is <0x0 0x3> [spec.property-type]"},
        {"rng", "sub { };", "node 'sub' has no meaning here [spec.unknown-node]"},
    };
    for (const auto& one : devices) {
        const std::string node = std::string("virtio { d { compatible = \"virtio,") + one.kind + "\"; " + one.text + " }; };";
        check_only(reported(bytes_of(description(node)), "m.dts"), one.message);
    }
}

TEST_CASE("sources that dtc does not take, and what was meant") {
    struct Source {
        std::string text;
        const char* hint;
    };
    const Source sources[] = {
        {"", "hint: the file is empty"},
        {"\xef\xbb\xbf" + description(), "hint: the file begins with a byte order mark"},
        {"/dts-v1/;\n#include <dt-bindings/gpio.h>\n/ { };", "hint: this is for the C preprocessor"},
        {"/ { domains { }; };", "hint: a source begins with /dts-v1/;"},
        {"/dts-v1/;\n/ { a { }; a { x; x; }; };", "hint: give each node"},
        {"/dts-v1/;\n/ { a { };\n", "hint: see the Devicetree Specification"},
        {"/dts-v1/;\n/include/ \"nothing.dtsi\"\n/ { };", "hint: files that it includes are looked for"},
    };
    for (const auto& one : sources) {
        const std::string text = reported(bytes_of(one.text), "m.dts");
        INFO(text);
        CHECK(text.find("[spec.syntax]") != std::string::npos);
        CHECK(text.find(one.hint) != std::string::npos);
    }
}

TEST_CASE("a file with the line ends of another system, and one with a line of 200 KiB") {
    std::string text = description();
    for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
        text.insert(at, "\r");
    }
    CHECK(reported(bytes_of(text), "m.dts") == "");
    const std::string wide = reported(bytes_of(description("x = \"" + std::string(200000, 'z') + "\";")), "m.dts");
    CHECK(wide.size() < 1000);
}

TEST_CASE("names in a blob that no source could have") {
    TreeNode root;
    root.path = "/";
    TreeNode& domains = root.add("domains");
    domains.set_cells("#address-cells", {2});
    domains.set_cells("#size-cells", {2});
    domains.add("a\x1b[2J\n").set_text("compatible", "amp,partition-v1");
    domains.add("twin").set_text("compatible", "amp,partition-v1");
    TreeNode& twin = domains.add("twin");
    twin.set_text("compatible", "amp,partition-v1");
    twin.set_cells("id", {1});
    twin.set_cells("id", {2});
    const std::string text = reported(write_dtb(root), "m.dtb");
    INFO(text);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("two nodes are called 'twin' [spec.not-device-tree]") != std::string::npos);
    CHECK(text.find("two properties are called 'id' [spec.not-device-tree]") != std::string::npos);
}

TEST_CASE("three hundred partitions on one core are 299 mistakes, not all pairs of them") {
    std::string text = "/dts-v1/;\n/ { domains { #address-cells = <2>; #size-cells = <2>;\n";
    for (int i = 1; i <= 300; ++i) {
        const std::string number = std::to_string(i);
        text += "p" + number + " { compatible = \"amp,partition-v1\"; id = <" + number +
                ">; amp,cores = <3>; memory = <0 0x40000000 0 0x200000>; amp,image = \"guest.elf\"; };\n";
    }
    const auto spec = load_spec(bytes_of(text + "}; };\n"), "m.dts");
    REQUIRE(text_of(spec.diagnostics) == "");
    std::size_t shared = 0;
    for (const auto& one : check({spec.value}, qemu_world(), image_disk())) {
        shared += one.rule == "cpus.shared" ? 1u : 0u;
    }
    CHECK(shared == 299);
}
