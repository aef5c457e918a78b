# SPDX-License-Identifier: GPL-2.0-only
# Assigned devices, there and back: a PL031 with its alarm interrupt, taken from Linux's driver, used by a guest, and given back
# so that the driver works again; and a PL061 with a level for its interrupt. Variables: CORE, CYCLES.

RTC=9010000.pl031
DRIVER=/sys/bus/amba/drivers/rtc-pl031
GPIO_DRIVER=/sys/bus/amba/drivers/pl061_gpio

bind_rtc() { run_to "$RTC" "$DRIVER/bind"; }
unbind_rtc() { run_to "$RTC" "$DRIVER/unbind"; }
run_to() {
    echo "# echo $1 > $2"
    echo "$1" >"$2" || fail "echo $1 > $2"
}

alarms_of_linux() { awk '/rtc-pl031/ { for (i = 2; $i ~ /^[0-9]+$/; i++) sum += $i } END { print sum + 0 }' /proc/interrupts; }
more_alarms_than() { [ "$(alarms_of_linux)" -gt "$1" ]; }

# Linux's driver takes an alarm: interrupt, count, and the alarm is off afterwards.
linux_takes_an_alarm() {
    local before node
    before=$(alarms_of_linux)
    node=$(ls -d /sys/bus/amba/devices/$RTC/rtc/rtc*)
    echo 0 >"$node/wakealarm"
    echo +1 >"$node/wakealarm" || fail "Linux can't set an alarm"
    wait_until 20 "Linux's alarm" more_alarms_than "$before"
    echo "alarms that Linux saw: $before, now $(alarms_of_linux)"
}

rtc_description() { describe rtc 1 "$CORE" device-rtc.elf "amp,devices = \"/pl031@9010000\"; $(arguments "$@")"; }

load_module
remember_machine
linux_takes_an_alarm

step "refused while Linux's driver has it, with the command that frees it"
rtc_description alarms=1 stay
refuse "echo $RTC > $DRIVER/unbind" ampctl create "$WORK/rtc.dts"
refuse "held by Linux's driver 'rtc-pl031'" ampctl check "$WORK/rtc.dts"
linux_takes_an_alarm

step "there and back, $CYCLES times"
turn=0
while [ "$turn" -lt "$CYCLES" ]; do
    turn=$((turn + 1))
    unbind_rtc
    run ampctl create "$WORK/rtc.dts"
    refuse "." sh -c "echo $RTC > $DRIVER/bind"
    run ampctl start rtc
    wait_console rtc "PASS: 1 of 1 alarms" 60
    [ "$(exits_of rtc device_irq)" -ge 1 ] || fail "$(exits_of rtc device_irq) exits for the device's interrupt"
    remove rtc
    bind_rtc
    linux_takes_an_alarm
done
figure "$turn times a device there and back"

for way in storm active; do
    step "a guest that leaves the interrupt $way: stopped, started again, given back quiet"
    unbind_rtc
    rtc_description "$way"
    run ampctl create "$WORK/rtc.dts"
    run ampctl start rtc
    wait_until 60 "the interrupt" sh -c "[ \$(ampctl stats rtc --json | sed -n 's/^ *\"device_irq\": \\([0-9]*\\).*/\\1/p') -ge 1 ]"
    run ampctl pause rtc
    run ampctl resume rtc
    run ampctl stop rtc
    run ampctl start rtc
    wait_console rtc "PL031 id"
    remove rtc
    bind_rtc
    linux_takes_an_alarm
    quiet_before=$(alarms_of_linux)
    linux_takes_an_alarm
    [ "$(alarms_of_linux)" -eq $((quiet_before + 1)) ] || fail "one alarm made $(($(alarms_of_linux) - quiet_before))"
done

step "a guest that crashes gets the interrupt again when it is started again"
unbind_rtc
rtc_description alarms=1 crash
run ampctl create "$WORK/rtc.dts"
for _ in 1 2; do
    run ampctl start rtc
    wait_state rtc crashed 60
    [ "$(reason_of rtc)" = UNMAPPED_READ ] || fail "the reason is $(reason_of rtc)"
    [ "$(exits_of rtc device_irq)" -ge 1 ] || fail "no alarm before the crash"
done
remove rtc
bind_rtc
linux_takes_an_alarm

step "so does one that resets itself"
unbind_rtc
rtc_description alarms=1 reset
run ampctl create "$WORK/rtc.dts"
run ampctl start rtc
passed() { [ "$(console_text rtc | grep -c 'PASS: 1 of 1 alarms')" -ge 3 ]; }
wait_until 60 "three alarms, with a reset after each" passed
run ampctl stop rtc
remove rtc
bind_rtc
linux_takes_an_alarm

step "a PL061's own interrupt, for the level of a pin, which stays until the guest masks it"
run_to 9030000.pl061 "$GPIO_DRIVER/unbind"
for argument in "" stay ""; do
    describe gpio 1 "$CORE" device-gpio.elf "amp,devices = \"/pl061@9030000\"; $(arguments "$argument")"
    run ampctl create "$WORK/gpio.dts"
    run ampctl start gpio
    if [ -z "$argument" ]; then
        wait_state gpio stopped 90
        console_text gpio | grep -E "PASS|FAIL"
        console_has gpio "PASS: 5 interrupts of the PL061, 0 not its own" || fail "the PL061's interrupt did not come as it should"
        console_has gpio "PASS: the level is there still" || fail "the PL061's level is gone"
    else # stopped with the interrupt asserted
        wait_until 60 "its interrupts" sh -c "[ \$(ampctl stats gpio --json | sed -n 's/^ *\"device_irq\": \\([0-9]*\\).*/\\1/p') -gt 20 ]"
        run ampctl stop gpio
    fi
    remove gpio
done
run_to 9030000.pl061 "$GPIO_DRIVER/bind"

unload_module
check_machine
finish
