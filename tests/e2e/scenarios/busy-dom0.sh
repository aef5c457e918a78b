# SPDX-License-Identifier: GPL-2.0-only
# A dom0 that is busy on all its cores, in memory, file system and interrupts, causes the control loop not one exit.

keep_busy() {
    while :; do
        dd if=/dev/urandom of="/tmp/busy.$1" bs=64k count=16 2>/dev/null
        md5sum "/tmp/busy.$1" >/dev/null
        ls -R /sys/class >/dev/null
    done
}

load_module
remember_machine
describe loop 1 "$CORE" control-loop.elf "$(arguments summary=0 report=100)"
run ampctl create "$WORK/loop.dts"
run ampctl start loop
wait_console loop "control-loop: loop"
step "$(nproc) busy loops on the $(nproc) cores of dom0, for $SECONDS_BUSY s"
busy=""
for n in $(seq "$(nproc)"); do
    keep_busy "$n" &
    busy="$busy $!"
done
look_at_exits loop before
sleep "$SECONDS_BUSY"
look_at_exits loop after
for pid in $busy; do kill "$pid"; done
wait
# Nobody opened the channel meanwhile: its reports fill the ring without a doorbell, so even messages are no exits.
check_calm hvc kick
run ampctl send loop ctrl report
follow loop "$WORK/reports"
wait_reports "$WORK/reports" 5
unfollow
step "lateness in the partition, under this load"
histogram "$WORK/reports" | sed 's/^/figure: in a partition: /' | head -n 1
histogram "$WORK/reports"
rm -f /tmp/busy.*
remove loop
unload_module
check_machine
finish
