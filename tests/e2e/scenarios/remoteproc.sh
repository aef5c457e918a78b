# SPDX-License-Identifier: GPL-2.0-only
# Partitions as remote processors: files of /sys/class/remoteproc start, stop and load them, ampctl works beside it, and
# files that are no firmware for the partition change nothing. Variables: CORE.

FIRMWARE=/lib/firmware
mkdir -p "$FIRMWARE"

# remote_of NAME: the directory of the remote processor of that name; nothing where there is none.
remote_of() {
    for remote in /sys/class/remoteproc/*; do
        [ "$(cat "$remote/name" 2>/dev/null)" != "$1" ] || echo "$remote"
    done
}
has_remote() { [ -n "$(remote_of "$1")" ]; }
has_no_remote() { [ -z "$(remote_of "$1")" ]; }
remote_is() { [ "$(cat "$(remote_of "$1")/state" 2>/dev/null)" = "$2" ]; }
wait_remote() { wait_until 30 "the remote processor $1 to be $2" remote_is "$1" "$2"; }

# tell NAME FILE WORD: as one types it.
tell() { run sh -c "echo $3 > $(remote_of "$1")/$2"; }
tell_refused() { refuse "$4" sh -c "echo $3 > $(remote_of "$1")/$2"; }

# use FILE [AS]: puts a guest where the kernel looks, and names it.
use() {
    cp "$GUESTS/$1" "$FIRMWARE/${2:-$1}"
    tell box firmware "${2:-$1}"
}

# Offline, and the partition can be started.
is_stopped() {
    wait_remote box offline
    wait_state box stopped
}

load_module
run modprobe amp-remoteproc
remember_machine

step "a partition is a remote processor"
describe box 1 "$CORE" hello.elf "$(arguments stay)"
run ampctl create "$WORK/box.dts"
wait_until 10 "a remote processor named box" has_remote box
[ "$(remote_of box)" = "/sys/class/remoteproc/remoteproc0" ] || fail "it is $(remote_of box)"
expect "^offline$" cat "$(remote_of box)/state"
expect "^box.elf$" cat "$(remote_of box)/firmware"
expect "^disabled$" cat "$(remote_of box)/recovery"

step "start without the file, then with it, stop, start again"
tell_refused box state start "No such file"
expect "^offline$" cat "$(remote_of box)/state"
cp "$GUESTS/hello.elf" "$FIRMWARE/box.elf"
for _ in 1 2 3; do
    tell box state start
    expect "^running$" cat "$(remote_of box)/state"
    wait_state box running
    wait_console box "hello from box"
    tell box state stop
    expect "^offline$" cat "$(remote_of box)/state"
    [ "$(reason_of box)" = STOPPED ] || fail "the reason is $(reason_of box)"
done
tell_refused box state stop "Invalid argument"

step "another firmware, in place of the image that was loaded by ampctl"
use control-loop.elf
tell box state start
wait_console box "control-loop: box"
tell_refused box firmware hello.elf "busy"
tell box state stop

step "started by ampctl it is attached, and can be detached and stopped"
run ampctl start box
wait_remote box attached
wait_console box "control-loop: box"
expect "^unknown$" cat "$(remote_of box)/firmware"
tell box state detach
expect "^detached$" cat "$(remote_of box)/state"
wait_state box running
tell box state start
expect "^attached$" cat "$(remote_of box)/state"
tell box state stop
is_stopped
run ampctl start box
wait_remote box attached
run ampctl pause box
run ampctl resume box
wait_remote box attached
run ampctl stop box
wait_remote box offline

step "started here, stopped by ampctl"
tell box state start
run ampctl stop box
wait_remote box offline

step "files that are no firmware for it: refused, with a reason, and the image so far still starts"
refused=0
# word_bytes VALUE: eight bytes, least significant first.
word_bytes() {
    value=$(printf '%016x' "$1")
    for at in 15 13 11 9 7 5 3 1; do printf "\\x$(echo "$value" | cut -c"$at"-$((at + 1)))"; done
}
# damaged OFFSET VALUE: hello with other eight bytes there.
damaged() {
    cp "$GUESTS/hello.elf" "$FIRMWARE/bad.elf"
    word_bytes "$2" | dd of="$FIRMWARE/bad.elf" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
# bad REASON: bad.elf is refused for that.
bad() {
    tell_refused box state start "Invalid argument"
    expect "$1" sh -c "dmesg | tail -n 3" # ours, then remoteproc's "Failed to load" and "Boot failed"
    expect "^offline$" cat "$(remote_of box)/state"
    refused=$((refused + 1))
}
tell box firmware bad.elf
echo "not an ELF file, but long enough to be one: 0123456789012345678901234567890123456789" >"$FIRMWARE/bad.elf"
bad "no little-endian ELF file"
head -c 60 "$GUESTS/hello.elf" >"$FIRMWARE/bad.elf"
bad "no little-endian ELF file"
head -c 5000 "$GUESTS/hello.elf" >"$FIRMWARE/bad.elf"
bad "a segment lies beyond its end"
cp "$GUESTS/hello32.elf" "$FIRMWARE/bad.elf"
bad "not for arm64"
damaged 24 0x40100004 # e_entry
bad "starts at 0x40100004, yet the partition was created to start at 0x40100000: link it for that"
damaged 32 0x7fffffffffffffff # e_phoff
bad "program headers lie beyond its end"
damaged 32 0xffffffffffffffc8
bad "program headers lie beyond its end"
damaged 96 0xfffffffffffff000 # p_filesz of the first
bad "a segment lies beyond its end"
damaged 128 0xfffffffffffff000 # p_offset of the second
bad "a segment lies beyond its end"
damaged 160 0xffffffffbff00000 # p_memsz of the second
bad "a segment reaches around the end of addresses"
damaged 144 0x90000000 # p_paddr of the second
bad "segment at value lies outside the partition's memory.*value 0x90000000"
damaged 144 0xfffffffffffff000
bad "a segment reaches around the end of addresses"
damaged 144 0x40100000
bad "overlaps an earlier one.*value 0x40100000"
damaged 144 0x0c000000 # the info page, which is not the firmware's
bad "overlaps an earlier one.*value 0xc000000"
echo "refused: $refused firmware files"
run ampctl start box
wait_console box "control-loop: box"
wait_remote box attached
tell box state stop
is_stopped

step "a crash is seen, and after it a stop, a start, a recovery and ampctl's start work"
use misbehave-unmapped-read.elf
tell box state start
wait_remote box crashed
expect "UNMAPPED_READ" ampctl status box
tell box state stop
expect "^offline$" cat "$(remote_of box)/state"
tell box state start
wait_remote box crashed
starts() { ampctl status box --json | number starts; }
before=$(starts)
tell box recovery recover
wait_remote box crashed
[ "$(starts)" -gt "$before" ] || fail "recovery started nothing"
run ampctl start box
wait_state box crashed
tell box state stop
expect "^offline$" cat "$(remote_of box)/state"

step "a guest that ends by itself is offline"
use misbehave-system-off.elf
for _ in 1 2; do
    tell box state start
    is_stopped
    [ "$(reason_of box)" = SYSTEM_OFF ] || fail "the reason is $(reason_of box)"
done

step "many starts and stops from both sides at once end, and leave both sides agreeing"
use hello.elf
before=$(starts)
storm() { for _ in 1 2 3 4 5 6 7 8; do "$@" >/dev/null 2>&1 || true; done; }
storm sh -c "echo start >$(remote_of box)/state; echo stop >$(remote_of box)/state" &
one=$!
storm sh -c "ampctl start box; ampctl stop box" &
two=$!
wait "$one" "$two"
[ "$(starts)" -ge $((before + 2)) ] || fail "the storm started nothing"
echo "starts in the storm: $(($(starts) - before))"
ampctl start box >/dev/null 2>&1 || true
wait_state box running
remote_is_up() { remote_is box attached || remote_is box running; }
wait_until 10 "the remote processor to be up" remote_is_up
until remote_is box offline; do sh -c "echo stop >$(remote_of box)/state" 2>/dev/null || usleep 100000; done
is_stopped

step "destroyed while it runs"
tell box state start
remove box
wait_until 10 "the remote processor to go" has_no_remote box
[ -z "$(ls /sys/class/remoteproc)" ] || fail "left: $(ls /sys/class/remoteproc)"

step "an rpmsg device's resource table: open addresses get those that the partitioner chose"
describe box 1 "$CORE" rpmsg-echo.elf "virtio { link { compatible = \"virtio,rpmsg\"; }; };"
run ampctl create "$WORK/box.dts"
wait_until 10 "a remote processor named box" has_remote box
words() { hexdump -v -e '1/4 "%08x\n"' "$1"; }
# The index of the first vring's address: five words before the second's, behind a VDEV (3) of id 7 (amp/abi/rpmsg.h).
first_vring=$(words "$GUESTS/rpmsg-echo.elf" | awk '
    { word[NR - 1] = $1 }
    END { for (i = 7; i < NR; i++)
        if (word[i] == "ffffffff" && word[i + 5] == "ffffffff" && word[i - 7] == "00000003" && word[i - 6] == "00000007")
            print i }')
[ "$first_vring" -gt 0 ] || fail "rpmsg-echo has no table with open addresses"
# nth WORD: of the file.
nth() { words "$GUESTS/rpmsg-echo.elf" | sed -n "$(($1 + 1))p"; }
# Where it is loaded: the third program header's p_paddr less its p_offset.
table=$((first_vring * 4 + 0x$(nth 50) - 0x$(nth 46)))
vrings() { ./memory-words box "$table" 6 | sed -n '1p;6p' | tr '\n' ' '; }
run ampctl start box
settled=$(vrings)
echo "vrings at $settled"
case $settled in *ffffffff*) fail "the partitioner left them open" ;; esac
wait_remote box attached
tell box state stop
is_stopped
use rpmsg-echo.elf
for _ in 1 2; do
    tell box state start
    expect "^running$" cat "$(remote_of box)/state"
    [ "$(vrings)" = "$settled" ] || fail "vrings at $(vrings), not $settled"
    tell box state stop
done
tell box firmware bad.elf
cp "$GUESTS/hello.elf" "$FIRMWARE/bad.elf"
bad "no loaded section .resource_table.*destroy the partition and create it from a description with this image"
# changed WORD VALUE: rpmsg-echo with another word in its table.
changed() {
    cp "$GUESTS/rpmsg-echo.elf" "$FIRMWARE/bad.elf"
    word_bytes "$2" | dd of="$FIRMWARE/bad.elf" bs=4 count=1 seek="$1" conv=notrunc 2>/dev/null
}
changed "$first_vring" 0x40300000
bad "its resource table is another one than that of the image so far.*destroy"
changed $((first_vring + 2)) 128
bad "its resource table is another one than that of the image so far.*destroy"
cp "$GUESTS/rpmsg-echo.elf" "$FIRMWARE/bad.elf"
word_bytes 0x00700000 | dd of="$FIRMWARE/bad.elf" bs=8 seek=27 conv=notrunc 2>/dev/null # p_memsz of the third
bad "it lies over (a vring|the message buffers).*destroy"
ampctl start box >/dev/null || fail "the image so far does not start"
[ "$(vrings)" = "$settled" ] || fail "vrings at $(vrings), not $settled"
wait_remote box attached
tell box state stop
is_stopped

step "modules come and go around a partition that runs"
remove box
describe box 1 "$CORE" hello.elf "$(arguments stay)"
run ampctl create "$WORK/box.dts"
wait_until 10 "a remote processor named box" has_remote box
use hello.elf
tell box state start
refuse "busy|in use|Resource temporarily unavailable" rmmod amp
run rmmod amp-remoteproc
has_no_remote box || fail "its remote processor is still there"
[ "$(state_of box)" = running ] || fail "it is $(state_of box)"
wait_console box "hello from box"
echo "partition goes on without its remote processor"
refuse "busy|in use|Resource temporarily unavailable" rmmod amp
run modprobe amp-remoteproc
wait_until 10 "a remote processor named box" has_remote box
wait_remote box attached
tell box state stop
is_stopped
remove box
wait_until 10 "the remote processor to go" has_no_remote box
run rmmod amp-remoteproc
unload_module
rm -rf "$FIRMWARE"
check_machine
finish
