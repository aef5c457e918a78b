# SPDX-License-Identifier: GPL-2.0-only
# The one list of warnings, carried by the interface target amp_warnings. AMP_WERROR (on in every preset) makes them errors;
# it is off by default so that a newer compiler does not stop somebody who only wants to install.

option(AMP_WERROR "Treat warnings as errors" OFF)

add_library(amp_warnings INTERFACE)
target_compile_options(amp_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wundef -Wpointer-arith -Wcast-align -Wcast-qual -Wformat=2 -Wimplicit-fallthrough
    $<$<COMPILE_LANGUAGE:C,CXX>:-Wconversion -Wsign-conversion -Wmissing-declarations -Wvla>
    $<$<COMPILE_LANGUAGE:CXX>:-Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wsuggest-override>
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes>
    $<$<BOOL:${AMP_WERROR}>:-Werror>)
