# SPDX-License-Identifier: GPL-2.0-only
# COUNT partitions at once, one on each core but Linux's last one, each with a console and a channel of its own.

load_module
remember_machine
for n in $(seq "$COUNT"); do describe "p$n" "$n" "$n" ring-echo.elf; done
step "$COUNT partitions at once"
for n in $(seq "$COUNT"); do
    run ampctl create "$WORK/p$n.dts"
    run ampctl start "p$n"
done
[ "$(cores)" = 0 ] || fail "Linux has cores $(cores)"
run ampctl list
step "each answers on its own console and channel"
for n in $(seq "$COUNT"); do
    wait_console "p$n" "ring-echo: p$n answers dom0"
    run ampctl send "p$n" ctrl "to $n"
done
for n in $(seq "$COUNT"); do expect "^p$n: to $n$" ampctl recv "p$n" ctrl --timeout 10; done
step "all of them stopped and destroyed"
run ampctl stop --all
run ampctl destroy --all
unload_module
check_machine
finish
