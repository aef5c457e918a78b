# SPDX-License-Identifier: GPL-2.0-only
# The stock armhf kernel with a root on a virtio disk and a network: 32-bit drivers, an address by DHCP, a file from dom0 to the disk
# and back into memory, unchanged.
. ./linux-lib.sh
. ./virtio-lib.sh

load_module
make_network amp0
modprobe vhost_net
remember_machine
remember_files
serve httpd -f -p "$NETWORK.1:80" -h /images
describe_linux narrow 1 "$CORE" /images/zImage /images/initrd-armmp.gz 0x10000000 "root=/dev/vda rw" \
    "virtio { $(disk_device disk0 /images/armhf.ext4) $(net_device net0 "$BACKEND:amp0") $(random_device rng0) $(console_device con0) };"

step "an armhf root to its shell, with an address"
run ampctl create "$WORK/narrow.dts"
start_linux narrow
wait_new narrow '^guest: 6\.1\..*-armmp armv'
wait_address narrow
wait_new narrow '^ttyAMA0# '
ask narrow 'mount | grep " / "' '^/dev/vda on / type ext4 \(rw'

step "network and disk"
ask narrow "ping -c 3 $NETWORK.1" '^3 packets transmitted, 3 packets received'
sum=$(sha256sum /images/zImage | cut -c1-64)
ask narrow "wget -q -O /file http://$NETWORK.1/zImage; sync; echo 3 >/proc/sys/vm/drop_caches; sha256sum /file" "^$sum" 120

step "random numbers and the second console"
ask narrow 'cat /sys/class/misc/hw_random/rng_current' '^virtio_rng'
ask narrow 'echo read $(dd if=/dev/hwrng bs=64 count=16 2>/dev/null | wc -c) bytes' '^read 1024 bytes'
printf 'echo $((6*7)) on $(tty)\n' | ampctl console narrow con0 --until "42 on /dev/hvc0" --timeout 30 ||
    fail "the shell on hvc0 does not answer"

step "it halts, and everything is back"
say_to narrow 'poweroff'
wait_state narrow stopped 60
expect "SYSTEM_OFF" ampctl status narrow
check_guest_log narrow
remove narrow
run in_debian e2fsck -fn /mnt/armhf.ext4
rm -f "$WORK"/narrow.*
end_servers
check_given_back narrow
check_machine 4096
take_network_away amp0
unload_module
finish
