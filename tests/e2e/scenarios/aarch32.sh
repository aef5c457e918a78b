# SPDX-License-Identifier: GPL-2.0-only
# 32-bit guests beside a 64-bit one: a control loop of each width at the same time, and hello32 on a third core, which ends, crashes
# and is looked at.

load_module
remember_machine

step "a 64-bit and a 32-bit control loop side by side"
launch wide 1 1 control-loop.elf "$(arguments summary=0 report=50)"
launch narrow 2 2 control-loop32.elf "$(arguments summary=0 report=50)"
wait_console wide "control-loop: wide, 1000 Hz, ctrl"
wait_console narrow "control-loop: narrow, 1000 Hz, ctrl"
follow narrow "$WORK/reports"
wait_reports "$WORK/reports" 5
look_at_exits narrow before

step "hello32 beside them: to its end, and started again"
launch hello 3 3 hello32.elf
wait_state hello stopped
expect "SYSTEM_OFF" ampctl status hello
wait_console hello "hello from hello: GICv$GIC, counter [0-9]* at [0-9]* Hz, in a partition"
wait_console hello "^bye"
remove hello

step "it reads what is not there: the report has the registers by their 32-bit names"
launch hello 3 3 hello32.elf "$(arguments crash)"
wait_state hello crashed
expect "UNMAPPED_READ" ampctl status hello
expect "AArch32 svc, A32" ampctl status hello
expect "0x0000000010000000 guest-physical" ampctl status hello
expect "lr_svc [0-9a-f]+$" ampctl status hello
remove hello

step "pause and resume a 32-bit guest, and what it did meanwhile"
wait_reports "$WORK/reports" 40
look_at_exits narrow after
check_calm
run ampctl pause narrow
is_in_state narrow paused || fail "it is $(state_of narrow)"
run ampctl resume narrow
wait_reports "$WORK/reports" 10
unfollow
check_sequence "$WORK/reports" 40
histogram "$WORK/reports"

step "commands by channel, and the end"
run ampctl send narrow ctrl stop
wait_state narrow stopped
wait_console narrow "control-loop: stopped"
[ "$(state_of wide)" = running ] || fail "wide is $(state_of wide)"
run ampctl destroy --all
unload_module
check_machine
finish
