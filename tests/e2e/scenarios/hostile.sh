# SPDX-License-Identifier: GPL-2.0-only
# Hostile calls of /dev/amp, and what others in dom0 may try with a donated core: all answered, nothing harmed.

# The address that cpu@N's reg gives, as the descriptor wants it.
mpidr_of() { od -An -tx1 "/proc/device-tree/cpus/cpu@$1/reg" | tr -d ' \n' | sed 's/^\(.*\)$/0x\1/'; }

load_module
remember_machine
describe probe 1 "$CORE" control-loop.elf
doorbell=$(ampctl plan "$WORK/probe.dts" --json | number doorbell)
[ -n "$doorbell" ] || fail "the plan names no doorbell"

step "hostile descriptors, segments, calls, pointers"
run ./hostile-ioctl "$ROUNDS" "$SEED" "$CORE" "$(mpidr_of "$CORE")" "$doorbell" "$GIC" "$RESERVED"
[ -z "$(partitions)" ] || fail "left: $(partitions)"
[ "$(cores)" = "$cores_before" ] || fail "cores online: $(cores)"

step "a donated core can't be onlined by someone else"
run ampctl create "$WORK/probe.dts"
run ampctl start probe
wait_console probe .
if echo 1 >"/sys/devices/system/cpu/cpu$CORE/online" 2>"$WORK/out"; then
    fail "core $CORE was onlined under the guest"
fi
cat "$WORK/out"
[ "$(state_of probe)" = running ] || fail "probe is $(state_of probe)"

step "suspend is refused while a partition runs"
if [ -w /sys/power/state ] && grep -q freeze /sys/power/state; then
    if echo freeze >/sys/power/state 2>"$WORK/out"; then fail "dom0 slept"; fi
    cat "$WORK/out"
else
    fail "this kernel has no suspend to try"
fi
[ "$(state_of probe)" = running ] || fail "probe is $(state_of probe)"
remove probe

step "a page that never comes keeps a partition from nothing"
describe probe 1 "$CORE" control-loop.elf "$(arguments summary=0 report=50)"
run ampctl create "$WORK/probe.dts"
run ampctl start probe
wait_console probe "control-loop: probe"
stuck=""
# stick NODE CALLS
stick() {
    ./stuck-page "/dev/amp-probe-$1" "$2" >"$WORK/stuck.$1" 2>&1 &
    stuck="$stuck $!"
    wait_until 20 "the calls of $1 to wait" grep -q "^the calls wait" "$WORK/stuck.$1"
}
stick console write
stick ctrl both
run timeout 60 ampctl stop probe
run timeout 60 ampctl destroy probe
for pid in $stuck; do kill -9 "$pid"; done
wait
rm -f "$WORK"/stuck.*
unload_module
check_machine
finish
