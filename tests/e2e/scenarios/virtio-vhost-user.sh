# SPDX-License-Identifier: GPL-2.0-only
# A guest's disk behind vhost-user: Debian's qemu-storage-daemon, in dom0, gets the guest's memory and works on its queue. Without it
# the guest does not start, and the reason is said; with it each block that the guest writes is read back, while the process that
# serves the guest's devices is killed KILLS times, and dom0 finds the same. When the daemon itself is killed, the guest's network goes
# on, and its disk does with the next daemon.
. ./linux-lib.sh
. ./virtio-lib.sh

DISK=/images/scratch
SOCKET=/images/disk.sock

is_listening() { [ -S "$SOCKET" ]; }
log_says() { grep -q "$1" /run/amp/tux/virtio.log; }

# Stays in $storage.
serve_disk() {
    rm -f "$SOCKET"
    serve in_debian qemu-storage-daemon --blockdev driver=file,node-name=disk,filename=/mnt/scratch \
        --export "type=vhost-user-blk,id=export,node-name=disk,addr.type=unix,addr.path=/mnt/disk.sock,writable=on"
    storage=$!
    wait_until 30 "qemu-storage-daemon to listen" is_listening
}

load_module
make_network amp0
truncate -s "${MIB}M" "$DISK"
remember_machine
remember_files
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda ro" "$(disk_device disk0 /images/debian.ext4 'read-only;') $(net_device net0 tap:amp0)
    disk1 { compatible = \"virtio,blk\"; amp,backend = \"vhost-user:$SOCKET\"; };"

step "without the back end the guest does not start"
run ampctl create "$WORK/tux.dts"
if ampctl start tux >"$WORK/refused" 2>&1; then fail "tux started without its disk's back end"; fi
cat "$WORK/refused"
grep -q "disk1: the vhost-user back end at $SOCKET: " "$WORK/refused" || fail "nothing is said of $SOCKET"

step "with it the guest has the disk"
serve_disk
start_linux tux
wait_address tux
wait_new tux '^ttyAMA0# '
ask tux 'cat /sys/block/vdb/size' "^$((MIB * 2048))"

step "it writes $MIB MiB and reads them back, again and again, while its worker is killed $KILLS times"
begin_passes tux "$MIB" --rw=randwrite --bs=16k
# Longer than a worker must live for the next to start at once.
kill_workers tux "$KILLS" 1050000 300000
end_passes tux 180
if log_says 'connection to the back end is lost'; then fail "a worker's death cost the connection"; fi
ask tux 'sync; sha256sum /dev/vdb' '^[0-9a-f]{64}  /dev/vdb' 60
sum=$(sha256sum "$DISK" | cut -c1-64)
new_text tux | grep -q "^$sum  /dev/vdb" || fail "dom0 finds other bytes in $DISK: $sum"

step "the daemon is killed while nothing is in flight: the network goes on, and the disk with the next daemon"
worker=$(back_end tux worker)
kill -9 "$storage"
wait "$storage" || true
servers=${servers% $storage}
wait_until 10 "the loss to be noticed" log_says 'disk1: the connection to the back end is lost'
ask tux "ping -c 3 $NETWORK.1" ' 0% packet loss'
# It waits for the disk.
say_to tux 'dd if=/dev/vdb bs=1M iflag=direct status=none | sha256sum'
serve_disk
wait_new tux "^$sum  -" 60
[ "$(back_end tux worker)" = "$worker" ] || fail "the worker is another one than before the daemon's death"
ask tux "fio --name=after --filename=/dev/vdb --size=${MIB}m --rw=randwrite --bs=16k --iodepth=16 --ioengine=libaio --direct=1 --thread --verify=crc32c --do_verify=1" \
    '^after: .*err= 0' 180
cat /run/amp/tux/virtio.log
if log_says 'asked for a reset'; then fail "the driver was asked for a reset"; fi
if grep -E 'I/O error|blk_update_request' "$WORK/tux.console"; then fail "the guest saw an error"; fi
check_guest_log tux
say_to tux 'poweroff'
wait_state tux stopped 60

step "everything back"
remove tux
rm -f "$WORK"/tux.* "$WORK/refused" "$DISK"
end_servers
rm -f "$SOCKET"
check_given_back tux
check_machine 4096
take_network_away amp0
unload_module
finish
