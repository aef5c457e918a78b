# SPDX-License-Identifier: GPL-2.0-only
# kill -9 of ampctl at random points of create and start: what was started goes on and can be destroyed, anything less is gone.

# A pause of 0 to $1 ms.
pause_up_to() { usleep $((($(od -An -N4 -tu4 /dev/urandom) % $1) * 1000)); }

kill_once() {
    ampctl run "$WORK/victim.dts" >/dev/null 2>&1 </dev/null &
    local pid=$!
    pause_up_to "$SPREAD_MS"
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
step "$KILLS times kill -9 of 'ampctl run' within its first $SPREAD_MS ms"
for i in $(seq "$KILLS"); do kill_once "$i"; done
echo "killed before the start: $gone, after: $started"
[ "$gone" -gt 0 ] && [ "$started" -gt 0 ] || fail "all kills hit the same side of the start; change SPREAD_MS"
unload_module
check_machine
finish
