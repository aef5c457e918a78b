# SPDX-License-Identifier: GPL-2.0-only
# kill -9 of ampctl at random points of create and start: what was started goes on and can be destroyed, anything less is gone.

# A pause of 0 to $1 ms.
pause_up_to() { usleep $((($(od -An -N4 -tu4 /dev/urandom) % $1) * 1000)); }

# Sets spread_ms: one and a half times what a start takes on this machine today, so that kills fall on both sides of it.
measure_start() {
    local begin="$(now_ms)"
    ampctl run "$WORK/victim.dts" >/dev/null 2>&1 </dev/null &
    local pid=$!
    wait_state victim running 60
    spread_ms=$((3 * ($(now_ms) - begin) / 2 + 1))
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
    ampctl destroy victim >/dev/null || fail "can't destroy what was left"
}

kill_once() {
    ampctl run "$WORK/victim.dts" >/dev/null 2>&1 </dev/null &
    local pid=$!
    pause_up_to "$spread_ms"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    local state="$(state_of victim 2>/dev/null)"
    case "$state" in
        "") gone=$((gone + 1)) ;;
        running | stopped)
            started=$((started + 1))
            ampctl destroy victim >/dev/null || fail "kill $1: can't destroy what was left"
            ;;
        *) fail "kill $1 left a partition that is $state" ;;
    esac
    [ "$(cores)" = "$cores_before" ] || fail "kill $1: cores online: $(cores)"
}

load_module
remember_machine
describe victim 1 "$CORE" control-loop.elf
gone=0
started=0
measure_start
step "$KILLS times kill -9 of 'ampctl run' within its first $spread_ms ms"
for i in $(seq "$KILLS"); do kill_once "$i"; done
echo "killed before the start: $gone, after: $started"
[ "$gone" -gt 0 ] && [ "$started" -gt 0 ] || fail "all kills hit the same side of the start"
unload_module
check_machine
finish
