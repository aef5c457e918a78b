# SPDX-License-Identifier: GPL-2.0-only
# dom0's PMU works on a core that came back from guests which had it: one that judges it and one that leaves every counter running,
# overflowed and its interrupt pending.

check_perf() { expect "core $1 counts, [0-9]+ cycles" ./perf-check "$1"; }

step "before"
check_perf "$CORE"
load_module
remember_machine
for _ in 1 2 3; do
    step "a guest with every counter running, stopped in its storm of overflow interrupts"
    launch storm 1 "$CORE" misbehave-pmu-storm.elf
    wait_console storm "storm"
    wait_until 10 "PMU interrupts" sh -c "[ \$(ampctl stats storm --json | sed -n 's/^ *\"device_irq\": \([0-9]*\).*/\1/p') -gt 1000 ]"
    check_perf 0
    run ampctl stop storm
    remove storm
    step "the core's PMU is dom0's again"
    check_perf "$CORE"
done

step "a guest that uses all of the PMU and ends by itself"
launch judge 1 "$CORE" conformance.elf
wait_state judge stopped 120
console_text judge | tr -d '\r' | grep -E '^PASS pmu' || fail "the guest had no PMU"
remove judge
check_perf "$CORE"
unload_module
check_perf "$CORE"
check_machine
finish
