# SPDX-License-Identifier: GPL-2.0-only
# Debian's U-Boot with a virtio disk and network: it lists the disk's files, loads a kernel and an initramfs from it and boots
# them; that kernel then has the same disk and network.
. ./linux-lib.sh
. ./u-boot-lib.sh
. ./virtio-lib.sh

load_module
make_network amp0
remember_machine
remember_files
write_description u-boot 1 "$CORE" "memory = <0x0 0x40000000 0x0 0x10000000>;
            amp,unlisted-memory = <0x0 0x00000000 0x0 0x00200000>, <0x0 0x04000000 0x0 0x00200000>;
            amp,image = \"/images/u-boot.bin\";
            amp,dtb-address = <0x40000000>;
            virtio {
                $(disk_device disk0 /images/u-boot.ext4 'read-only;')
                $(net_device net0 tap:amp0)
            };"

step "U-Boot sees its devices"
run ampctl create "$WORK/u-boot.dts"
run ampctl start u-boot
to_prompt 1
type_in "virtio scan; virtio info; setenv seen disk; echo \${seen}-seen" "disk-seen"
console_text u-boot | grep -q 'Capacity: 128.0 MB' || fail "U-Boot does not see a disk of 128 MiB"
type_in "ls virtio 0; setenv seen files; echo \${seen}-seen" "files-seen"
console_text u-boot | grep -q 'initrd.gz' || fail "U-Boot does not see the files of its disk"

step "its network: an address from dom0"
type_in "setenv autoload no; dhcp; setenv got address; echo \${got}=\${ipaddr}" "address=$NETWORK." 60

step "a kernel from the disk"
type_in "load virtio 0 \${kernel_addr_r} Image; setenv loaded kernel; echo \${loaded}=\${filesize}" \
    "kernel=$(printf %x "$(stat -c %s /images/Image)")" 120
type_in "load virtio 0 \${ramdisk_addr_r} initrd.gz; setenv loaded initrd; echo \${loaded}=\${filesize}" \
    "initrd=$(printf %x "$(stat -c %s /images/initrd-6.12.gz)")" 60
type_in "setenv bootargs console=ttyAMA0; setenv set set; echo \${set}-up" "set-up"
type_in "booti \${kernel_addr_r} \${ramdisk_addr_r}:\${filesize} \${fdtcontroladdr}" "guest: 6.12" 120

step "which finds the same disk"
sum=$(sha256sum /images/u-boot.ext4 | cut -c1-64)
printf 'sha256sum /dev/vda\n' | ampctl console u-boot --until "$sum" --timeout 120 >"$WORK/typed" || fail "the disk has other bytes"
printf 'poweroff -f\n' >/dev/amp-u-boot-console
wait_state u-boot stopped 60
expect "SYSTEM_OFF" ampctl status u-boot
console_text u-boot >"$WORK/u-boot.console"
check_guest_log u-boot

step "everything back"
remove u-boot
rm -f "$WORK/u-boot.console" "$WORK/typed" "$WORK/u-boot.dts"
end_servers
check_given_back u-boot
check_machine 4096
take_network_away amp0
unload_module
finish
