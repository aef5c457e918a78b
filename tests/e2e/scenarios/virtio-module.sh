# SPDX-License-Identifier: GPL-2.0-only
# A virtio device between a guest with a driver of its own and a back end of the tests': what the module carries from one to the
# other, and what it does when the back end is slow, dead or silent. Variables: CORE.

GPA=0x40000000
SIZE=0x00800000

# back_end LOG [MODE]: in the background, and open; back_end_pid.
back_end() {
    ./virtio-device probe 0 "$GPA" "$SIZE" ${2:-} >"$1" 2>&1 &
    back_end_pid=$!
    wait_until 10 "the back end to open the device" grep -q "^open" "$1"
}
kill_back_end() {
    kill -9 "$back_end_pid"
    wait "$back_end_pid" || true
}
log_has() { grep -qE -- "$2" "$1"; }
# wait_log LOG PATTERN
wait_log() { wait_until 30 "/$2/ in the back end's $1" log_has "$1" "$2"; }
first_access() { grep -E "^(read|write)" "$1" | head -n 1; }

# describe_probe ARGUMENTS...
describe_probe() {
    MEMORY=$SIZE describe probe 1 "$CORE" virtio-probe.elf "$(arguments "$@") virtio { rng0 { compatible = \"virtio,rng\"; }; };"
}

start_probe() { ./virtio-device probe start; }

load_module
remember_machine
describe_probe rounds=20 stay
run ampctl create "$WORK/probe.dts"

step "registers, notifications and interrupts, both ways"
back_end "$WORK/first"
expect "^start: done" start_probe
wait_console probe "ready, run 1"
wait_console probe "16 bytes, sum [0-9]+, used index 20, interrupt status 1"
console_has probe "magic 0x74726976, version 2, device 4, then 0" || fail "the window is not as it should be"
console_has probe "features 0x1, queue of 64" || fail "the back end's registers did not arrive"
expect "^run 1$" head -n 5 "$WORK/first"
log_has "$WORK/first" "^write 0x070 width 4 value 0xf " || fail "the driver's status did not arrive"
[ "$(grep -c '^used 16 bytes' "$WORK/first")" -eq 20 ] || fail "not 20 buffers"
kill -USR1 "$back_end_pid"
wait_console probe "configuration changed, 1 times"
refuse "device: .*busy" ./virtio-device probe 0 "$GPA" "$SIZE"
kill_back_end
run ampctl stop probe

step "the guest is paused and stopped while its access is unanswered"
back_end "$WORK/hold" hold
expect "^start: done" start_probe
wait_log "$WORK/hold" "^write 0x070"
run ampctl pause probe
run ampctl resume probe
run ampctl stop probe
[ "$(reason_of probe)" = STOPPED ] || fail "the reason is $(reason_of probe)"
kill_back_end

step "a back end dies with an access unanswered: the next one gets the same, and the guest goes on"
back_end "$WORK/hold" hold
expect "^start: done" start_probe
wait_log "$WORK/hold" "^write 0x070"
kill_back_end
back_end "$WORK/next"
wait_console probe "ready, run 3"
wait_log "$WORK/next" "^used"
held="$(first_access "$WORK/hold")"
[ "$(first_access "$WORK/next")" = "$held" ] || fail "not the same: $held, then $(first_access "$WORK/next")"
log_has "$WORK/next" "^run 3$" || fail "the next one was told of another run"
echo "both were asked: $held"
kill_back_end
run ampctl stop probe

step "the guest's own reset is a run, too"
remove probe
describe_probe rounds=3 resets=2 stay
run ampctl create "$WORK/probe.dts"
back_end "$WORK/resets"
expect "^start: done" start_probe
wait_console probe "ready, run 3"
grep "^run" "$WORK/resets"
[ "$(grep '^run' "$WORK/resets" | tr '\n' ' ')" = "run 0 run 1 run 2 run 3 " ] || fail "the runs were others"
kill_back_end
run ampctl stop probe

step "a silent back end makes a start fail, and nothing changes"
back_end "$WORK/silent" silent
refuse "still uses the memory of the run before and does not answer \(index 0\) after [5-9][0-9][0-9][0-9] ms" start_probe
[ "$(state_of probe)" = stopped ] || fail "the partition is $(state_of probe)"
kill_back_end
expect "^start: done" start_probe
run ampctl stop probe

step "a back end that falls silent makes the guest's own reset end in a stop, with the reason"
remove probe
run ampctl create "$WORK/probe.dts"
back_end "$WORK/deaf" deaf2
expect "^start: done" start_probe
wait_state probe stopped 30
expect "does not answer" ampctl status probe
kill_back_end

step "a back end outlives the partition"
back_end "$WORK/last"
remove probe
wait_log "$WORK/last" "^gone"
wait "$back_end_pid" || fail "the back end ended with status $?"

step "a failure at each step of create and start"
PARAMETER=/sys/module/amp/parameters/fail_step
# attempt STEP: 0 when the failure hit, 1 when there are fewer steps than that.
attempt() {
    echo "$1" >"$PARAMETER"
    if ampctl create "$WORK/probe.dts" >"$WORK/out" 2>&1 && start_probe >>"$WORK/out" 2>&1; then
        echo 0 >"$PARAMETER"
        return 1
    fi
    grep -q "failure injected at step" "$WORK/out" || { cat "$WORK/out"; fail "step $1: another error"; }
}
n=1
while attempt "$n"; do
    [ -z "$(partitions)" ] || ampctl destroy probe >/dev/null || fail "step $n: can't destroy what the failed start left"
    n=$((n + 1))
    [ "$n" -lt 100 ] || fail "step 100 reached"
done
[ "$n" -gt 14 ] || fail "only $n steps: the injection reaches too little"
echo "steps at which a failure was undone: $((n - 1))"
remove probe
unload_module
check_machine
finish
