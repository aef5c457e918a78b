# SPDX-License-Identifier: GPL-2.0-only
# A channel between two partitions: they talk without dom0; one is destroyed and made again, and the talk goes on.

# pair NAME ID CORE IMAGE PEER: a partition whose only channel leads to another partition.
pair() {
    describe "$1" "$2" "$3" "$4"
    sed -i "s/ctrl { amp,peer = \"dom0\"/talk { amp,peer = \"$5\"/" "$WORK/$1.dts"
}

rung() { ampctl stats "$1" --json | number doorbells_in; }
hears_more_than() { [ "$(rung "$1")" -gt "$2" ]; }

load_module
remember_machine
pair left 1 1 control-loop.elf right
pair right 2 2 ring-echo.elf left
step "both ends are created together, then started"
run ampctl start "$WORK/left.dts" "$WORK/right.dts"
wait_console left "control-loop: left, 1000 Hz, talk"
wait_console right "ring-echo: right answers left on channel talk"
wait_until 20 "left to hear from right" hears_more_than left 5
wait_until 20 "right to hear from left" hears_more_than right 5
step "one end stops and starts again"
run ampctl stop right
run ampctl start right
wait_until 20 "right to hear from left again" hears_more_than right 5
run ampctl destroy --all
unload_module
check_machine
finish
