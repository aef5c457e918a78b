// SPDX-License-Identifier: GPL-2.0-only
// Which of MPAM's registers are written on which core: no emulator of ours has them.
#include "arch/arm64/mpam.hpp"

#include <map>
#include <string>

#include <catch2/catch.hpp>

using namespace amp;
using Written = std::map<std::string, std::uint64_t>;

namespace {

// A core; one without MPAM has none of the registers, and with firmware that keeps them every access ends the machine.
struct Core {
    bool allowed;
    std::uint64_t version, identification;
    Written& written;

    bool usable() const { return allowed; }
    std::uint64_t pfr0() const { return version << 40; }
    std::uint64_t mpamidr() const {
        REQUIRE((allowed && version != 0));
        return identification;
    }
    void set(const char* name, std::uint64_t value) const {
        REQUIRE((allowed && version != 0));
        written[name] = value;
    }
    void set_mpam0(std::uint64_t value) const { set("MPAM0_EL1", value); }
    void set_mpam1(std::uint64_t value) const { set("MPAM1_EL1", value); }
    void set_mpam2(std::uint64_t value) const { set("MPAM2_EL2", value); }
    void set_mpamhcr(std::uint64_t value) const {
        REQUIRE((identification & 1ull << 17) != 0);
        set("MPAMHCR_EL2", value);
    }
};

} // namespace

TEST_CASE("MPAM: a core without it, or one whose firmware keeps it, is left alone") {
    const bool allowed = GENERATE(false, true);
    Written written;
    const Core core{allowed, allowed ? 0u : 1u, ~0ull, written};
    close_mpam(core);
    open_mpam(core);
    CHECK(written.empty());
}

TEST_CASE("MPAM: the guest's registers trap, all that there are") {
    const bool hcr = GENERATE(false, true), tidr = GENERATE(false, true);
    Written written;
    const Core core{true, 1, std::uint64_t{hcr} << 17 | std::uint64_t{tidr} << 58 | 0x3f, written};
    close_mpam(core);
    Written expected = {{"MPAM0_EL1", 0}, {"MPAM1_EL1", 0}, {"MPAM2_EL2", 3ull << 48 | std::uint64_t{tidr} << 58}};
    if (hcr) {
        expected["MPAMHCR_EL2"] = 1ull << 31;
    }
    CHECK(written == expected);

    open_mpam(core);
    for (const auto& [name, value] : written) {
        INFO(name);
        CHECK(value == 0);
    }
}
