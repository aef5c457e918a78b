// SPDX-License-Identifier: GPL-2.0-only
// A guest that is linked with the guest library, on the stage: its image and info page, and its console on the machine's UART.
#ifndef AMP_TESTS_MONITOR_BARE_LIBRARY_GUEST_HPP
#define AMP_TESTS_MONITOR_BARE_LIBRARY_GUEST_HPP

#include "stage.hpp"

namespace bare {

// As prepare(), with the guest that the program was linked with.
Stage prepare_library_guest();
// What the console got since `read`; false if some of it is overwritten already.
bool pass_on(const volatile amp_stream& stream, uint64_t& read);
// Whether the text stands somewhere in what is still there.
bool stream_has(const volatile amp_stream& stream, const char* text);

} // namespace bare

#endif
