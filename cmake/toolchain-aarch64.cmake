# SPDX-License-Identifier: GPL-2.0-only
# Toolchain of the arm64 preset. On an arm64 machine it changes nothing, so the same preset builds natively there; elsewhere it
# selects Debian's cross compiler and finds target libraries in the unpacked packages under build/foreign/sysroot.

if(CMAKE_HOST_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    return()
endif()

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_ASM_COMPILER aarch64-linux-gnu-gcc)

# No --sysroot: the C and C++ libraries are those of the cross compiler (same Debian release), only the other libraries come
# from the unpacked packages, and shared libraries that those need in turn must be found at link time as well.
cmake_path(SET AMP_SYSROOT NORMALIZE "${CMAKE_CURRENT_LIST_DIR}/../build/foreign/sysroot")
set(CMAKE_FIND_ROOT_PATH "${AMP_SYSROOT}")
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
string(JOIN " " CMAKE_EXE_LINKER_FLAGS_INIT
    "-Wl,-rpath-link,${AMP_SYSROOT}/usr/lib/aarch64-linux-gnu"
    "-Wl,-rpath-link,${AMP_SYSROOT}/lib/aarch64-linux-gnu")
