# SPDX-License-Identifier: GPL-2.0-only
# A guest tries every attack on the queues of its devices, while a stock Debian guest on another core uses its own network and disk
# without an error. No back end dies, and the attacked one's log names what it was served. BACKEND=tap: network, disk, console and
# entropy device, all in amp-virtio; BACKEND=vhost-net: network and sockets, whose rings are the kernel's vhost's.
# Variables: CORE, of the honest guest; BAD_CORE; BACKEND.
. ./linux-lib.sh
. ./virtio-lib.sh

DISK=/images/scratch
DISK_BYTES=4194304
DOM0=$(((10 << 24) + (9 << 16) + 1)) # $NETWORK.1

# check_named TEXT: the attacked back end's log says so of each of DEVICES.
check_named() {
    local device
    for device in $DEVICES; do
        log_of bad | grep -qE " $device: queue [01] is broken: $1" || fail "virtio.log does not say of $device: $1"
    done
}

is_waiting_for_death() { console_has bad '^misbehave-virtqueue: waiting for the worker'; }

load_module
if [ "$BACKEND" = vhost-net ]; then
    modprobe vhost_net
    modprobe vhost_vsock
fi
make_network good0 bad0
truncate -s "$DISK_BYTES" "$DISK"
remember_machine
remember_files
serve in_debian iperf3 -s
case "$BACKEND" in
tap)
    DEVICES="net0 disk0 con0 rng0"
    described="$(net_device net0 tap:bad0) $(disk_device disk0 "$DISK") $(console_device con0) $(random_device rng0)"
    ;;
*)
    DEVICES="net0 vsock0"
    described="$(net_device net0 vhost-net:bad0) $(socket_device vsock0 4)"
    options="vhost=1 death"
    serve in_debian socat VSOCK-LISTEN:1024,fork,max-children=8 PIPE
    ;;
esac
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda rw" "$(net_device net0 "$BACKEND:good0") $(disk_device disk0 /images/debian.ext4)"
describe bad 2 "$BAD_CORE" misbehave-virtqueue.elf "$(arguments "dom0=$DOM0 ${options:-} ${ONLY:+only=$ONLY}")
    virtio { $described };"

step "an honest guest with network and disk, in use"
run ampctl create "$WORK/tux.dts"
run ampctl create "$WORK/bad.dts"
start_linux tux
wait_address tux
wait_new tux '^ttyAMA0# '
good_worker=$(back_end tux worker)
# ping takes an answer for lost that comes later than an interval after the last question: three seconds, for a busy host. One of
# five may be lost: both guests are on one bridge, and the other one sends to all on it what it likes.
in_turns tux pings "ping -c 5 -i 3 $NETWORK.1 >/tmp/said; cat /tmp/said; grep -qE ' (0|20)% packet loss' /tmp/said"
in_turns tux transfers "iperf3 -c $NETWORK.1 -t 2 && sleep 1"
verify_in_turns tux

step "the other guest's attacks"
run ampctl start bad
wait_until 30 "a worker for bad" is_served bad
bad_worker=$(back_end bad worker)
begin=$(now_ms)
if [ "$BACKEND" = vhost-net ]; then
    wait_until "$PATIENCE" "all attacks that need no death" is_waiting_for_death
    check_lived bad "$bad_worker"
    kill_worker bad
fi
wait_state bad stopped "$PATIENCE"
ampctl console bad --history | tr -d '\r' >"$WORK/bad.console"
grep -E '^(attack|misbehave)' "$WORK/bad.console"
if grep BROKEN "$WORK/bad.console"; then fail "an attack did not end as it must"; fi
grep -q '^misbehave-virtqueue: [0-9]* attacks, all devices work' "$WORK/bad.console" || fail "it did not come to its end"
figure "$(grep -c '^attack ' "$WORK/bad.console") attacks in $(($(now_ms) - begin)) ms, $(grep -c 'DEVICE_NEEDS_RESET' "$WORK/bad.console") broke a queue"
[ "$(reason_of bad)" = SYSTEM_OFF ] || fail "it ended with $(reason_of bad)"

step "its back end lives, and has named what it was served"
run ampctl status bad
log_of bad | sed 's/^[^ ]* //' | sort | uniq -c | sort -rn | head -n 12
if [ "$BACKEND" = tap ]; then
    check_lived bad "$bad_worker"
    for text in "the available index moved" "a descriptor number is out of range" "a chain was made available again" \
        "a descriptor chain has a loop" "a buffer is outside" "a readable descriptor behind" "an indirect descriptor where none" \
        "a descriptor chain has too many" "a descriptor chain has more than" "the queue's size is no power" "a part of the queue is misaligned"; do
        check_named "$text"
    done
    ampctl console bad con0 --until "misbehave-virtqueue: an honest line" --timeout 30 </dev/null >"$WORK/bad.con0" ||
        fail "what the guest wrote to its virtio console is not there"
    [ "$(stat -c %s "$DISK")" -eq "$DISK_BYTES" ] || fail "its disk has $(stat -c %s "$DISK") bytes, it had $DISK_BYTES"
else
    [ "$(back_end bad restarts)" -eq 1 ] || fail "the back end of bad died $(back_end bad restarts) times, of which one was asked for"
    for text in "the kernel's vhost can't go on" "the queue's size is no power" "a part of the queue is misaligned"; do
        check_named "$text"
    done
    log_of bad | grep -q ' vsock0: queue 2 is broken: a descriptor number is out of range' || fail "nothing is said of the event queue"
fi

step "the honest guest noticed nothing"
check_turns tux pings transfers verifies
check_lived tux "$good_worker"
if log_of tux | grep 'is broken'; then fail "a queue of the honest guest broke"; fi
ask tux 'rm /fio; sync; echo $((6*7)) is done' '^42 is done'
say_to tux 'poweroff'
wait_state tux stopped 60

step "everything back"
remove bad
remove tux
run in_debian e2fsck -fn /mnt/debian.ext4
rm -f "$WORK"/tux.* "$WORK"/bad.* "$DISK"
end_servers
check_given_back tux bad
check_machine 4096
take_network_away good0 bad0
unload_module
finish
