# SPDX-License-Identifier: GPL-2.0-only
# A stock Debian kernel (IMAGE) as guest with SIZE of memory: to its shell, commands typed at the console, poweroff, started
# again, reboot, panic; its kernel's log has nothing to complain about.
. ./linux-lib.sh

uname_of() { sed -n 's/^guest: \([^ ]*\) .*/\1/p' "$WORK/$1.console" | tail -n 1; }

load_module
remember_machine
guest_root "$WORK/root" "${BUSYBOX:-}"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_linux tux 1 "$CORE" "$IMAGE" "$WORK/initrd.gz" "$SIZE" "$ARGS"

step "a stock kernel to its shell"
run ampctl create "$WORK/tux.dts"
start_linux tux
wait_new tux "^guest: $EXPECT"
wait_new tux "^/ # "
check_guest_log tux
figure "boot of $(uname_of tux) to its shell, in a partition: $(($(boot_ns tux) / 1000000)) ms"
ask tux 'uname -r; grep MemTotal /proc/meminfo' '^MemTotal'
ask tux 'grep -c processor /proc/cpuinfo; echo $((6*7)) is the answer' '^42 is the answer'
ask tux 'grep -E "arch_timer|uart" /proc/interrupts' 'uart-pl011'
ask tux 'i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; cat /proc/uptime; echo counted $i' '^counted 20000'
run ampctl stats tux

step "it halts, and starts again"
say_to tux 'poweroff -f'
wait_state tux stopped 30
expect "SYSTEM_OFF" ampctl status tux
start_linux tux
wait_new tux "^/ # "

step "it reboots by itself: PSCI SYSTEM_RESET starts it anew from its image"
ask tux 'echo left behind >/tmp/file; cat /tmp/file' '^left behind'
say_to tux 'reboot -f'
wait_new tux "^guest: $EXPECT"
wait_new tux "^/ # "
ask tux 'ls /tmp | wc -l' '^0'
expect "restarted itself 1 time" ampctl status tux
check_guest_log tux

step "it panics: seen as what it is"
say_to tux 'echo c >/proc/sysrq-trigger'
wait_new tux "end Kernel panic - not syncing"
expect "Kernel panic - not syncing: sysrq triggered crash" ampctl status tux
expect '"panic": "Kernel panic - not syncing: sysrq triggered crash"' ampctl status tux --json

step "everything back"
run ampctl stop tux
remove tux
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz"
check_machine
finish
