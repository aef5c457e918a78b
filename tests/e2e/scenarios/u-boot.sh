# SPDX-License-Identifier: GPL-2.0-only
# Debian's U-Boot for QEMU's virt machine (/e2e/u-boot.bin, 64- or 32-bit) as guest: to its prompt, commands typed through `ampctl
# console`, its own reset, then a kernel (/e2e/$KERNEL) that lies in memory is booted by $BOOT with an initrd.
. ./linux-lib.sh
. ./u-boot-lib.sh

KERNEL_AT=0x42000000
INITRD_AT=0x48000000
DTB_AT=0x40000000

# The example's description, with files and core of this run.
describe_u_boot() {
    [ "${BITS:-64}" = 64 ] && flags= || flags=" amp,aarch32;"
    sed -e "s/amp,dtb-address/$flags &/" \
        -e "s,\"u-boot.bin\",\"/e2e/u-boot.bin\"," -e "s,\"Image\",\"/e2e/$KERNEL\"," \
        -e "s/amp,cores = <3>/amp,cores = <$CORE>/" \
        -e "s,\"initrd.cpio.gz\",\"$WORK/initrd.gz\"," /usr/share/amp/dts/u-boot.dts >"$WORK/u-boot.dts"
}

load_module
remember_machine
guest_root "$WORK/root" "${BUSYBOX:-/bin/busybox}"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_u_boot

step "U-Boot at 0, its device tree at the start of RAM: to its prompt"
run ampctl check "$WORK/u-boot.dts"
run ampctl create "$WORK/u-boot.dts"
run ampctl start u-boot
to_prompt 1
type_in "version" "GNU ld"
type_in "bdinfo" "relocaddr"
console_text u-boot | tr -d '\r' | grep -q '^-> size *= 0x0*10000000$' || fail "U-Boot does not see 256 MiB of RAM"
type_in "fdt addr $DTB_AT; fdt print /chosen; setenv seen device; echo \${seen}-tree" "device-tree"
console_text u-boot | grep -q 'stdout-path = "serial0:115200n8"' || fail "U-Boot does not see our device tree"

step "memory holds what is written, time passes"
type_in "mw.l 0x41000000 0x600d600d 4; md.l 0x41000000 4" "41000000: 600d600d 600d600d 600d600d 600d600d"
type_in "sleep 1; setenv slept one; echo \${slept}-second" "one-second"

step "its reset is PSCI SYSTEM_RESET: it starts anew from its image"
printf 'reset\n' | ampctl console u-boot --until "resetting ..." --timeout 20 >"$WORK/typed" || fail "no reset"
to_prompt 2
expect "restarted itself 1 time" ampctl status u-boot

step "a kernel and an initrd that lie in memory"
type_in "setenv bootargs console=ttyAMA0 then=poweroff; setenv size $(printf %x "$(stat -c %s "$WORK/initrd.gz")"); setenv set set; echo \${set}-up" "set-up"
type_in "$BOOT $KERNEL_AT $INITRD_AT:\${size} $DTB_AT" "guest: $EXPECT" 150
wait_state u-boot stopped 60
expect "SYSTEM_OFF" ampctl status u-boot
console_text u-boot >"$WORK/u-boot.console"
check_guest_log u-boot
run ampctl stats u-boot

step "everything back"
remove u-boot
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz" "$WORK/u-boot.console" "$WORK/typed"
check_machine
finish
