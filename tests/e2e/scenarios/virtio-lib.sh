# SPDX-License-Identifier: GPL-2.0-only
# Sourced, after linux-lib.sh, by the scenarios whose guests have virtio devices: dom0's network for them, Debian's programs in dom0,
# the back end's processes, and whether everything was given back. dom0 has the guests' images in /images.

NETWORK=10.9.0 # dom0 is .1

# in_debian COMMAND...: a program of the guests' root, run in dom0; /mnt is /images there. It is Debian's env that looks for it:
# busybox's chroot would take busybox's own where it has one.
in_debian() { chroot /images/debian /usr/bin/env "$@"; }

# serve [in_debian] COMMAND...: in the background until end_servers.
servers=
serve() {
    # A function would run in a shell of its own, which alone end_servers would end.
    if [ "$1" = in_debian ]; then
        shift
        set -- chroot /images/debian /usr/bin/env "$@"
    fi
    "$@" >>"$WORK/servers.log" 2>&1 </dev/null &
    servers="$servers $!"
}
end_servers() {
    kill $servers
    wait $servers || true
    servers=
}

# make_network INTERFACE...: TAP interfaces on a bridge with dom0; who asks gets an address.
make_network() {
    local interface
    modprobe tun
    modprobe bridge
    # Linux leaves up to 64 received packets for each core (4 MiB of large ones) to be freed with the next: memory that looks lost.
    echo 0 >/proc/sys/net/core/skb_defer_max
    run brctl addbr guests
    ip addr add "$NETWORK.1/24" dev guests
    ip link set guests up
    for interface; do
        run in_debian ip tuntap add dev "$interface" mode tap
        brctl addif guests "$interface"
        ip link set "$interface" up
    done
    printf '%s\n' "start $NETWORK.10" "end $NETWORK.99" "interface guests" "lease_file $WORK/leases" "pidfile $WORK/udhcpd.pid" \
        "option subnet 255.255.255.0" >"$WORK/udhcpd.conf"
    : >"$WORK/leases"
    serve udhcpd -f "$WORK/udhcpd.conf"
}

take_network_away() {
    local interface
    for interface; do in_debian ip tuntap del dev "$interface" mode tap; done
    ip link set guests down
    run brctl delbr guests
}

## Descriptions: each prints the lines of one device

net_device() { printf '%s { compatible = "virtio,net"; amp,backend = "%s"; };\n' "$1" "$2"; }
disk_device() { printf '%s { compatible = "virtio,blk"; amp,backend = "file:%s"; %s };\n' "$1" "$2" "${3:-}"; }
console_device() { printf '%s { compatible = "virtio,console"; };\n' "$1"; }
random_device() { printf '%s { compatible = "virtio,rng"; };\n' "$1"; }
# socket_device NAME CID
socket_device() { printf '%s { compatible = "virtio,vsock"; amp,cid = <%s>; };\n' "$1" "$2"; }

# describe_virtio NAME ID CORE SIZE BOOTARGS DEVICES: the stock kernel 6.12 with the initramfs that loads virtio's drivers.
describe_virtio() { describe_linux "$1" "$2" "$3" /images/Image /images/initrd-6.12.gz "$4" "$5" "virtio { $6 };"; }

# wait_address NAME: by DHCP from dom0; shown.
wait_address() {
    wait_new "$1" "^guest: eth0 has $NETWORK\.[0-9]+ from $NETWORK\.1"
    new_text "$1" | grep '^guest: eth0 has' | tail -n 1
}

## The back end

# back_end NAME KEY: a number or a truth value of what the supervisor says of itself.
back_end() { tr ',{}' '\n\n\n' <"/run/amp/$1/virtio.status" | sed -n "s/^ *\"$2\" *: *\([a-z0-9]*\) *\$/\1/p" | head -n 1; }
is_served() { [ -e "/run/amp/$1/virtio.status" ] && [ "$(back_end "$1" ready)" = true ]; }
is_served_by_another() { is_served "$1" && [ "$(back_end "$1" worker)" != "$2" ]; }

# kill_worker NAME: without warning, and the next one serves.
kill_worker() {
    local worker
    wait_until 30 "a worker for $1" is_served "$1"
    worker=$(back_end "$1" worker)
    kill -9 "$worker" || fail "there is no process $worker, which $1's virtio.status calls its worker"
    wait_until 30 "another worker for $1 than $worker" is_served_by_another "$1" "$worker"
}

# begin_passes NAME MIB OPTION...: until end_passes its guest writes so much of its second disk and reads it back.
begin_passes() {
    local guest=$1 mib=$2
    shift 2
    say_to "$guest" "(while [ ! -e /tmp/enough ]; do fio --name=pass --filename=/dev/vdb --size=${mib}m $* --iodepth=16 \
--ioengine=libaio --direct=1 --thread --verify=crc32c --do_verify=1 --verify_fatal=1 >/tmp/fio || touch /tmp/bad; grep err= /tmp/fio; \
done; [ -e /tmp/bad ] || echo every pass was \$((6*7))) &"
}

# end_passes NAME SECONDS: every block was what had been written.
end_passes() {
    printf 'touch /tmp/enough\n' >"/dev/amp-$1-console"
    wait_new "$1" '^every pass was 42' "$2"
    new_text "$1" | grep '^pass: '
    if new_text "$1" | grep -E '^pass: .*err=[^0]*[1-9]'; then fail "a block was not what had been written"; fi
}

# kill_workers NAME TIMES PAUSE SPREAD: with at least PAUSE us in between, another up to SPREAD each time.
kill_workers() {
    local begin killed=0
    begin=$(now_ms)
    while [ "$killed" -lt "$2" ]; do
        kill_worker "$1"
        killed=$((killed + 1))
        usleep $(($3 + killed * 37000 % $4))
        [ "$(state_of "$1")" = running ] || fail "the guest is $(state_of "$1") after $killed kills"
    done
    figure "$2 times killed and served again in $(($(now_ms) - begin)) ms"
    [ "$(back_end "$1" restarts)" -ge "$2" ] || fail "the supervisor counts $(back_end "$1" restarts) restarts"
}

# end_supervisor NAME SIGNAL [WORKER_TOO]: and no process of this back end is left.
end_supervisor() {
    local supervisor worker process
    wait_until 30 "a worker for $1" is_served "$1"
    supervisor=$(back_end "$1" supervisor)
    worker=$(back_end "$1" worker)
    [ -z "${3:-}" ] || kill -9 "$worker"
    kill "-$2" "$supervisor" || fail "there is no process $supervisor, which $1's virtio.status calls its supervisor"
    for process in "$supervisor" "$worker"; do wait_until 30 "the end of process $process" is_gone "$process"; done
}
# A zombie has no open file any more.
is_gone() { [ ! -e "/proc/$1/exe" ] || ! readlink "/proc/$1/exe" >/dev/null; }

# carry_on NAME: the next supervisor, as somebody who saw the remedy in `ampctl list` would have it.
carry_on() {
    run ampctl list
    ampctl list | grep -q "^$1: nobody serves its virtio devices; .ampctl start $1. does" || fail "ampctl list does not tell that nobody serves $1"
    run ampctl start "$1"
    wait_until 30 "a worker for $1" is_served "$1"
    grep 'carries on with' "/run/amp/$1/virtio.log" | tail -n 1
    if grep 'not carried on' "/run/amp/$1/virtio.log"; then fail "the devices began anew under a running guest"; fi
}

# What it says, or said in the file before.
log_of() { cat "/run/amp/$1/virtio.log.old" "/run/amp/$1/virtio.log" 2>/dev/null || true; }

# check_lived NAME WORKER
check_lived() {
    [ "$(back_end "$1" restarts)" -eq 0 ] || fail "the back end of $1 died $(back_end "$1" restarts) times"
    [ "$(back_end "$1" worker)" = "$2" ] || fail "the worker of $1 is $(back_end "$1" worker), it was $2"
}

## Work of a guest, beside which something else happens

# in_turns GUEST NAME COMMAND...: again and again in the guest's background, until /tmp/enough is there or it fails. How often it was
# right is in /tmp/NAME.turns then, or what it said when it failed.
in_turns() {
    local guest=$1 name=$2
    shift 2
    say_to "$guest" "(n=0 bad=; while [ ! -e /tmp/enough ] && [ ! \$bad ]; do if ( $* ) >/tmp/$name 2>&1; then n=\$((n+1)); else bad=1; fi; done; \
if [ \$bad ]; then cat /tmp/$name; else echo \$n times $name without an error; fi >/tmp/$name.turns) &"
}

# verify_in_turns GUEST: writes to its disk, each read back.
verify_in_turns() {
    in_turns "$1" verifies "fio --name=verify --filename=/fio --size=4m --rw=randwrite --bs=4k --iodepth=8 --ioengine=libaio --direct=1 --thread \
--verify=crc32c --do_verify=1 --verify_fatal=1"
}

# check_turns GUEST NAME...: none of it failed.
check_turns() {
    local guest=$1 name
    shift
    say_to "$guest" 'touch /tmp/enough; wait; cat /tmp/*.turns; echo these are $((3)) turns'
    wait_new "$guest" '^these are 3 turns' 180
    for name; do
        new_text "$guest" | grep -qE "^[1-9][0-9]* times $name without an error" || fail "$(new_text "$guest")"
        figure "$(new_text "$guest" | grep -E "^[0-9]+ times $name")"
    done
    if grep -E 'I/O error|blk_update_request' "$WORK/$guest.console"; then fail "$guest saw an error"; fi
    check_guest_log "$guest"
}

## Nothing stays

# Open files of all processes but the servers; /proc/sys/fs/file-nr is wrong by some dozens for each core.
open_files() {
    local process count=0
    # Nothing runs beside this loop, which would be counted or not as it happens.
    for process in /proc/[0-9]*; do
        case " $servers " in *" ${process#/proc/} "*) continue ;; esac
        set -- "$process"/fd/*
        [ ! -L "$1" ] || count=$((count + $#))
    done
    echo "$count"
}
remember_files() { files_before=$(open_files); }
files_are_closed() { [ "$(open_files)" -le "$files_before" ]; }
no_back_end() { ! pidof amp-virtio >/dev/null; }

# check_given_back NAME...: these partitions are destroyed.
check_given_back() {
    local name
    wait_until 10 "amp-virtio to end" no_back_end
    for name; do [ ! -e "/run/amp/$name" ] || fail "/run/amp/$name is still there: $(ls "/run/amp/$name")"; done
    wait_until 10 "open files to be $files_before again, not $(open_files)" files_are_closed
    echo "open files: $(open_files), before $files_before; no amp-virtio runs"
}

# Each process with its open files.
holders() {
    local process
    for process in /proc/[0-9]*; do
        [ ! -e "$process/fd/0" ] || echo "$(tr '\0' ' ' <"$process/cmdline"): $(for file in "$process"/fd/*; do readlink "$file"; done | tr '\n' ' ')"
    done
}

# What one wants to know, beside what every scenario tells.
explain_back_ends() {
    local file
    holders
    for file in /run/amp/*/virtio.status /run/amp/*/virtio.log "$WORK/servers.log"; do
        [ ! -e "$file" ] || { printf -- '-- %s\n' "$file"; tail -n 20 "$file"; }
    done
}
