# SPDX-License-Identifier: GPL-2.0-only
# A Linux guest, an RTOS-style guest (the 1 kHz control loop) and U-Boot at once on three cores, each at its own work, one stopped
# and started again while the others go on.
. ./linux-lib.sh

# The example's description without the files that it would boot.
describe_u_boot() {
    sed -e '/files {/,/^            };/d' -e 's,"u-boot.bin","/e2e/u-boot.bin",' -e 's/amp,cores = <3>/amp,cores = <1>/' \
        /usr/share/amp/dts/u-boot.dts >"$WORK/u-boot.dts"
}

ask_u_boot() { printf 'setenv a done; echo %s-${a}\n' "$1" | ampctl console u-boot --until "$1-done" --timeout 60 >/dev/null || fail "U-Boot: $1"; }

load_module
remember_machine
guest_root "$WORK/root"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_u_boot
describe_linux tux 2 2 /e2e/Image "$WORK/initrd.gz" 0x08000000 ""
describe loop 3 3 control-loop.elf

step "three operating systems on three cores"
run ampctl check "$WORK/u-boot.dts" "$WORK/tux.dts" "$WORK/loop.dts"
for name in loop tux u-boot; do run ampctl create "$WORK/$name.dts"; done
run ampctl start loop
follow loop "$WORK/reports"
start_linux tux
run ampctl start u-boot
run ampctl list
[ "$(cores)" = 0 ] || fail "Linux has cores $(cores)"

step "each at its work"
wait_new tux "^/ # "
wait_until 60 "U-Boot's countdown" console_has u-boot "^Hit any key"
ask_u_boot first
ask tux 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo counted $i' '^counted 20000'
wait_reports "$WORK/reports" 10

step "one is stopped and started again, another restarts itself, the third does not notice"
run ampctl stop tux
printf 'reset\n' >/dev/amp-u-boot-console
start_linux tux
wait_new tux "^/ # "
wait_until 60 "U-Boot's second countdown" console_has u-boot "resetting"
ask_u_boot second
wait_reports "$WORK/reports" 10
unfollow
check_sequence "$WORK/reports" 5
expect "restarted itself 1 time" ampctl status u-boot
check_guest_log tux
run ampctl status

step "everything back"
run ampctl stop --all
run ampctl destroy --all
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz"
check_machine
finish
