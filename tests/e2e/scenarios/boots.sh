# SPDX-License-Identifier: GPL-2.0-only
# BOOTS boots in a row of a stock kernel that restarts itself as soon as it is up: none fails, none is lost.
. ./linux-lib.sh

load_module
remember_machine
guest_root "$WORK/root"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_linux again 1 "$CORE" /e2e/Image "$WORK/initrd.gz" 0x08000000 "quiet then=reboot"

resets() { ampctl status again --json | number resets; }
# A boot that hangs stops the count; its console tells where.
count_grew() { [ "$(resets)" -gt "$counted" ]; }

step "$BOOTS boots in a row"
run ampctl create "$WORK/again.dts"
begin=$(now_ms)
run ampctl start again
counted=0
while [ "$counted" -lt "$BOOTS" ]; do
    wait_until 60 "boot $((counted + 1))" count_grew
    is_in_state again running || fail "after $counted boots it is $(state_of again)"
    counted=$(resets)
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
