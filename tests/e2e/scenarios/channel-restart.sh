# SPDX-License-Identifier: GPL-2.0-only
# Both ends of a channel die under traffic, dom0's program by SIGKILL, the guest by stop and start: numbered messages and their
# answers come in order, none that was committed is lost, and nobody waits for ever.

generation() { console_text bench | tr -d '\r' | sed -n 's/^ring-bench: ready, generation \([0-9]*\)$/\1/p' | tail -n 1; }

# Plays the program again and again until $WORK/enough exists.
traffic() {
    until [ -e "$WORK/enough" ]; do
        ./channel-restart /dev/amp-bench-ctrl "$@" >"$WORK/said" 2>&1 || { echo 1 >"$WORK/status"; return; }
    done
    echo 0 >"$WORK/status"
}

# restart_guest_during KILLS MESSAGES SEED: stops and starts the guest five times under the program, however fast that is.
restart_guest_during() {
    local times=0
    rm -f "$WORK/status" "$WORK/enough"
    traffic "$@" &
    while [ "$times" -lt 5 ] && [ ! -e "$WORK/status" ]; do
        times=$((times + 1))
        ampctl stop bench >/dev/null || fail "could not stop the guest"
        ampctl start bench >/dev/null || fail "could not start the guest"
        restarts=$((restarts + 1))
        wait_console bench "ring-bench: ready, generation $((restarts + 1))"
    done
    touch "$WORK/enough"
    wait
    cat "$WORK/said"
    [ "$(cat "$WORK/status")" -eq 0 ] || fail "an end lost, repeated or waited in vain"
}

load_module
remember_machine
launch bench 1 "$CORE" ring-bench.elf
wait_console bench "ring-bench: ready"
restarts=0

step "dom0's side is killed $KILLS times"
run ./channel-restart /dev/amp-bench-ctrl "$KILLS" 500 "$SEED"

step "the guest is stopped and started, dom0's side killed $KILLS times meanwhile"
restart_guest_during "$KILLS" 500 $((SEED + 1))

step "the guest is stopped and started under one program that stays for $MESSAGES messages"
restart_guest_during 0 "$MESSAGES" $((SEED + 2))

figure "$((2 * KILLS)) lives of dom0's side killed, $restarts restarts of the guest, its generation is $(generation)"
[ "$(generation)" -eq $((restarts + 1)) ] || fail "generations were skipped or repeated"
rm -f "$WORK/said" "$WORK/status" "$WORK/enough"
remove bench
unload_module
check_machine
finish
