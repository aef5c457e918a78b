# SPDX-License-Identifier: GPL-2.0-only
# A guest resets, activates, breaks and kicks its devices thousands of times. Its worker and its supervisor keep as much memory and as
# many open files as after the first round, its log is bounded, dom0 answers, and a stock Debian guest beside it waits no longer
# for its network and its disk than it may. Variables: CORE, of the honest guest; BAD_CORE; BACKEND of the networks; PATIENCE.
. ./linux-lib.sh
. ./virtio-lib.sh

DISK=/images/scratch
ROUNDS=3
LOG_LIMIT=270336    # two files of 128 KiB, and a line
MEMORY_SLACK=512    # KiB
LATENCY_LIMIT=2000  # ms

files_of() { set -- "/proc/$1/fd/"*; echo $#; }
memory_of() { awk '/^VmRSS:/ { print $2 }' "/proc/$1/status"; }
log_bytes() { cat /run/amp/bad/virtio.log /run/amp/bad/virtio.log.old 2>/dev/null | wc -c; }
round_is_over() { console_has bad "^misbehave-virtio-storm: round $1 is over"; }

# look N: after round N, when all devices are reset.
look() {
    local process
    for process in worker supervisor; do
        files_of "$(back_end bad $process)" >"$WORK/$process.files.$1"
        memory_of "$(back_end bad $process)" >"$WORK/$process.memory.$1"
        echo "round $1: the $process has $(cat "$WORK/$process.files.$1") open files, $(cat "$WORK/$process.memory.$1") KiB"
    done
    echo "round $1: the log has $(log_bytes) bytes"
}

# check_growth N: since the first round, in which all that is kept for use again was made.
check_growth() {
    local process files memory
    for process in worker supervisor; do
        files=$(($(cat "$WORK/$process.files.$1") - $(cat "$WORK/$process.files.1")))
        memory=$(($(cat "$WORK/$process.memory.$1") - $(cat "$WORK/$process.memory.1")))
        [ "$files" -le 0 ] || fail "the $process has $files open files more after round $1 than after the first"
        [ "$memory" -le "$MEMORY_SLACK" ] || fail "the $process has $memory KiB more after round $1 than after the first"
    done
    [ "$(log_bytes)" -le "$LOG_LIMIT" ] || fail "the log has $(log_bytes) bytes"
}

# latency WHEN: of the honest guest's network and disk.
latency() {
    local ping disk
    ask tux "ping -q -c 20 -i 0.2 $NETWORK.1" '^rtt' 60
    ping=$(new_text tux | sed -n 's|^rtt.* = [0-9.]*/\([0-9.]*\)/\([0-9]*\).*|\1 \2|p')
    ask tux 'fio --name=reads --filename=/dev/vda --size=8m --rw=randread --bs=4k --direct=1 --ioengine=libaio --thread --runtime=4 --time_based --output-format=terse --terse-version=3 | cut -d";" -f 15,16' \
        '^[0-9]+;[0-9]+' 60
    disk=$(new_text tux | sed -n 's/^\([0-9]*\);\([0-9]*\).*/\1 \2/p' | tail -n 1)
    figure "$1: ping ${ping% *} ms, at most ${ping#* } ms; a read of 4 KiB at most $((${disk#* } / 1000)) ms"
    [ "${ping#* }" -le "$LATENCY_LIMIT" ] || fail "the honest guest waited ${ping#* } ms for an answer"
    [ "$((${disk#* } / 1000))" -le "$LATENCY_LIMIT" ] || fail "the honest guest waited $((${disk#* } / 1000)) ms for its disk"
}

load_module
modprobe vhost_net
modprobe vhost_vsock
make_network good0 bad0
truncate -s 4M "$DISK"
remember_machine
remember_files
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda rw" "$(net_device net0 "$BACKEND:good0") $(disk_device disk0 /images/debian.ext4)"
describe bad 2 "$BAD_CORE" misbehave-virtio-storm.elf "virtio { $(net_device net0 "$BACKEND:bad0") $(disk_device disk0 "$DISK")
    $(console_device con0) $(random_device rng0) $(socket_device vsock0 4) };"

step "an honest guest with network and disk"
run ampctl create "$WORK/tux.dts"
run ampctl create "$WORK/bad.dts"
start_linux tux
wait_address tux
wait_new tux '^ttyAMA0# '
latency "alone"
good_worker=$(back_end tux worker)
in_turns tux pings "ping -c 5 -i 3 $NETWORK.1 >/tmp/said; cat /tmp/said; grep -q ' 0% packet loss' /tmp/said"
verify_in_turns tux

step "the other guest's storms"
run ampctl start bad
wait_until 30 "a worker for bad" is_served bad
bad_worker=$(back_end bad worker)
wait_until 30 "the guest" round_is_over 0
look 0
for round in $(seq $ROUNDS); do
    begin=$(now_ms)
    run ampctl send bad ctrl "go on"
    if [ "$round" -eq 2 ]; then
        latency "in the storm"
        asked=$(now_ms)
        ampctl status >/dev/null
        figure "dom0 tells all partitions' status within $(($(now_ms) - asked)) ms in the storm"
        [ $(($(now_ms) - asked)) -le $((3 * LATENCY_LIMIT)) ] || fail "dom0 is hardly usable"
    fi
    wait_until "$PATIENCE" "round $round" round_is_over "$round"
    figure "round $round took $(($(now_ms) - begin)) ms"
    look "$round"
    check_growth "$round"
    check_lived bad "$bad_worker"
done
run ampctl send bad ctrl "that is all"
wait_state bad stopped 30
if console_text bad | grep BROKEN; then fail "a device did not work in between"; fi
console_text bad | grep '^misbehave' | tail -n 2
[ "$(reason_of bad)" = SYSTEM_OFF ] || fail "it ended with $(reason_of bad)"
run ampctl status bad
log_of bad | sed 's/^[^ ]* //' | sort | uniq -c | sort -rn | head -n 12

step "the honest guest noticed nothing"
check_turns tux pings verifies
check_lived tux "$good_worker"
ask tux 'rm /fio; sync; echo $((6*7)) is done' '^42 is done'
say_to tux 'poweroff'
wait_state tux stopped 60

step "everything back"
remove bad
remove tux
run in_debian e2fsck -fn /mnt/debian.ext4
rm -f "$WORK"/tux.* "$WORK"/bad.* "$WORK"/worker.* "$WORK"/supervisor.* "$DISK"
end_servers
check_given_back tux bad
check_machine 4096
take_network_away good0 bad0
unload_module
finish
