// SPDX-License-Identifier: GPL-2.0-only
// SIGINT, SIGTERM and SIGHUP as something to poll for, so that a command that waits ends in order: raw mode left, what
// it made undone.
#pragma once

namespace amp::ctl {

// From now on the three signals make the returned descriptor readable instead of ending the process. A signal that was
// ignored when ampctl started (nohup) stays ignored.
int watch_signals();

// Did one of them come? Never waits; `descriptor` -1: no.
bool stop_requested(int descriptor);

} // namespace amp::ctl
