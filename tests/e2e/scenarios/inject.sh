# SPDX-License-Identifier: GPL-2.0-only
# A failure at each step of create and start in turn: each leaves the machine as it was, and the next attempt may succeed.

PARAMETER=/sys/module/amp/parameters/fail_step

# attempt STEP: 0 when the failure hit, 1 when there are fewer steps than that.
attempt() {
    echo "$1" >"$PARAMETER"
    if ampctl create "$WORK/inject.dts" >"$WORK/out" 2>&1 && ampctl start inject >>"$WORK/out" 2>&1; then
        local left="$(cat "$PARAMETER")"
        echo 0 >"$PARAMETER"
        [ "$left" -gt 0 ] || fail "step $1 failed and nobody was told"
        return 1
    fi
    grep -q "failure injected at step $1" "$WORK/out" || { cat "$WORK/out"; fail "step $1: another error"; }
    [ "$(cat "$PARAMETER")" -eq 0 ] || fail "step $1: the failure is still to come"
}

# A failed start leaves a created partition (its core is still taken); a failed create leaves nothing.
clean_up() {
    [ -z "$(partitions)" ] || ampctl destroy inject >/dev/null || fail "step $1: can't destroy what the failed start left"
    [ "$(cores)" = "$cores_before" ] || fail "step $1: cores online: $(cores)"
    [ -z "$(ls /dev | grep '^amp-' || true)" ] || fail "step $1: left $(ls /dev | grep '^amp-')"
}

load_module
describe inject 1 "$CORE" hello.elf
remember_machine
step "a failure at each step of create and start"
n=1
while attempt "$n"; do
    clean_up "$n"
    n=$((n + 1))
    [ "$n" -lt 200 ] || fail "step 200 reached"
done
[ "$n" -gt 5 ] || fail "only $n steps: the injection reaches too little"
echo "steps at which a failure was undone: $((n - 1))"
step "and without a failure it runs"
wait_console inject .
remove inject
unload_module
check_machine
finish
