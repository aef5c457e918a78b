# SPDX-License-Identifier: GPL-2.0-only
# Wrong and malicious back ends: each of their calls is answered, nothing is harmed, and all memory comes back. Variables: CORE, GIC.

# The address that cpu@N's reg gives, as the descriptor wants it.
mpidr_of() { od -An -tx1 "/proc/device-tree/cpus/cpu@$1/reg" | tr -d ' \n' | sed 's/^\(.*\)$/0x\1/'; }

load_module
remember_machine
describe probe 1 "$CORE" hello.elf
doorbell=$(ampctl plan "$WORK/probe.dts" --json | number doorbell)
[ -n "$doorbell" ] || fail "the plan names no doorbell"

step "every call that a back end has, wrongly"
run ./hostile-virtio "$CORE" "$(mpidr_of "$CORE")" "$doorbell" "$GIC"
[ -z "$(partitions)" ] || fail "left: $(partitions)"
unload_module
check_machine
finish
