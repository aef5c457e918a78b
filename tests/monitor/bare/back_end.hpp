// SPDX-License-Identifier: GPL-2.0-only
// Plays the module with a virtio back end behind it: what the guests virtio and virtio_waits of guests.S and guests32.S find.
#ifndef AMP_TESTS_MONITOR_BARE_BACK_END_HPP
#define AMP_TESTS_MONITOR_BARE_BACK_END_HPP

#include "stage.hpp"

namespace bare {

// Answers, expects one notification, calls the guest back.
bool serve_virtio(const Stage& stage);
bool serve_virtio32(const Stage& stage);
// Never answers; pauses, resumes and stops the guest meanwhile.
bool stop_waiting(const Stage& stage);
bool stop_waiting32(const Stage& stage);

} // namespace bare

#endif
