# SPDX-License-Identifier: GPL-2.0-only
# Every misbehaving guest on core 2, one after the other, beside a control loop on core 1: each ends as stated, the loop's
# reports have no hole and its exit counters show nothing but its own timer and messages.

# crashes NAME REASON
crashes() {
    step "misbehave-$1 must crash with $2"
    launch bad 2 2 "misbehave-$1.elf"
    wait_state bad crashed
    expect "$2" ampctl status bad
    [ "$(reason_of bad)" = "$2" ] || fail "the reason is $(reason_of bad)"
    ! console_has bad "still here" || fail "it went on after what it did"
    remove bad
}

# stops NAME REASON
stops() {
    step "misbehave-$1 must be stopped by what it did: $2"
    launch bad 2 2 "misbehave-$1.elf"
    wait_state bad stopped
    [ "$(reason_of bad)" = "$2" ] || fail "the reason is $(reason_of bad)"
    remove bad
}

# contained NAME PATTERN: it prints that, still runs a moment later, and stops when asked.
contained() {
    step "misbehave-$1 must be contained, and stopped when asked"
    launch bad 2 2 "misbehave-$1.elf"
    wait_console bad "$2" 60
    console_text bad | tail -n 2
    usleep 300000
    [ "$(state_of bad)" = running ] || fail "it is $(state_of bad)"
    [ $# -lt 3 ] || "$3"
    run ampctl stop bad
    [ "$(reason_of bad)" = STOPPED ] || fail "the reason is $(reason_of bad)"
    remove bad
}

no_core_started() {
    console_has bad "0 of [0-9]* cores started" || fail "it started a core"
    [ "$(nproc)" -eq 2 ] || fail "nproc is $(nproc)"
}

# dom0 reads from and writes to the channel whose indices are wild: any answer will do, but there must be one.
talk_to_wild_ring() {
    for _ in 1 2 3 4 5 6 7 8; do
        timeout 10 ampctl send bad ctrl "to the wild" --timeout 1 >/dev/null 2>&1 || [ $? -lt 124 ] || fail "send hangs"
        timeout 10 ampctl recv bad ctrl --timeout 1 >/dev/null 2>&1 || [ $? -lt 124 ] || fail "recv hangs"
    done
    [ "$(state_of bad)" = running ] || fail "it is $(state_of bad)"
}

load_module
remember_machine
describe loop 1 1 control-loop.elf "$(arguments summary=0 report=50)"
run ampctl create "$WORK/loop.dts"
run ampctl start loop
wait_console loop "control-loop: loop"
follow loop "$WORK/reports"
wait_reports "$WORK/reports" 5
look_at_exits loop before

crashes unmapped-read UNMAPPED_READ
crashes unmapped-write UNMAPPED_WRITE
crashes unmapped-jump UNMAPPED_FETCH
crashes readonly-write DENIED_WRITE
crashes no-syndrome NO_SYNDROME
crashes tables TABLE_WALK
crashes exclusive NO_SYNDROME
stops system-off SYSTEM_OFF
contained cpu-on "survived" no_core_started
contained calls "survived"
contained smc-flood "flooding"
contained doorbell-flood "flooding"
contained gic "survived"
contained sgi-all "survived"
contained spin-masked "spinning"
contained wfi-masked "waiting"
contained console-flood "flood [0-9]"
contained timer-storm "storm"
contained pmu-storm "storm"
contained set-way "survived"
contained sysregs "survived"
contained ring "wild" talk_to_wild_ring
crashes unmapped-thumb32 UNMAPPED_READ
contained calls32 "survived, 0 answers"
contained spin-masked32 "spinning"
contained registers32 "survived"

step "the control loop beside all of that"
look_at_exits loop after
unfollow
check_calm
check_sequence "$WORK/reports" 100
histogram "$WORK/reports"
[ "$(state_of loop)" = running ] || fail "loop is $(state_of loop)"
remove loop
unload_module
check_machine
finish
