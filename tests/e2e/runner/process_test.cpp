// SPDX-License-Identifier: GPL-2.0-only
#include "process.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

using namespace amp::e2e;

namespace {

struct TemporaryFile {
    TemporaryFile() {
        char name[] = "/tmp/amp-e2e-XXXXXX";
        ::close(::mkstemp(name));
        path = name;
    }
    ~TemporaryFile() { std::filesystem::remove(path); }
    std::string text() const {
        std::ifstream stream(path);
        return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    }
    std::filesystem::path path;
};

// Its entry is gone, or a zombie's that nobody has collected yet.
bool is_over(int process) {
    std::ifstream stat("/proc/" + std::to_string(process) + "/stat");
    std::string pid, name, state;
    stat >> pid >> name >> state;
    return !stat || state == "Z" || state == "X";
}

}  // namespace

TEST_CASE("status and both outputs of the program are kept") {
    const TemporaryFile log;
    const auto ended = run_process({"/bin/sh", "-c", "echo out; echo err >&2; exit 3"}, log.path, 10);
    CHECK(ended.status == 3);
    CHECK_FALSE(ended.timed_out);
    CHECK(log.text() == "out\nerr\n");
}

TEST_CASE("a program that can't be run is status 127") {
    const TemporaryFile log;
    CHECK(run_process({"/no/such/program"}, log.path, 10).status == 127);
}

TEST_CASE("the limit ends the whole process group") {
    const TemporaryFile log;
    const auto ended = run_process({"/bin/sh", "-c", "sleep 100 & echo $!; wait"}, log.path, 1);
    CHECK(ended.timed_out);
    CHECK(ended.status == 128 + 9);
    CHECK(ended.seconds < 20);
    // The background child was in the group. A signal that was sent is acted upon when its process next runs.
    bool over = false;
    for (int i = 0; i < 1000 && !over; ++i) {
        over = is_over(std::stoi(log.text()));
        std::this_thread::sleep_for(std::chrono::milliseconds(over ? 0 : 10));
    }
    CHECK(over);
}
