# SPDX-License-Identifier: GPL-2.0-only
# Two guests and dom0 on one bridge, one by vhost-net, the other by a TAP: each reaches each, and what goes from one guest to the
# other arrives as it was.
. ./linux-lib.sh
. ./virtio-lib.sh

# to_shell NAME LAST: with the address that ends in LAST.
to_shell() {
    wait_new "$1" '^guest: .*in the initramfs'
    wait_new "$1" '^/ # '
    ask "$1" "ifconfig eth0 $NETWORK.$2 netmask 255.255.255.0 up; ifconfig eth0" "inet addr:$NETWORK.$2"
}
# pings NAME LAST
pings() { ask "$1" "ping -c 3 -s 1400 $NETWORK.$2" '^3 packets transmitted, 3 packets received'; }

load_module
make_network left0 right0
modprobe vhost_net
remember_machine
remember_files
describe_virtio left 1 1 0x08000000 "" "$(net_device net0 vhost-net:left0)"
describe_virtio right 2 2 0x08000000 "" "$(net_device net0 tap:right0)"

step "two guests with a network device each"
for name in left right; do run ampctl create "$WORK/$name.dts"; done
start_linux left
start_linux right
to_shell left 101
to_shell right 102

step "each reaches each"
pings left 1
pings left 102
pings right 1
pings right 101
for last in 101 102; do expect '3 packets received' ping -c 3 "$NETWORK.$last"; done

step "2 MiB from one to the other"
sum=$(yes 'all work and no play' | head -c 2097152 | sha256sum | cut -c1-64)
say_to right 'nc -l -p 9000 | sha256sum'
say_to left "yes 'all work and no play' | head -c 2097152 | nc $NETWORK.102 9000; echo sent"
wait_new left '^sent' 120
wait_new right "^$sum" 30

step "one goes, the other still reaches dom0; it comes again"
run ampctl stop right
pings left 1
start_linux right
to_shell right 102
pings right 101
for name in left right; do check_guest_log "$name"; done

step "everything back"
run ampctl stop --all
run ampctl destroy --all
rm -f "$WORK"/left.* "$WORK"/right.*
end_servers
check_given_back left right
check_machine 4096
take_network_away left0 right0
unload_module
finish
