// SPDX-License-Identifier: GPL-2.0-only
// virtio.json: what is read, and the sentence that each mistake gives.
#include <catch2/catch.hpp>
#include <config.hpp>
#include <run_files.hpp>

namespace {

using amp::backend::parse_config;

const std::string good_device = R"({"index": 0, "name": "disk0", "type": "blk", "backend": "file:/srv/a:b", "read-only": true})";

std::string with_devices(const std::string& devices) {
    return R"({"partition": "web", "memory": [{"gpa": 1073741824, "size": 4096}], "devices": [)" + devices + "]}";
}

std::string error_of(const std::string& text) {
    const auto config = parse_config(text, "virtio.json");
    REQUIRE_FALSE(config);
    return config.error();
}

std::string error_of_device(const std::string& device) { return error_of(with_devices(device)); }

} // namespace

TEST_CASE("The configuration of the decision record is read") {
    const auto config = parse_config(R"({ "partition": "web",
      "memory": [ { "gpa": 1073741824, "size": 134217728 } ],
      "devices": [
        { "index": 0, "name": "net0",   "type": "net",     "backend": "vhost-net:amp0", "mac": "52:54:00:12:34:56", "mtu": 1500 },
        { "index": 1, "name": "disk0",  "type": "blk",     "backend": "file:/srv/root.ext4", "read-only": false },
        { "index": 2, "name": "con0",   "type": "console", "backend": "pty" },
        { "index": 3, "name": "rng0",   "type": "rng",     "backend": "getrandom" },
        { "index": 4, "name": "vsock0", "type": "vsock",   "backend": "vhost-vsock", "cid": 3 } ] })",
                                     "virtio.json");
    INFO((config ? "" : config.error()));
    REQUIRE(config);
    CHECK(config->partition == "web");
    CHECK(config->memory.at(0).size == 134217728);
    REQUIRE(config->devices.size() == 5);
    CHECK(config->devices[0].kind == "vhost-net");
    CHECK(config->devices[0].target == "amp0");
    CHECK(config->devices[0].mac.value()[5] == 0x56);
    CHECK(config->devices[0].mtu.value() == 1500);
    CHECK(config->devices[1].target == "/srv/root.ext4");
    CHECK_FALSE(config->devices[1].read_only);
    CHECK(config->devices[2].kind == "pty");
    CHECK(config->devices[4].cid == 3);
}

TEST_CASE("A path may contain colons; read-only is taken") {
    const auto config = parse_config(with_devices(good_device), "virtio.json");
    REQUIRE(config);
    CHECK(config->devices[0].target == "/srv/a:b");
    CHECK(config->devices[0].read_only);
}

TEST_CASE("Each mistake is named with its place") {
    CHECK_THAT(error_of("{"), Catch::StartsWith("virtio.json: not JSON: "));
    CHECK(error_of("[]") == "virtio.json: an object is expected, not array");
    CHECK(error_of("{}") == "virtio.json: 'partition' is missing; a string is expected");
    CHECK_THAT(error_of(R"({"partition": "../etc", "memory": [], "devices": []})"),
               Catch::StartsWith("virtio.json: 'partition' is '../etc'; a name is"));
    CHECK_THAT(error_of(R"({"partition": "web", "memory": [], "devices": []})"), Catch::Contains("'memory' is empty"));
    CHECK_THAT(error_of(R"({"partition": "web", "memory": [{"gpa": 1, "size": 4096}], "devices": []})"),
               Catch::StartsWith("virtio.json: memory[0]: 'gpa' and 'size' have to be multiples of 4096"));
    CHECK(error_of(R"({"partition": "web", "memory": [{"gpa": 0, "size": 4096}], "devices": [], "x": 1})") ==
          "virtio.json: 'x' is not known here");
}

TEST_CASE("Each mistake in a device is named with the device") {
    CHECK(error_of_device("1") == "virtio.json: devices[0]: an object is expected, not number");
    CHECK(error_of_device(R"({"name": "a"})") == "virtio.json: devices[0] (a): 'index' is missing; a number is expected");
    CHECK(error_of_device(R"({"name": "a", "index": 32})") ==
          "virtio.json: devices[0] (a): 'index' is 32; a number from 0 to 31 is expected");
    CHECK(error_of_device(R"({"name": "a", "index": -1})") ==
          "virtio.json: devices[0] (a): 'index' is -1; a number from 0 to 31 is expected");
    CHECK(error_of_device(R"({"name": "a", "index": 0, "type": "gpu"})") ==
          "virtio.json: devices[0] (a): 'type' is 'gpu'; there are net, blk, console, rng, vsock, rpmsg");
    CHECK(error_of_device(R"({"name": "a", "index": 0, "type": "blk", "backend": "tap:x"})") ==
          "virtio.json: devices[0] (a): 'backend' is 'tap:x'; a blk device has file:<path>, vhost-user:<socket>");
    CHECK(error_of_device(R"({"name": "a", "index": 0, "type": "net", "backend": "vhost-user:"})") ==
          "virtio.json: devices[0] (a): 'backend' is 'vhost-user:'; a net device has tap:<interface>, vhost-net:<interface>, " +
              std::string("vhost-user:<socket>"));
    CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "blk", "backend": "file:"})"),
               Catch::Contains("'backend' is 'file:'"));
    CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "rng", "backend": "getrandom:x"})"),
               Catch::Contains("a rng device has getrandom"));
    CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "rng", "backend": "getrandom", "cid": 3})"),
               Catch::Contains("'cid' is not known here"));
    for (const char* mac : {"52:54:00:12:34", "52:54:00:12:34:5", "52:54:00:12:34:567", "+2:54:00:12:34:56", "52:54:00:12:34:5g"})
        CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "net", "backend": "tap:x", "mac": ")" + std::string(mac) + "\"}"),
                   Catch::Contains("six pairs of hexadecimal digits"));
    CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "net", "backend": "tap:x", "mac": "53:54:00:12:34:56"})"),
               Catch::Contains("a group address"));
    CHECK_THAT(error_of_device(R"({"name": "a", "index": 0, "type": "vsock", "backend": "vhost-vsock", "cid": 2})"),
               Catch::Contains("'cid' is 2; a number from 3 to 4294967294 is expected"));
}

TEST_CASE("Two devices with one index or name are refused") {
    CHECK(error_of_device(good_device + R"(, {"index": 0, "name": "r", "type": "rng", "backend": "getrandom"})") ==
          "virtio.json: 'disk0' and 'r' have the same index 0");
    CHECK(error_of_device(good_device + R"(, {"index": 1, "name": "disk0", "type": "rng", "backend": "getrandom"})") ==
          "virtio.json: two devices are called 'disk0'");
}

TEST_CASE("A missing file is named with who writes it") {
    const auto config = amp::backend::read_config("/nonexistent/virtio.json");
    REQUIRE_FALSE(config);
    CHECK_THAT(config.error(), Catch::Contains("/nonexistent/virtio.json: No such file or directory; `ampctl create`"));
}
