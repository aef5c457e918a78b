# SPDX-License-Identifier: GPL-2.0-only
# A reboot with running partitions ends cleanly: they are stopped, then Linux restarts. The machine is gone at the end, so what
# is expected stands in runs.yaml.
load_module
launch one 1 1 control-loop.elf
launch two 2 2 misbehave-spin-masked.elf
wait_console two "spinning"
echo 7 >/proc/sys/kernel/printk
step "reboot"
trap - EXIT
sync
reboot -f
