# SPDX-License-Identifier: GPL-2.0-only
# What a description can load, seen by a stock kernel (/e2e/Image): a gzip-compressed image, memory in several regions and at
# guest-physical 0, a file with an address in memory that the device tree does not announce, overlays; a tree that replaces ours.
# And a 32-bit guest of ours (/e2e/hello32.bin) as a uImage.
. ./linux-lib.sh

# with_memory: the description's memory becomes 96 MiB at 0, where the kernel goes, and 64 MiB at 0x80000000.
with_memory() {
    sed -i 's/^\( *memory = \).*/\1<0x0 0x0 0x0 0x06000000>, <0x0 0x80000000 0x0 0x04000000>;/' "$WORK/tux.dts"
}

make_files() {
    guest_root "$WORK/root"
    pack_root "$WORK/root" "$WORK/initrd.gz"
    gzip -1 -c /e2e/Image >"$WORK/Image.gz"
    printf 'a file\n' >"$WORK/note"
    cat >"$WORK/board.dtso" <<'DTS'
/dts-v1/;
/plugin/;
&{/} { board-id = "rev-b"; };
&console { current-speed = <38400>; };
DTS
    printf '/dts-v1/; /plugin/; &{/} { board-id = "rev-c"; };' >"$WORK/second.dtso"
    dtc -q -@ -I dts -O dtb -o "$WORK/second.dtbo" "$WORK/second.dtso"
}

# uimage OF TO: what mkimage -A arm -T standalone -C gzip -a 0x40100000 makes of it. The checksums are those that gzip writes.
be32() { printf "$(printf '\\x%02x' $(($1 >> 24 & 255)) $(($1 >> 16 & 255)) $(($1 >> 8 & 255)) $(($1 & 255)))"; }
crc_of() { gzip -c "$1" | tail -c 8 | od -An -N4 -tu4 | tr -d ' '; }
uimage_header() {
    be32 0x27051956
    be32 "$1"
    be32 0
    be32 "$(stat -c %s "$2")"
    be32 0x40100000
    be32 0x40100000
    be32 "$(crc_of "$2")"
    printf '\x00\x02\x01\x01'
    head -c 32 /dev/zero
}
uimage() {
    gzip -c "$1" >"$WORK/payload"
    uimage_header 0 "$WORK/payload" >"$WORK/header"
    { uimage_header "$(crc_of "$WORK/header")" "$WORK/payload"; cat "$WORK/payload"; } >"$2"
    rm "$WORK/payload" "$WORK/header"
}
describe_hello() {
    write_description hello 2 "$CORE" "memory = <0x0 0x40000000 0x0 0x00800000>; amp,image = \"$1\";"
}

load_module
remember_machine
make_files

step "a uImage, and one that is not whole"
uimage /e2e/hello32.bin "$WORK/hello.uimage"
describe_hello "$WORK/hello.uimage"
run ampctl create "$WORK/hello.dts"
run ampctl start hello
wait_state hello stopped
wait_console hello "hello from hello: GICv2"
remove hello
head -c 4000 "$WORK/hello.uimage" >"$WORK/short.uimage"
describe_hello "$WORK/short.uimage"
refuse "it is a uImage of [0-9]+ bytes, which are not all there or altered" ampctl check "$WORK/hello.dts"
rm "$WORK/hello.uimage" "$WORK/short.uimage"

step "gzip, memory at 0 and at 2 GiB, a file of its own address, two overlays"
describe_linux tux 1 "$CORE" "$WORK/Image.gz" "$WORK/initrd.gz" 0x08000000 "" "
            amp,unlisted-memory = <0x0 0x20000000 0x0 0x00200000>;
            amp,dtb-overlay = \"$WORK/board.dtso\", \"$WORK/second.dtbo\";
            files { note { amp,file = \"$WORK/note\"; amp,address = <0x20001000>; }; };"
with_memory
expect "entry +0x00000000" ampctl plan "$WORK/tux.dts"
run ampctl create "$WORK/tux.dts"
start_linux tux
wait_new tux "^/ # "
check_guest_log tux
ask tux 'cat /proc/device-tree/board-id; echo' '^rev-c'
ask tux 'od -An -tx1 /proc/device-tree/serial@9000000/current-speed' '00 00 96 00'
ask tux 'grep RAM /proc/iomem' '^80000000-83ffffff : System RAM'
new_text tux | grep -q '^00000000-05ffffff : System RAM' || fail "the guest has no RAM at 0"
ask tux 'devmem 0x20001000 32' '^0x69662061' # "a fi"
ask tux 'devmem 0x20001004 32' '^0x000A656C' # "le\n"

step "the same after its own reset"
say_to tux 'devmem 0x20001000 32 0; reboot -f'
wait_new tux "^/ # "
ask tux 'devmem 0x20001000 32' '^0x69662061'
remove tux

# Without timer and interrupt controller it does not come far, but says whose tree it is.
step "a device tree of one's own, at an address of one's own"
MEMORY=0x08000000
initrd_size=$(stat -c %s "$WORK/initrd.gz")
cat >"$WORK/own.dts" <<DTS
/dts-v1/;
/ {
    #address-cells = <1>;
    #size-cells = <1>;
    compatible = "linux,dummy-virt";
    model = "one's own";
    chosen {
        bootargs = "earlycon=pl011,0x9000000 panic=-1";
        linux,initrd-start = <0x44000000>;
        linux,initrd-end = <$((0x44000000 + initrd_size))>;
    };
    memory@40000000 { device_type = "memory"; reg = <0x40000000 0x08000000>; };
    cpus { #address-cells = <1>; #size-cells = <0>;
        cpu@0 { device_type = "cpu"; compatible = "arm,armv8"; reg = <0>; }; };
};
DTS
describe tux 1 "$CORE" hello.elf "amp,dtb = \"$WORK/own.dts\"; amp,dtb-address = <0x45000000>;
            files { initrd { amp,file = \"$WORK/initrd.gz\"; amp,address = <0x44000000>; }; };"
sed -i -e "s,$GUESTS/hello.elf,$WORK/Image.gz," -e '/channels/d' "$WORK/tux.dts"
expect "0x45000000 .*device tree" ampctl plan "$WORK/tux.dts"
run ampctl create "$WORK/tux.dts"
run ampctl start tux
wait_console tux "Machine model: one's own" 30

step "everything back"
run ampctl stop tux
remove tux
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz" "$WORK/Image.gz"
check_machine
finish
