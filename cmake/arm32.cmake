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

# amp_arm32_library(<name> SOURCES <file>... INCLUDES <dir>...)
#   Objects that every program below is linked with; its include paths and flags are the programs', too.
# amp_arm32_executable(<name> LINKER_SCRIPT <file.ld.S> LIBRARY <library> SOURCES <file>...)
#   <name>.elf and <name>.bin in the current binary dir, part of the default build.
set(amp_arm32_flags
    # The virtualization extensions for HVC. Unaligned accesses fault while the MMU is off.
    -march=armv7ve -mfpu=vfpv3-d16 -mfloat-abi=hard -marm -mno-unaligned-access
    -O2 -g -ffreestanding -fno-common -ffunction-sections -fdata-sections -fvisibility=hidden -fno-stack-protector -fno-pie
    -fno-asynchronous-unwind-tables -fno-unwind-tables
    -Wall -Wextra -Wshadow -Wundef -Wpointer-arith -Wcast-qual -Wformat=2 -Wimplicit-fallthrough -Wconversion -Wmissing-declarations
    -Wvla -Werror -DAMP_FREESTANDING=1)

function(_amp_arm32_objects result name flags)
    set(objects "")
    foreach(source IN LISTS ARGN)
        cmake_path(ABSOLUTE_PATH source BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        cmake_path(GET source FILENAME file)
        set(object ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir/${file}.o)
        set(own "")
        # The compiler must not make a call of memcpy out of memcpy's loop.
        if(file STREQUAL "string.c")
            set(own -fno-tree-loop-distribute-patterns -fno-builtin)
        endif()
        add_custom_command(OUTPUT ${object}
            COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${name}.dir
            COMMAND ${AMP_ARM32_COMPILER} ${flags} ${own} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
            DEPENDS ${source} DEPFILE ${object}.d VERBATIM COMMENT "Building 32-bit object ${name}/${file}.o")
        list(APPEND objects ${object})
    endforeach()
    set(${result} ${objects} PARENT_SCOPE)
endfunction()

function(amp_arm32_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;INCLUDES")
    set(flags ${amp_arm32_flags})
    foreach(include IN LISTS arg_INCLUDES)
        cmake_path(ABSOLUTE_PATH include BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
        list(APPEND flags -I${include})
    endforeach()
    _amp_arm32_objects(objects ${name} "${flags}" ${arg_SOURCES})
    add_custom_target(${name} DEPENDS ${objects})
    set_target_properties(${name} PROPERTIES AMP_OBJECTS "${objects}" AMP_FLAGS "${flags}")
endfunction()

function(amp_arm32_executable name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "LINKER_SCRIPT;LIBRARY" "SOURCES")
    get_target_property(flags ${arg_LIBRARY} AMP_FLAGS)
    get_target_property(library_objects ${arg_LIBRARY} AMP_OBJECTS)
    _amp_arm32_objects(objects ${name} "${flags}" ${arg_SOURCES})
    cmake_path(ABSOLUTE_PATH arg_LINKER_SCRIPT BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE script)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${name})
    add_custom_command(OUTPUT ${output}.elf ${output}.bin
        COMMAND ${AMP_ARM32_COMPILER} ${flags} -E -P -x assembler-with-cpp -DAMP_LINKER_SCRIPT=1 ${script} -o ${output}.ld
        COMMAND ${AMP_ARM32_COMPILER} ${flags} -nostdlib -static -no-pie -Wl,-T,${output}.ld -Wl,--gc-sections -Wl,--build-id=none
            -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--fatal-warnings ${objects} ${library_objects} -lgcc -o ${output}.elf
        COMMAND ${AMP_ARM32_OBJCOPY} -O binary ${output}.elf ${output}.bin
        DEPENDS ${objects} ${library_objects} ${script} VERBATIM COMMENT "Linking 32-bit guest ${name}.elf")
    add_custom_target(guest_${name} ALL DEPENDS ${output}.elf)
    add_dependencies(guest_${name} ${arg_LIBRARY})
endfunction()
