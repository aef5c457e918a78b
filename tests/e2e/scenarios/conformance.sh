# SPDX-License-Identifier: GPL-2.0-only
# The conformance guest in a partition: nothing fails but what conformance-gic2.known names, with the reason, and nothing is skipped
# but what another GIC version has. It is started twice and must find everything as fresh. conformance-alone is the same guest on
# plain QEMU.

is_known() { [ "$GIC" = 2 ] && grep -qx "$1" conformance-gic2.known; }

check_failures() {
    sed -n 's/^FAIL \([^:]*\):.*/\1/p' "$WORK/judged" | while read -r name; do
        is_known "$name" || fail "$name fails, which passes on plain QEMU"
        echo "known to fail on this emulated GIC: $name"
    done
}

conformance() {
    run ampctl start judge
    wait_console judge '^conformance: [0-9]+ passed' 120
    wait_state judge stopped
    [ "$(reason_of judge)" = SYSTEM_OFF ] || fail "the reason is $(reason_of judge)"
    console_text judge >"$WORK/judged"
    check_failures
    grep '^SKIP' "$WORK/judged" || true
    ! grep '^SKIP' "$WORK/judged" | grep -vE ': (GICv2|GICv3 has IROUTER)$' || fail "tests were skipped"
    grep '^conformance: [0-9]' "$WORK/judged" | sed "s/^conformance:/figure: conformance in a partition, GICv$GIC:/"
}

load_module
remember_machine
# The counters of a machine that has been up for a while tell a guest's own start from the machine's.
wait_until 60 "an uptime of 12 s" sh -c '[ "$(cut -d. -f1 /proc/uptime)" -ge 12 ]'
describe judge 1 "$CORE" conformance.elf
run ampctl create "$WORK/judge.dts"
conformance
conformance
remove judge

step "a pause of a timer guest brings no storm: 1 kHz before, during and after"
launch loop 2 "$CORE" control-loop.elf "$(arguments summary=0 report=50)"
wait_console loop "control-loop: loop"
follow loop "$WORK/reports"
wait_reports "$WORK/reports" 3
began="$(now_ms)"
look_at_exits loop before
run ampctl pause loop
sleep 2
run ampctl resume loop
look_at_exits loop after
awake="$(($(now_ms) - began - 2000))"
wait_reports "$WORK/reports" 5
unfollow
# Two seconds of it asleep would be 2000 more than the ticks of what it runs around the two commands.
[ "$(exits_between virtual_timer)" -lt $((awake + 1000)) ] ||
    fail "$(exits_between virtual_timer) timer interrupts in $awake ms and a pause of 2 s"
histogram "$WORK/reports" | head -n 1
remove loop

unload_module
check_machine
finish
