# SPDX-License-Identifier: GPL-2.0-only
# Programs for a 32-bit guest, inside the arm64 build: CMake has one compiler per build folder, so these are custom commands.
# Without the compiler everything else is built, and the message below says what is missing.
#
# AMP_ARM32_COMPILER, AMP_ARM32_OBJCOPY: empty where there is none.

find_program(AMP_ARM32_COMPILER NAMES arm-linux-gnueabihf-gcc arm-none-eabi-gcc NO_CMAKE_FIND_ROOT_PATH)
if(AMP_ARM32_COMPILER)
    string(REGEX REPLACE "gcc$" "objcopy" AMP_ARM32_OBJCOPY ${AMP_ARM32_COMPILER})
else()
    set(AMP_ARM32_COMPILER "")
    message(WARNING "no compiler for 32-bit Arm: the 32-bit guests are left out. "
        "Remedy: apt-get install gcc-arm-linux-gnueabihf")
endif()
