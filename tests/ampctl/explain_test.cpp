// SPDX-License-Identifier: GPL-2.0-only
#include "explain.hpp"

#include "names.hpp"
#include "nearest.hpp"
#include "output.hpp"
#include "remedies.hpp"
#include "syndrome.hpp"

#include <catch2/catch.hpp>
#include <cerrno>
#include <sstream>

using namespace amp::ctl;

namespace {

std::string said(std::uint32_t status, std::uint64_t value, std::uint32_t index = 0) {
    const Error error = explain({EIO, CallPlace::partition, {status, index, value}}, "start motor");
    return error.message + "; " + error.remedy;
}

} // namespace

TEST_CASE("every status code of the ABI has a text, a remedy and an exit status") {
#define CHECK_ROW(name, number, words)                                                                                 \
    {                                                                                                                  \
        INFO(#name);                                                                                                   \
        const Remedy* remedy = find_remedy(number);                                                                    \
        REQUIRE(remedy != nullptr);                                                                                    \
        CHECK(!remedy->remedy.empty());                                                                                \
        CHECK((remedy->exit == ExitStatus::ok) == (number == 0));                                                      \
        CHECK(status_name(number) == #name);                                                                           \
        CHECK(status_text(number) == words);                                                                           \
        const std::string text = report_text({number, 4711, 0x5eed});                                                  \
        CHECK(text.find("index") == std::string::npos);                                                                \
        CHECK(text.find("value") == std::string::npos);                                                                \
        CHECK(report_remedy({number, 4711, 0x5eed}).find('{') == std::string::npos);                                   \
    }
    AMP_STATUS_LIST(CHECK_ROW)
#undef CHECK_ROW
    CHECK(find_remedy(9999) == nullptr);
    CHECK(report_text({9999, 0, 0}) == "a code that this ampctl does not know; update it");
}

TEST_CASE("a report's numbers become words") {
    CHECK(said(AMP_STATUS_CORE_OFFLINE, 3) ==
          "can't start motor: core 3 is offline; bring it up: `echo 1 > /sys/devices/system/cpu/cpu3/online`");
    CHECK(said(AMP_STATUS_BAD_STATE, AMP_STATE_RUNNING).starts_with("can't start motor: not in this state (running)"));
    CHECK(report_text({AMP_STATUS_REGION_OVERLAP, 2, 0x9000000}) ==
          "region 2 overlaps another one or a virtual device at 0x9000000");
    CHECK(report_text({AMP_STATUS_CORE_START_FAILED, 3, 0xfffffffffffffffc}) ==
          "firmware did not start core 3 (PSCI error -4 ALREADY_ON)");
    CHECK(report_text({AMP_STATUS_OUT_OF_MEMORY, 0, 4096}) == "4096 more bytes of memory were needed");
}

TEST_CASE("errno without a report never shows as a bare number or name") {
    const auto message = [](int number, CallPlace place) { return explain({number, place, {}}, "do it").message; };
    CHECK(message(ENOENT, CallPlace::device) == "can't do it: the module is not loaded");
    CHECK(message(EACCES, CallPlace::device) == "can't do it: no permission to use /dev/amp");
    CHECK(message(ENOTTY, CallPlace::device) == "can't do it: /dev/amp answers in another ABI version");
    CHECK(message(ENODEV, CallPlace::partition) == "can't do it: there is no such partition");
    CHECK(message(EBUSY, CallPlace::node) == "can't do it: another program has it open");
    CHECK(explain({EINTR, CallPlace::partition, {}}, "x").status == ExitStatus::interrupted);
    CHECK(explain({EAGAIN, CallPlace::node, {}}, "x").status == ExitStatus::timed_out);
    for (int number = 1; number < 134; ++number)
        for (const CallPlace place : {CallPlace::device, CallPlace::partition, CallPlace::node})
            CHECK(message(number, place).size() > std::string("can't do it: ").size());
}

TEST_CASE("names of states, exits and causes come from the ABI's lists") {
    CHECK(state_name(AMP_STATE_CRASHED) == "crashed");
    CHECK(state_name(99) == "unknown");
#define CHECK_EXIT(name, number, crash, text)                                                                          \
    CHECK(exit_name(number) == #name);                                                                                 \
    CHECK(exit_text(number) == text);                                                                                  \
    CHECK(exit_is_crash(number) == (crash != 0));
    AMP_EXIT_LIST(CHECK_EXIT)
#undef CHECK_EXIT
#define CHECK_CAUSE(name, number, text)                                                                                \
    CHECK(cause_name(number) == #name);                                                                                \
    CHECK(cause_text(number) == text);
    AMP_CAUSE_LIST(CHECK_CAUSE)
#undef CHECK_CAUSE
}

TEST_CASE("the nearest name") {
    const std::vector<std::string> names{"motor", "pump", "console"};
    CHECK(edit_distance("motor", "motro") == 1);
    CHECK(edit_distance("", "abc") == 3);
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(nearest("motro", names) == "motor");
    CHECK(nearest("co", names) == "console");
    CHECK(nearest("pmup", names) == "pump");
    CHECK(!nearest("zzz", names));
    CHECK(!nearest("motor", {}));
}

TEST_CASE("sizes, times, tables, hostile text") {
    CHECK(size_text(0) == "0 bytes");
    CHECK(size_text(1) == "1 byte");
    CHECK(size_text(3 * 512) == "1.5 KiB");
    CHECK(size_text(16u << 20) == "16 MiB");
    CHECK(size_text(5ull << 40) == "5 TiB");
    CHECK(duration_text(0.00085) == "850 us");
    CHECK(duration_text(0.0123) == "12.3 ms");
    CHECK(duration_text(3.21) == "3.2 s");
    CHECK(duration_text(125) == "2 min 5 s");
    CHECK(duration_text(11040) == "3 h 4 min");
    CHECK(duration_text(200000) == "2 d 7 h");
    CHECK(ticks_text(1000, 3000, 1'000'000) == "2 ms");
    CHECK(ticks_seconds(3000, 1000, 1'000'000) == 0);
    CHECK(ticks_seconds(0, 1000, 0) == 0);
    CHECK(printable("a\x1b[2Jb\n") == "a\\x1b[2Jb\n");
    std::ostringstream out;
    Table table({"A", "BB"});
    table.add({"longer", "x"});
    table.print(out, "> ");
    CHECK(out.str() == "> A       BB\n> longer  x\n");
}

TEST_CASE("syndromes in words") {
    CHECK(syndrome_text(0x93c48046) ==
          "data abort from a lower exception level: translation fault, level 2, write of 8 bytes from x4");
    CHECK(syndrome_text(0x92000006) ==
          "data abort from a lower exception level: translation fault, level 2, read, no syndrome");
    CHECK(syndrome_text(0x8200000e) == "instruction abort from a lower exception level: permission fault, level 2");
    CHECK(syndrome_text(0x92000010) == "data abort from a lower exception level: external abort, read, no syndrome");
    CHECK(syndrome_text(0x92000016) ==
          "data abort from a lower exception level: external abort on a table walk, level 2, read, no syndrome");
    // MRS x3, MIDR_EL1: op0 3, op1 0, CRn 0, CRm 0, op2 0
    CHECK(syndrome_text(0x62300061) == "system register access: read of S3_0_C0_C0_0, x3");
    CHECK(syndrome_text(0x5a000007) == "HVC #7");
    CHECK(syndrome_text(0xf2000001) == "BRK #1");
    CHECK(syndrome_text(0x02000000) == "unknown reason (an undefined instruction, for instance)");
}
