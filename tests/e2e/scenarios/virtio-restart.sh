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
begin_passes tux "$MIB" --rw=write --bs=64k
# The time of a few requests, so that not all of them are cut off at the same place.
kill_workers tux "$KILLS" 100000 400000
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
end_passes tux "$PATIENCE"

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
