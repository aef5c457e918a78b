# SPDX-License-Identifier: GPL-2.0-only
# A stock kernel whose root is Debian's on a virtio disk: an address by DHCP, iperf3 to dom0 (BACKEND: tap or vhost-net), fio on the
# disk, random numbers, sockets, a second console; it restarts itself, halts, and what it wrote is there.
. ./linux-lib.sh
. ./virtio-lib.sh

ROOT=/images/debian.ext4

to_shell() {
    wait_new tux '^guest: 6\.12.* aarch64, 1 CPU'
    wait_address tux
    wait_new tux '^ttyAMA0# '
}
# throughput WHAT [OPTION]
throughput() {
    ask tux "iperf3 -c $NETWORK.1 -t 2 -f m ${2:-}" 'receiver' 60
    figure "$BACKEND, $1: $(new_text tux | awk '/receiver/ { for (i = 2; i <= NF; i++) if ($i ~ /bits/) { print $(i - 1), $i; exit } }')"
}

load_module
make_network amp0
modprobe vhost_net
modprobe vhost_vsock
remember_machine
remember_files
serve in_debian iperf3 -s
serve in_debian socat VSOCK-LISTEN:1024,fork 'SYSTEM:tr a-z A-Z'
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda rw" "$(net_device net0 "$BACKEND:amp0") $(disk_device disk0 "$ROOT")
    $(random_device rng0) $(console_device con0) $(socket_device vsock0 3)"

step "Debian from its disk to its shell, with an address"
run ampctl create "$WORK/tux.dts"
start_linux tux
to_shell
figure "boot of Debian on virtio to its shell: $(($(boot_ns tux) / 1000000)) ms"
ask tux 'mount | grep " / "' '^/dev/vda on / type ext4 \(rw'
run ampctl status tux

step "the network"
ask tux "ping -c 3 $NETWORK.1" '^3 packets transmitted, 3 received, 0% packet loss'
throughput "guest to dom0"
throughput "dom0 to guest" -R

step "the disk: random writes, each verified"
ask tux 'fio --name=verify --filename=/fio --size=16m --rw=randwrite --bs=4k --iodepth=16 --ioengine=libaio --direct=1 --thread --verify=crc32c --do_verify=1' \
    '^verify: .*err= 0' 120
ask tux 'rm /fio; echo $((6*7)) is kept >/kept; sync; cat /kept' '^42 is kept'

step "random numbers"
ask tux 'cat /sys/class/misc/hw_random/rng_current' '^virtio_rng'
ask tux 'echo read $(dd if=/dev/hwrng bs=64 count=16 2>/dev/null | wc -c) bytes' '^read 1024 bytes'

step "sockets, both ways"
ask tux 'echo hello from the guest | socat -t 10 - VSOCK-CONNECT:2:1024' '^HELLO FROM THE GUEST'
ask tux 'socat VSOCK-LISTEN:1025,fork "SYSTEM:tr a-z A-Z" & echo started' '^started'
hears_dom0() {
    echo hello from dom0 | in_debian socat -t 10 - VSOCK-CONNECT:3:1025 >"$WORK/heard" 2>/dev/null && [ -s "$WORK/heard" ]
}
wait_until 20 "an answer from the guest's socket" hears_dom0
run cat "$WORK/heard"

step "the second console"
[ -c "$(readlink -f /run/amp/tux/con0)" ] || fail "/run/amp/tux/con0 is no terminal"
printf 'echo $((6*7)) on $(tty)\n' | ampctl console tux con0 --until "42 on /dev/hvc0" --timeout 30 ||
    fail "the shell on hvc0 does not answer"

step "it restarts itself: its devices are there again, and what it wrote"
say_to tux 'reboot'
to_shell
ask tux 'cat /kept' '^42 is kept'
ask tux "ping -c 1 $NETWORK.1" ' 0% packet loss'
expect "restarted itself 1 time" ampctl status tux

step "it halts; its file system is in order"
say_to tux 'poweroff'
wait_state tux stopped 60
expect "SYSTEM_OFF" ampctl status tux
check_guest_log tux
run ampctl stats tux
remove tux
run in_debian e2fsck -fn /mnt/debian.ext4

step "everything back"
rm -f "$WORK"/tux.* "$WORK/heard"
end_servers
check_given_back tux
check_machine 4096
take_network_away amp0
unload_module
finish
