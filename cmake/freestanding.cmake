# SPDX-License-Identifier: GPL-2.0-only
# Programs without an operating system: the monitor and the guests. Offers amp_freestanding_executable() and
# amp_freestanding_library(), which carry every flag such code needs; usable only where the compiler targets arm64.
#
#   amp_freestanding_executable(<target>
#       SOURCES <file>...            C++, C and assembler
#       LINKER_SCRIPT <file.ld.S>    preprocessed with the target's include paths and definitions
#       [OUTPUT_NAME <name>]         <name>.elf and <name>.bin in the current binary dir; default <target>
#       [LIBRARIES <target>...]      freestanding libraries and interface targets
#       [PIC]                        position independent (static PIE): the program applies its own relocations
#       [FP])                        may use FP/SIMD registers; without it the compiler never does
#   amp_freestanding_library(<target> SOURCES <file>... [LIBRARIES <target>...] [PIC] [FP])
#
# Properties of the executable's target: AMP_ELF and AMP_BIN, the paths of the two files.

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
    message(FATAL_ERROR "freestanding programs are built by the arm64 preset")
endif()

add_library(amp_freestanding_flags INTERFACE)
target_link_libraries(amp_freestanding_flags INTERFACE amp_warnings)
target_compile_definitions(amp_freestanding_flags INTERFACE AMP_FREESTANDING=1)
target_compile_options(amp_freestanding_flags INTERFACE
    -O2 -g -ffreestanding -fno-common -ffunction-sections -fdata-sections -fvisibility=hidden
    -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables
    # Unaligned accesses fault while the MMU is off; outlined atomics would ask a C library which CPU this is.
    -mstrict-align -mno-outline-atomics -mbranch-protection=none
    # Cortex-A53 up to r0p4 computes wrong results of some sequences of instructions; the linker takes part in both.
    -mfix-cortex-a53-835769 -mfix-cortex-a53-843419
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions -fno-rtti -fno-threadsafe-statics>)
target_link_options(amp_freestanding_flags INTERFACE
    -mfix-cortex-a53-835769 -mfix-cortex-a53-843419
    -nostdlib -static -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,noexecstack -Wl,-z,max-page-size=4096
    # Among others the linker's warning about a segment that is both writable and executable.
    -Wl,--fatal-warnings)

function(_amp_freestanding_setup target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "PIC;FP" "" "LIBRARIES")
    target_link_libraries(${target} PUBLIC amp_freestanding_flags ${arg_LIBRARIES})
    if(NOT arg_FP)
        target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:C,CXX>:-mgeneral-regs-only>)
    endif()
    if(arg_PIC)
        target_compile_options(${target} PRIVATE -fpie)
    else()
        target_compile_options(${target} PRIVATE -fno-pie)
    endif()
endfunction()

function(amp_freestanding_library target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "PIC;FP" "" "SOURCES;LIBRARIES")
    set(options "")
    foreach(option IN ITEMS PIC FP)
        if(arg_${option})
            list(APPEND options ${option})
        endif()
    endforeach()
    add_library(${target} STATIC ${arg_SOURCES})
    _amp_freestanding_setup(${target} ${options} LIBRARIES ${arg_LIBRARIES})
endfunction()

# The linker script is C-preprocessed so that it shares constants with the code's headers.
function(_amp_preprocess_linker_script target script output)
    set(includes "$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>")
    set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_C_COMPILER} -E -P -Ulinux -Uunix -x assembler-with-cpp -DAMP_LINKER_SCRIPT=1
            "$<$<BOOL:${includes}>:-I$<JOIN:${includes},;-I>>"
            "$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},;-D>>"
            -MD -MF ${output}.d -MT ${output} ${script} -o ${output}
        DEPENDS ${script}
        DEPFILE ${output}.d
        COMMAND_EXPAND_LISTS VERBATIM
        COMMENT "Preprocessing linker script of ${target}")
    add_custom_target(${target}_linker_script DEPENDS ${output})
    add_dependencies(${target} ${target}_linker_script)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${output})
endfunction()

function(amp_freestanding_executable target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "PIC;FP" "LINKER_SCRIPT;OUTPUT_NAME" "SOURCES;LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_LINKER_SCRIPT OR NOT arg_SOURCES)
        message(FATAL_ERROR "amp_freestanding_executable(${target}): SOURCES and LINKER_SCRIPT are needed; "
            "not understood: '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    set(name ${target})
    if(arg_OUTPUT_NAME)
        set(name ${arg_OUTPUT_NAME})
    endif()
    set(options "")
    foreach(option IN ITEMS PIC FP)
        if(arg_${option})
            list(APPEND options ${option})
        endif()
    endforeach()
    cmake_path(ABSOLUTE_PATH arg_LINKER_SCRIPT BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE script)
    set(elf ${CMAKE_CURRENT_BINARY_DIR}/${name}.elf)
    set(bin ${CMAKE_CURRENT_BINARY_DIR}/${name}.bin)
    set(lds ${CMAKE_CURRENT_BINARY_DIR}/${name}.ld)

    add_executable(${target} ${arg_SOURCES})
    _amp_freestanding_setup(${target} ${options} LIBRARIES ${arg_LIBRARIES})
    _amp_preprocess_linker_script(${target} ${script} ${lds})
    # -static-pie would ask for the C library's start-up file, which -nostdlib leaves out; the linker's own options say the same.
    target_link_options(${target} PRIVATE -Wl,-T,${lds} -Wl,-Map,${CMAKE_CURRENT_BINARY_DIR}/${name}.map
        $<IF:$<BOOL:${arg_PIC}>,-Wl$<COMMA>-pie$<COMMA>--no-dynamic-linker$<COMMA>-z$<COMMA>text$<COMMA>-Bsymbolic,-no-pie>)
    target_link_libraries(${target} PRIVATE gcc)
    set_target_properties(${target} PROPERTIES OUTPUT_NAME ${name} SUFFIX .elf
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} AMP_ELF ${elf} AMP_BIN ${bin})
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND ${CMAKE_OBJCOPY} -O binary ${elf} ${bin} BYPRODUCTS ${bin} VERBATIM)
endfunction()
