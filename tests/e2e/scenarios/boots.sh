# SPDX-License-Identifier: GPL-2.0-only
# BOOTS boots in a row of a stock kernel that restarts itself as soon as it is up: none fails, none is lost.
. ./linux-lib.sh

load_module
remember_machine
guest_root "$WORK/root"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_linux again 1 "$CORE" /e2e/Image "$WORK/initrd.gz" 0x08000000 "quiet then=reboot"

resets() { ampctl status again --json | number resets; }

step "$BOOTS boots in a row"
run ampctl create "$WORK/again.dts"
begin=$(now_ms)
run ampctl start again
counted=0
looks_in_vain=0
while [ "$counted" -lt "$BOOTS" ]; do
    sleep 2 # looking more often would take the guest's time: emulated cores share the host's
    now=$(resets)
    if [ "$now" -gt "$counted" ]; then looks_in_vain=0; else looks_in_vain=$((looks_in_vain + 1)); fi
    [ "$looks_in_vain" -lt 45 ] || fail "boot $((now + 1)) does not end; it is $(state_of again)"
    counted=$now
done
figure "$counted boots of a stock kernel in a row: $((($(now_ms) - begin) / counted)) ms each"
run ampctl stop again
[ "$(reason_of again)" = STOPPED ] || fail "it ended by itself: $(reason_of again)"
console_text again >"$WORK/again.console"
check_guest_log again
run ampctl status again

step "everything back"
remove again
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz"
check_machine
finish
