# SPDX-License-Identifier: GPL-2.0-only
# Firmware with a resource table that remoteproc loads and starts, and amp-virtio serves: messages go round in each of its runs.
# Variables: CORE.

REMOTE=/sys/class/remoteproc/remoteproc0
tell() { run sh -c "echo $2 > $REMOTE/$1"; }
is_announced() { ampctl rpmsg ls box 2>/dev/null | grep -q "^echo "; }
# exchange STATE: the service comes, answers, and the remote processor is in that state.
exchange() {
    wait_until 20 "the service echo" is_announced
    expect "all came back" ampctl rpmsg ping box echo
    expect "^$1$" cat "$REMOTE/state"
}

load_module
run modprobe amp-remoteproc
remember_machine
describe box 1 "$CORE" rpmsg-echo.elf "virtio { link { compatible = \"virtio,rpmsg\"; }; };"
run ampctl create "$WORK/box.dts"
wait_until 10 "a remote processor" test -e "$REMOTE"
run /usr/libexec/amp/amp-virtio box
mkdir -p /lib/firmware
cp "$GUESTS/rpmsg-echo.elf" /lib/firmware/box.elf

for _ in 1 2 3; do
    step "started and stopped by remoteproc"
    tell state start
    exchange running
    tell state stop
    expect "^offline$" cat "$REMOTE/state"
done
step "the same firmware started by ampctl"
run ampctl start box
wait_until 10 "the remote processor to be attached" grep -q "^attached$" "$REMOTE/state"
exchange attached
remove box
rm -r /lib/firmware
run rmmod amp-remoteproc
unload_module
check_machine
finish
