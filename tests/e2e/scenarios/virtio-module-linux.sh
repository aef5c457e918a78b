# SPDX-License-Identifier: GPL-2.0-only
# A stock Linux's virtio-mmio and virtio-rng drivers with the tests' back end, which dies while the driver waits in a register and
# comes again. Variables: CORE.
. ./linux-lib.sh

# back_end LOG [MODE]: in the background, and open.
back_end() {
    ./virtio-device tux 0 0x40000000 0x10000000 ${2:-} >"$1" 2>&1 &
    back_end_pid=$!
    wait_until 10 "the back end to open the device" grep -q "^open" "$1"
}

load_module
remember_machine
guest_root "$WORK/root"
cp virtio_mmio.ko virtio-rng.ko "$WORK/root/"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_linux tux 1 "$CORE" /e2e/Image "$WORK/initrd.gz" 0x10000000 "" 'virtio { rng0 { compatible = "virtio,rng"; }; };'
run ampctl create "$WORK/tux.dts"

step "the driver is stopped in its first access, until a back end answers that one"
back_end "$WORK/hold" hold
start_bare() { ./virtio-device tux start; }
seen=$(console_text tux | wc -c)
expect "^start: done" start_bare
ampctl console tux </dev/null >"$WORK/tux.console" 2>&1 &
wait_new tux "^guest: "
wait_new tux "^/ # "
say_to tux "insmod /virtio_mmio.ko; insmod /virtio-rng.ko; cat /sys/class/misc/hw_random/rng_current"
wait_until 60 "the driver's first access" grep -qE "^(read|write)" "$WORK/hold"
kill -9 "$back_end_pid"
wait "$back_end_pid" || true
back_end "$WORK/log"
wait_new tux "^virtio_rng" 60

step "random numbers by the stock driver"
ask tux 'echo read $(dd if=/dev/hwrng bs=64 count=16 2>/dev/null | wc -c) bytes; grep virtio /proc/interrupts' '^read 1024 bytes' 60
new_text tux | grep virtio0
ask tux 'cat /sys/bus/virtio/devices/virtio0/device /sys/bus/virtio/devices/virtio0/status' '^0x0000000f' 30
[ "$(grep -c '^used' "$WORK/log")" -ge 16 ] || fail "the back end filled less than 16 buffers"
tail -n 3 "$WORK/log"
check_guest_log tux
run ampctl stop tux
remove tux
wait "$back_end_pid" || fail "the back end ended with status $?"
expect "^gone" tail -n 1 "$WORK/log"
unload_module
check_machine 4096
finish
