# SPDX-License-Identifier: GPL-2.0-only
# amp.ko, with the monitor embedded, for every kernel whose headers are at hand: the stock kernels under build/foreign and, on
# the target itself, the running one; AMP_KERNEL_DIRS names others. Kbuild writes beside its sources, so it works on a copy,
# and the source tree stays clean: module/<release>/src in the build directory, the stripped result in module/<release>/amp.ko; names for
# the offsets of a trace are in the unstripped one.
# Beside it amp-remoteproc.ko, where the kernel has remoteproc (cpu-hotplug/Kbuild decides).

function(_amp_default_kernel_dirs result)
    file(GLOB dirs LIST_DIRECTORIES true ${CMAKE_SOURCE_DIR}/build/foreign/kernel-*/kdir)
    if(NOT CMAKE_CROSSCOMPILING AND EXISTS /lib/modules/${CMAKE_HOST_SYSTEM_VERSION}/build/Makefile)
        list(APPEND dirs /lib/modules/${CMAKE_HOST_SYSTEM_VERSION}/build)
    endif()
    set(${result} ${dirs} PARENT_SCOPE)
endfunction()

# Another kernel package under build/foreign means other targets: CMake looks again.
file(GLOB _amp_kernel_stamps ${CMAKE_SOURCE_DIR}/build/foreign/kernel-*/release)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_amp_kernel_stamps})

set(AMP_KERNEL_DIRS "" CACHE STRING "Kernel build directories (headers) to build amp.ko for; empty: those at hand")

# The modules that cpu-hotplug/Kbuild makes for this kernel, as paths in cpu-hotplug/ without .ko.
function(_amp_module_names kernel_dir release result)
    set(names amp)
    file(STRINGS ${kernel_dir}/include/config/auto.conf remoteproc REGEX "^CONFIG_REMOTEPROC=y")
    if(remoteproc AND release VERSION_GREATER_EQUAL 6)
        list(APPEND names remoteproc/amp-remoteproc)
    endif()
    set(${result} ${names} PARENT_SCOPE)
endfunction()

function(_amp_kernel_module kernel_dir monitor_bin)
    # Not include/config/kernel.release: where the ABI name differs from the version, that one has the version.
    file(STRINGS ${kernel_dir}/include/generated/utsrelease.h release REGEX UTS_RELEASE)
    string(REGEX REPLACE ".*\"(.*)\".*" "\\1" release "${release}")
    set(dir ${CMAKE_BINARY_DIR}/module/${release})
    set(make_args -C ${kernel_dir} M=${dir}/src ARCH=arm64
        # Type information for tracers would need the kernel's own, which the header packages of some versions lack.
        CONFIG_DEBUG_INFO_BTF_MODULES=)
    if(CMAKE_CROSSCOMPILING)
        list(APPEND make_args CROSS_COMPILE=aarch64-linux-gnu-)
    endif()
    if(AMP_WERROR)
        list(APPEND make_args KCFLAGS=-Werror)
    endif()
    cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)

    file(GLOB_RECURSE sources CONFIGURE_DEPENDS
        ${CMAKE_SOURCE_DIR}/cpu-hotplug/* ${CMAKE_SOURCE_DIR}/include/amp/abi/* ${CMAKE_SOURCE_DIR}/ipc-ring/include/*)
    _amp_module_names(${kernel_dir} ${release} names)
    set(modules "")
    set(strip "")
    foreach(name IN LISTS names)
        get_filename_component(file ${name}.ko NAME)
        list(APPEND modules ${dir}/${file})
        list(APPEND strip COMMAND ${CMAKE_OBJCOPY} --strip-unneeded -R .comment ${dir}/src/cpu-hotplug/${name}.ko ${dir}/${file})
    endforeach()
    add_custom_command(OUTPUT ${modules}
        COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}/src/ipc-ring
        COMMAND rsync -rt --delete --exclude=.* ${CMAKE_SOURCE_DIR}/include ${dir}/src/
        COMMAND rsync -rt --delete --exclude=.* ${CMAKE_SOURCE_DIR}/ipc-ring/include ${dir}/src/ipc-ring/
        COMMAND rsync -rt ${CMAKE_SOURCE_DIR}/Kbuild ${CMAKE_SOURCE_DIR}/cpu-hotplug ${dir}/src/
        COMMAND ${CMAKE_COMMAND} -E copy_if_different ${monitor_bin} ${dir}/src/cpu-hotplug/monitor.bin
        # Kbuild does not see what .incbin reads.
        COMMAND ${CMAKE_COMMAND} -E rm -f ${dir}/src/cpu-hotplug/monitor_image.o
        COMMAND make -s -j${cores} ${make_args} modules
        ${strip}
        DEPENDS ${CMAKE_SOURCE_DIR}/Kbuild ${sources} ${monitor_bin} ${kernel_dir}/Module.symvers
        VERBATIM COMMENT "Building the modules for Linux ${release}")
    add_custom_target(amp_module_${release} DEPENDS ${modules})
    add_dependencies(amp_module_${release} amp_monitor)
    add_dependencies(amp_module amp_module_${release})
    # The kernel looks for modules here and nowhere else, whatever the prefix is.
    install(FILES ${modules} DESTINATION /lib/modules/${release}/extra)
    install(CODE "if(NOT DEFINED ENV{DESTDIR} OR \"\$ENV{DESTDIR}\" STREQUAL \"\")
        execute_process(COMMAND depmod ${release})
    endif()")
endfunction()

# Called once, after the monitor's folder: defines the target amp_module.
function(amp_kernel_modules)
    set(kernel_dirs ${AMP_KERNEL_DIRS})
    if(NOT kernel_dirs)
        _amp_default_kernel_dirs(kernel_dirs)
    endif()
    if(NOT kernel_dirs)
        message(WARNING "amp.ko is not built: no kernel headers at hand. Run make setup, install linux-headers, "
            "or set AMP_KERNEL_DIRS")
        return()
    endif()
    add_custom_target(amp_module ALL)
    get_target_property(monitor_bin amp_monitor AMP_BIN)
    foreach(kernel_dir IN LISTS kernel_dirs)
        _amp_kernel_module(${kernel_dir} ${monitor_bin})
    endforeach()
endfunction()
