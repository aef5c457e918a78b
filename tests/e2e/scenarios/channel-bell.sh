# SPDX-License-Identifier: GPL-2.0-only
# What a notification costs: exits of the guest by cause, counted around each kind of traffic. None while both ends poll, at most
# one each way per message where the peer sleeps, one for a batch; and nothing else makes the guest leave.

NODE=/dev/amp-bench-ctrl
measure() { ./channel-measure $NODE "$@"; }

# exits_during COMMAND...: runs it and leaves exits_between (lib.sh) over its time.
exits_during() {
    look_at_exits bench before
    run "$@"
    look_at_exits bench after
    echo "exits meanwhile: hvc $(exits_between hvc), kick $(exits_between kick); doorbells in $(exits_between doorbells_in)," \
        "out $(exits_between doorbells_out)"
    check_calm # all other causes
}
at_most() { [ "$(exits_between "$1")" -le "$2" ] || fail "$(exits_between "$1") exits by $1, at most $2 were due"; }

load_module
remember_machine
launch bench 1 "$CORE" ring-bench.elf
wait_console bench "ring-bench: ready"

# Each program rings once when it attaches; what comes and goes with it is a handful of exits.
FEW=4
step "both sleep: one notification costs one exit"
exits_during measure sleeping trips "$TRIPS" 64
at_most hvc $((TRIPS + FEW))
at_most kick $((TRIPS + FEW))
exits_during measure read/write trips "$TRIPS" 64
at_most hvc $((TRIPS + FEW))
at_most kick $((TRIPS + FEW))

step "both poll: no exit"
run measure polling guest poll
exits_during measure polling trips "$TRIPS" 64
at_most hvc $FEW
at_most kick $FEW

step "the guest polls and dom0 sleeps: exits one way only"
exits_during measure sleeping trips "$TRIPS" 64
at_most hvc $((TRIPS + FEW))
at_most kick $FEW
run measure polling guest sleep

step "a batch of 32 costs at most one exit"
exits_during measure sleeping to-guest $((32 * TRIPS)) 64
at_most kick $((TRIPS + FEW))
remove bench
unload_module
check_machine
finish
