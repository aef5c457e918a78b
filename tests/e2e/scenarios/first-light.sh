# SPDX-License-Identifier: GPL-2.0-only
# The whole product once: what `make demo` shows and the main scenario asserts, step by step.

# take NAME PATTERN: messages of channel "ctrl" until one matches, which is printed.
take() {
    for _ in $(seq 100); do
        ampctl recv "$1" ctrl --timeout 10 >"$WORK/message" || fail "no message from $1"
        ! grep -E -- "$2" "$WORK/message" || return 0
    done
    fail "100 messages from $1 and none matches /$2/"
}

remember_machine
step "Linux $(uname -r) runs on $(nproc) cores, unpatched. The module brings the monitor with it and takes nothing yet."
load_module
figure "amp.ko, stripped, with the monitor: $(stat -c %s /lib/modules/"$(uname -r)"/*/amp.ko) bytes (bound 159744)"

step "Can this machine run partitions?"
expect "can run partitions" ampctl doctor

step "The description: two partitions, a 1 kHz control loop and an echo. Checked against this machine it becomes a plan."
expect "motor" ampctl plan first-light.dts
grep -q comms "$WORK/out" || fail "the plan lacks comms"

step "Create and start both: Linux gives up cores 2 and 3, the monitor starts a guest on each."
run ampctl start first-light.dts
[ "$(cores)" = "0-1" ] || fail "Linux still has cores $(cores)"
echo "cores that Linux has now: $(cores)"
wait_state motor running
wait_state comms running
expect "motor +1 +running +2" ampctl list
figure "from 'start' to the guest's first instruction: motor $(ampctl stats motor | sed -n 's/.*first instruction *//p')"

step "Each has a console."
wait_console motor "control-loop: motor, 1000 Hz"
wait_console comms "ring-echo: comms answers dom0"
expect "control-loop: motor" ampctl console motor --history
expect "ring-echo: comms" ampctl console comms --history

step "A conversation through the ring of comms, in both directions."
for word in ping pong; do
    run ampctl send comms ctrl "$word"
    take comms "^comms: $word$"
done

step "And with motor: it reports by itself, and answers commands."
take motor "^seq="
run ampctl send motor ctrl reset
take motor "^ok reset$"

step "How late the control loop's timer handler begins (emulated cores share the host's: not a promise of hardware)."
wait_console motor "turns=[3-9][0-9][0-9][0-9] "
follow motor "$WORK/reports"
wait_reports "$WORK/reports" 5
look_at_exits motor before
wait_reports "$WORK/reports" 15
look_at_exits motor after
unfollow
histogram "$WORK/reports"
check_sequence "$WORK/reports" 10

step "What the monitor had to do for it meanwhile: its timer, its messages, its console lines, nothing else."
[ "$(exits_between gicd)" -eq 0 ] && [ "$(exits_between fault)" -eq 0 ] || fail "exits without a reason"
run ampctl stats motor

step "comms makes room for a guest that crashes on purpose, on the same core. motor must not notice."
remove comms
describe crasher 3 3 hello.elf "$(arguments crash)"
follow motor "$WORK/reports"
run ampctl start "$WORK/crasher.dts"
wait_state crasher crashed
expect "UNMAPPED_READ" ampctl status crasher
grep -q "0x0*10000000 guest-physical" "$WORK/out" || fail "the crash report lacks the address"
wait_reports "$WORK/reports" 6
unfollow
check_sequence "$WORK/reports" 5
[ "$(state_of motor)" = running ] || fail "motor is $(state_of motor)"
echo "motor runs on, and no report of it is missing"

step "Stop, destroy, unload: Linux has everything back."
run ampctl stop motor
is_in_state motor stopped || fail "motor is $(state_of motor)"
remove motor
remove crasher
[ -z "$(partitions)" ] || fail "left: $(partitions)"
unload_module
[ "$(nproc)" -eq 4 ] || fail "nproc is $(nproc)"
check_machine
finish
