// SPDX-License-Identifier: GPL-2.0-only
// Every exit status of ampctl, in one place: scripts depend on the numbers, so they never change. docs/ampctl.md and
// `ampctl help` print the same list.
#pragma once

namespace amp::ctl {

// X(name, number, text)
#define AMP_CTL_EXIT_LIST(X)                                                                                           \
    X(ok, 0, "done")                                                                                                   \
    X(usage, 1, "the command line is wrong")                                                                           \
    X(description, 2, "a description or board file is wrong")                                                          \
    X(machine, 3, "this machine can't do it, or something there is in the way")                                        \
    X(timed_out, 4, "--timeout is over")                                                                               \
    X(not_found, 5, "no such partition, channel or file")                                                              \
    X(internal, 6, "input/output error, or a bug")                                                                     \
    X(crashed, 7, "run, console: the guest crashed")                                                                   \
    X(interrupted, 130, "ended by SIGINT, SIGTERM or SIGHUP before it was done")

enum class ExitStatus : int {
#define AMP_CTL_EXIT_CONSTANT(name, number, text) name = (number),
    AMP_CTL_EXIT_LIST(AMP_CTL_EXIT_CONSTANT)
#undef AMP_CTL_EXIT_CONSTANT
};

} // namespace amp::ctl
