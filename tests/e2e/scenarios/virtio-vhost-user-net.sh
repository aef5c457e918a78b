# SPDX-License-Identifier: GPL-2.0-only
# A guest's network behind vhost-user: Debian's DPDK, in dom0, gets the guest's memory and works on its queues; its testpmd passes
# frames on to a TAP in dom0's bridge. testpmd dies and comes back, then the worker: the guest's driver notices nothing but lost frames.
. ./linux-lib.sh
. ./virtio-lib.sh

SOCKET=/images/net.sock
TAP=dtap0

is_listening() { [ -S "$SOCKET" ] && [ -e "/sys/class/net/$TAP" ]; }

# On cores that no partition has; without huge pages and devices of PCI. With statistics it does not wait for its input.
start_testpmd() {
    serve in_debian dpdk-testpmd -l 0,1 --no-huge --no-pci --no-telemetry -m 128 --vdev "net_vhost0,iface=/mnt/net.sock" \
        --vdev "net_tap0,iface=$TAP" -- --forward-mode=io --auto-start --total-num-mbufs=4096 --stats-period=600
    testpmd=${servers##* }
    wait_until 60 "testpmd to listen" is_listening
    brctl addif guests "$TAP"
    ip link set "$TAP" up
}
tap_is_gone() { [ ! -e "/sys/class/net/$TAP" ]; }

# check_network WHEN: both ways, each with data.
check_network() {
    ask tux "ping -c 3 $NETWORK.1" '^3 packets transmitted, 3 received, 0% packet loss' 60
    throughput "$1, guest to dom0"
    throughput "$1, dom0 to guest" -R
}
# throughput WHAT [OPTION]
throughput() {
    ask tux "iperf3 -c $NETWORK.1 -t 2 -f m ${2:-}" 'receiver' 120
    figure "vhost-user, $1: $(new_text tux | awk '/receiver/ { for (i = 2; i <= NF; i++) if ($i ~ /bits/) { print $(i - 1), $i; exit } }')"
}
# Frames got lost meanwhile, so that the first ones are asked for until they come back.
wait_network() { ask tux "until ping -c 1 -W 1 $NETWORK.1 >/dev/null; do :; done; echo reached \$((6*7))" '^reached 42' 120; }

load_module
make_network
remember_machine
remember_files
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda ro" "$(disk_device disk0 /images/debian.ext4 'read-only;')
    net0 { compatible = \"virtio,net\"; amp,backend = \"vhost-user:$SOCKET\"; local-mac-address = [52 54 00 12 34 56]; amp,mtu = <1400>; };"

step "without the back end the guest does not start"
run ampctl create "$WORK/tux.dts"
refuse "net0: the vhost-user back end at $SOCKET: .*start it before the partition" ampctl start tux

step "with it the guest has the described network, and an address from dom0"
serve in_debian iperf3 -s
start_testpmd
start_linux tux
wait_address tux
wait_new tux '^ttyAMA0# '
ask tux 'cat /sys/class/net/eth0/address' '^52:54:00:12:34:56'
ask tux 'cat /sys/class/net/eth0/mtu' '^1400'
# Bit 0 comes first: checksums both ways, mergeable buffers, VERSION_1.
ask tux 'cat /sys/class/net/eth0/device/features' '^11[01]{13}1[01]{16}1'
run ampctl status tux
check_network "as started"

step "testpmd is killed: the worker goes on with the next one"
worker=$(back_end tux worker)
kill -9 "$testpmd"
wait "$testpmd" || true
servers=${servers% *}
wait_until 10 "$TAP to be gone" tap_is_gone
# DPDK does not bind to a socket that is there.
rm "$SOCKET"
start_testpmd
wait_network
check_lived tux "$worker"
check_network "behind the next testpmd"

step "the worker is killed: the next one has its connection"
kill_worker tux
wait_network
check_network "by the next worker"
[ "$(state_of tux)" = running ] || fail "the guest is $(state_of tux)"
if grep -E 'needs reset|is not a head' "$WORK/tux.console"; then fail "the guest's driver is not content"; fi
check_guest_log tux
say_to tux 'poweroff'
wait_state tux stopped 60

step "everything back"
remove tux
rm -f "$WORK"/tux.*
end_servers
rm -f "$SOCKET"
check_given_back tux
check_machine 4096
take_network_away
unload_module
finish
