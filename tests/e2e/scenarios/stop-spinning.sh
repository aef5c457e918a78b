# SPDX-License-Identifier: GPL-2.0-only
# A guest that spins with all interrupts masked is stopped every time; a crashed one starts again at once.

stop_one() {
    ampctl start spin >/dev/null || fail "start $1"
    wait_console spin "spinning"
    local begin="$(now_ms)"
    ampctl stop spin >"$WORK/out" 2>&1 || { cat "$WORK/out"; fail "stop $1"; }
    cat "$WORK/out"
    is_in_state spin stopped || fail "after stop $1 it is $(state_of spin)"
}

# "spin: stopped in 1.29 ms" as a number
in_microseconds() { awk '{ print $(NF - 1) * ($NF == "us" ? 1 : $NF == "ms" ? 1000 : $NF == "s" ? 1000000 : 0 / 0) }'; }

load_module
remember_machine
describe spin 1 "$CORE" misbehave-spin-masked.elf
run ampctl create "$WORK/spin.dts"
step "$STOPS times start and stop of a guest that masks everything and spins"
for i in $(seq "$STOPS"); do stop_one "$i"; done >"$WORK/stops"
cat "$WORK/stops"
figure "stop of a spinning, masked guest: $(in_microseconds <"$WORK/stops" | sort -n | awk '
    { us[NR] = $1 } END { printf "least %d us, median %d us, most %d us", us[1], us[int((NR + 1) / 2)], us[NR] }')"
remove spin

step "crash, then start again, at once"
describe crash 2 "$CORE" misbehave-unmapped-write.elf
run ampctl create "$WORK/crash.dts"
for i in $(seq "$RESTARTS"); do
    run ampctl start crash
    wait_state crash crashed
done
remove crash
unload_module
check_machine
finish
