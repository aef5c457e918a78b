# SPDX-License-Identifier: GPL-2.0-only
# KILLS times the process that serves a guest's devices, and then three times its supervisor is killed while the guest writes MIB of a disk and reads them back, block by
# block with checksums: the guest notices nothing, and dom0 finds the same bytes in the file.
. ./linux-lib.sh
. ./virtio-lib.sh

DISK=/images/scratch

load_module
make_network amp0
truncate -s "${MIB}M" "$DISK"
remember_machine
remember_files
describe_virtio tux 1 "$CORE" 0x10000000 "root=/dev/vda ro" "$(disk_device disk0 /images/debian.ext4 'read-only;') $(disk_device disk1 "$DISK")
    $(net_device net0 tap:amp0)"

step "a guest with a disk to write to"
run ampctl create "$WORK/tux.dts"
start_linux tux
wait_address tux
wait_new tux '^ttyAMA0# '

step "it writes $MIB MiB and reads them back, again and again, while its back end is killed $KILLS times"
say_to tux "(while [ ! -e /tmp/enough ]; do fio --name=pass --filename=/dev/vdb --size=${MIB}m --rw=write --bs=64k --iodepth=16 \
--ioengine=libaio --direct=1 --thread --verify=crc32c --do_verify=1 --verify_fatal=1 >/tmp/fio || touch /tmp/bad; grep err= /tmp/fio; \
done; [ -e /tmp/bad ] || echo every pass was \$((6*7))) &"
begin=$(now_ms)
killed=0
while [ "$killed" -lt "$KILLS" ]; do
    kill_worker tux
    killed=$((killed + 1))
    # The time of a few requests, another each time, so that not all of them are cut off at the same place.
    usleep $((100000 + killed * 37000 % 400000))
    [ "$(state_of tux)" = running ] || fail "the guest is $(state_of tux) after $killed kills"
done
figure "$KILLS times killed and served again in $(($(now_ms) - begin)) ms"
[ "$(back_end tux restarts)" -ge "$KILLS" ] || fail "the supervisor counts $(back_end tux restarts) restarts"
run ampctl status tux

step "and the supervisor, too: alone, with its worker, and as a newer version would take its place"
begin=$(now_ms)
for how in "9" "9 with-worker" "TERM"; do
    end_supervisor tux $how
    carry_on tux
    usleep 700000
    [ "$(state_of tux)" = running ] || fail "the guest is $(state_of tux) after its supervisor ended by $how"
done
figure "3 times without a supervisor and served again in $(($(now_ms) - begin)) ms"
run ampctl status tux
printf 'touch /tmp/enough\n' >/dev/amp-tux-console
wait_new tux '^every pass was 42' "$PATIENCE"
new_text tux | grep '^pass: '
if new_text tux | grep -E '^pass: .*err=[^0]*[1-9]'; then fail "a block was not what had been written"; fi

step "guest and dom0 see the same bytes; the network works, too"
sum=$(sha256sum "$DISK" | cut -c1-64)
ask tux 'sha256sum /dev/vdb' "^$sum  /dev/vdb" "$PATIENCE"
ask tux "ping -c 3 $NETWORK.1" ' 0% packet loss'
if grep -E 'I/O error|blk_update_request' "$WORK/tux.console"; then fail "the guest saw an error"; fi
check_guest_log tux
say_to tux 'poweroff'
wait_state tux stopped 60

step "everything back"
remove tux
rm -f "$WORK"/tux.* "$DISK"
end_servers
check_given_back tux
check_machine 4096
take_network_away amp0
unload_module
finish
