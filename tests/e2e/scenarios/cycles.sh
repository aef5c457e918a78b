# SPDX-License-Identifier: GPL-2.0-only
# CYCLES times create, start, stop, destroy: cores and memory as before, and no growth from an early cycle to the last.

one_cycle() {
    ampctl start "$WORK/cycle.dts" >"$WORK/out" 2>&1 &&
        ampctl stop cycle >>"$WORK/out" 2>&1 &&
        ampctl destroy cycle >>"$WORK/out" 2>&1 || { cat "$WORK/out"; fail "cycle $1"; }
    [ "$(cores)" = "$cores_before" ] || fail "cycle $1: cores online: $(cores)"
}

load_module
describe cycle 1 "$CORE" hello.elf "$(arguments stay)"
# The first cycles fill Linux's own caches (per-CPU lists, dentries); growth is measured from then on.
early=5
remember_machine
step "$CYCLES cycles of create, start, stop, destroy on core $CORE"
begin=$(now_ms)
for i in $(seq "$CYCLES"); do
    one_cycle "$i"
    [ "$i" -ne "$early" ] || early_kib=$(available_kib)
    [ $((i % 50)) -ne 0 ] || echo "cycle $i"
done
figure "$CYCLES cycles of create, start, stop, destroy: $((($(now_ms) - begin) / CYCLES)) ms each"
# Linux's own slabs breathe by some hundred KiB, and each hotplug leaves it about 1 KiB (it does without our module, too); a
# single page of ours that is lost in each cycle is more.
bound=$((512 + CYCLES))
growth() { echo $((early_kib - $(available_kib))); }
is_bounded() { [ "$(growth)" -le "$bound" ]; }
wait_until 10 "memory to have grown by at most $bound KiB (now: $(growth))" is_bounded
echo "growth from cycle $early to $CYCLES: $(growth) KiB (bound $bound)"
unload_module
check_machine
finish
