// SPDX-License-Identifier: GPL-2.0-only
#include "arch/arm64/syndrome.hpp"

#include <catch2/catch.hpp>

#include "arch/arm64/undefined.hpp"

using namespace amp;

namespace {

// ISS of a data abort from EL1 (Arm ARM D19.2.40)
constexpr std::uint64_t isv = 1u << 24, sse = 1u << 21, sf = 1u << 15, s1ptw = 1u << 7, wnr = 1u << 6;
constexpr std::uint64_t sas(unsigned log2) { return std::uint64_t{log2} << 22; }
constexpr std::uint64_t srt(unsigned n) { return std::uint64_t{n} << 16; }
constexpr std::uint64_t translation_level_2 = 0x06, permission_level_3 = 0x0f;

} // namespace

TEST_CASE("which faults can be emulated") {
    CHECK(is_emulatable(isv | translation_level_2, false));
    CHECK_FALSE(is_emulatable(isv | translation_level_2, true));
    CHECK(is_emulatable(isv | wnr | translation_level_2, true));
    CHECK_FALSE(is_emulatable(translation_level_2, false));
    CHECK_FALSE(is_emulatable(isv | s1ptw | translation_level_2, false));
    CHECK_FALSE(is_emulatable(isv | permission_level_3, false));
    CHECK_FALSE(is_emulatable(isv | 0x10, false));
    for (unsigned level = 0; level < 4; ++level) {
        CHECK(is_emulatable(isv | (4 + level), false));
    }
}

TEST_CASE("where the guest's access went") {
    CHECK(fault_gpa(0, 0x9000ull << 4, 0xffff000012345678) == 0x09000678);
    CHECK(emulated_gpa(0x9000ull << 4, 0xffff000012345678) == 0x09000678);
    CHECK(fault_gpa(s1ptw, 0x70000ull << 4, 0x1234) == 0x70000000); // the page of the table; the offset is not known
    CHECK(fault_gpa(0, 0x7ffffffull << 4, 0xfff) == 0x7fffffffff);
}

TEST_CASE("loads: width, sign, register size") {
    CHECK(access_width(sas(0)) == 1);
    CHECK(access_width(sas(3)) == 8);
    CHECK(loaded_value(sas(0), 0x80) == 0x80);
    CHECK(loaded_value(sas(0) | sse, 0x80) == 0xffffff80);           // LDRSB Wt
    CHECK(loaded_value(sas(0) | sse | sf, 0x80) == 0xffffffffffffff80); // LDRSB Xt
    CHECK(loaded_value(sas(1) | sse | sf, 0x7fff) == 0x7fff);
    CHECK(loaded_value(sas(2) | sse | sf, 0x80000000) == 0xffffffff80000000); // LDRSW
    CHECK(loaded_value(sas(3) | sf, ~0ull) == ~0ull);
}

TEST_CASE("register 31 is zero and takes anything") {
    Registers registers{};
    write_register(registers, 31, 5);
    CHECK(read_register(registers, 31) == 0);
    write_register(registers, 30, 7);
    CHECK(read_register(registers, 30) == 7);
}

TEST_CASE("why a data abort ends the guest") {
    CHECK(data_abort_reason(translation_level_2, false) == AMP_EXIT_UNMAPPED_READ);
    CHECK(data_abort_reason(translation_level_2 | wnr, false) == AMP_EXIT_UNMAPPED_WRITE);
    CHECK(data_abort_reason(0x00, false) == AMP_EXIT_UNMAPPED_READ); // beyond the address size
    CHECK(data_abort_reason(permission_level_3, false) == AMP_EXIT_DENIED_READ);
    CHECK(data_abort_reason(permission_level_3 | wnr, false) == AMP_EXIT_DENIED_WRITE);
    CHECK(data_abort_reason(translation_level_2, true) == AMP_EXIT_NO_SYNDROME);
    CHECK(data_abort_reason(translation_level_2 | isv, true) == AMP_EXIT_BAD_DEVICE_ACCESS);
    CHECK(data_abort_reason(translation_level_2 | s1ptw, true) == AMP_EXIT_TABLE_WALK);
    CHECK(data_abort_reason(0x21, false) == AMP_EXIT_BAD_DEVICE_ACCESS);
    CHECK(data_abort_reason(0x35, false) == AMP_EXIT_BAD_DEVICE_ACCESS);
    CHECK(data_abort_reason(0x10, false) == AMP_EXIT_EXTERNAL_ABORT);
    CHECK(data_abort_reason(0x15 | s1ptw, false) == AMP_EXIT_EXTERNAL_ABORT);
    CHECK(data_abort_reason(0x18, false) == AMP_EXIT_EXTERNAL_ABORT);
    CHECK(data_abort_reason(0x30, false) == AMP_EXIT_UNKNOWN_TRAP); // TLB conflict
    CHECK(data_abort_reason(0x08, false) == AMP_EXIT_UNKNOWN_TRAP); // access flag: can't be
}

TEST_CASE("why an instruction abort ends the guest") {
    CHECK(instruction_abort_reason(translation_level_2) == AMP_EXIT_UNMAPPED_FETCH);
    CHECK(instruction_abort_reason(permission_level_3) == AMP_EXIT_DENIED_FETCH);
    CHECK(instruction_abort_reason(translation_level_2 | s1ptw) == AMP_EXIT_TABLE_WALK);
    CHECK(instruction_abort_reason(0x10) == AMP_EXIT_EXTERNAL_ABORT);
    CHECK(instruction_abort_reason(0x30) == AMP_EXIT_UNKNOWN_TRAP);
}

TEST_CASE("the undefined exception goes to the vector and with the state of the manual") {
    constexpr std::uint64_t vbar = 0xffff000008001000, daif = 0x3c0, el1h = 5;
    constexpr std::uint64_t pan = 1u << 22, uao = 1u << 23, dit = 1u << 24, ssbs = 1u << 12, ss = 1u << 21, nzcv = 0xf0000000;
    constexpr std::uint64_t span = 1u << 23, dssbs = 1ull << 44, no_pan = span;

    CHECK(undefined_entry(5, vbar, no_pan, true).pc == vbar + 0x200);
    CHECK(undefined_entry(4, vbar, no_pan, true).pc == vbar);
    CHECK(undefined_entry(0, vbar, no_pan, true).pc == vbar + 0x400);
    CHECK(undefined_entry(0x10, vbar, no_pan, true).pc == vbar + 0x600);
    CHECK(undefined_entry(5, vbar + 0x7ff, no_pan, true).pc == vbar + 0x200); // VBAR_EL1[10:0] are RES0

    CHECK(undefined_entry(5, vbar, no_pan, true).esr == 1u << 25); // EC 0, IL
    CHECK(undefined_entry(0x30, vbar, no_pan, false).esr == 0);    // a 16-bit T32 instruction

    CHECK(undefined_entry(0, vbar, no_pan, true).pstate == (daif | el1h));
    CHECK(undefined_entry(nzcv | dit | pan, vbar, no_pan, true).pstate == (nzcv | dit | pan | daif | el1h));
    CHECK(undefined_entry(nzcv | dit | pan | ss | 0x08000030, vbar, no_pan, true).pstate == (nzcv | dit | pan | daif | el1h)); // T32
    CHECK(undefined_entry(uao | ss | ssbs | 0xc00, vbar, no_pan, true).pstate == (daif | el1h));
    CHECK(undefined_entry(0, vbar, 0, true).pstate == (pan | daif | el1h)); // SPAN = 0 sets PAN
    CHECK(undefined_entry(0, vbar, span | dssbs, true).pstate == (ssbs | daif | el1h));
}
