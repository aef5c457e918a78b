# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scenarios with Linux guests: an initramfs for them, made here in dom0, their description, and talking to their
# shell through `ampctl console`.

# guest_root DIR [BUSYBOX]: a user space that brings up a shell on the console, or does what then= of its kernel's arguments says.
# BUSYBOX: static, for the guest's architecture.
guest_root() {
    mkdir -p "$1/bin" "$1/dev" "$1/proc" "$1/sys" "$1/tmp"
    cp "${2:-/bin/busybox}" "$1/bin/busybox"
    cat >"$1/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox --install -s /bin
mkdir -p /dev/shm
echo "guest: $(uname -r) $(uname -m), $(nproc) CPU, up $(sed -n 's/^now at \([0-9]*\) nsecs/\1/p' /proc/timer_list) ns, idle" \
    "$(sed -n 's/.*idle_sleeptime *: \([0-9]*\) nsecs/\1/p' /proc/timer_list | head -n 1) ns"
case " $(cat /proc/cmdline) " in *" then=reboot "*) reboot -f ;; *" then=poweroff "*) poweroff -f ;; esac
while :; do setsid -c sh -i; done
INIT
    chmod +x "$1/init"
}

# pack_root DIR FILE
pack_root() { (cd "$1" && find . | cpio -o -H newc 2>/dev/null | gzip -1) >"$2"; }

# describe_linux NAME ID CORE IMAGE INITRD SIZE BOOTARGS [LINES]: writes $WORK/NAME.dts. SIZE: of memory, a hexadecimal cell.
describe_linux() {
    write_description "$1" "$2" "$3" "os,type = \"linux\";
            memory = <0x0 0x40000000 0x0 $6>;
            amp,image = \"$4\";
            amp,initrd = \"$5\";
            ${8:-}
            chosen { bootargs = \"console=ttyAMA0 $7\"; };"
}

# start_linux NAME: from now on everything the guest prints goes to $WORK/NAME.console, until it ends. The history, which is
# shown first, is known.
start_linux() {
    console_text "$1" | wc -c >"$WORK/$1.seen"
    run ampctl start "$1"
    ampctl console "$1" </dev/null >"$WORK/$1.console" 2>&1 &
}
# What came since the last ask, as lines.
new_text() { tail -c "+$(($(cat "$WORK/$1.seen") + 1))" "$WORK/$1.console" | tr -d '\r'; }
new_text_has() { new_text "$1" | grep -qE -- "$2"; }
# wait_new NAME PATTERN [SECONDS]
wait_new() { wait_until "${3:-90}" "/$2/ on the console of $1" new_text_has "$1" "$2"; }

# say_to NAME LINE: typed as by somebody at the console; what was printed until now is not looked at any more.
say_to() {
    wc -c <"$WORK/$1.console" >"$WORK/$1.seen"
    printf '%s> %s\n' "$1" "$2"
    printf '%s\n' "$2" >"/dev/amp-$1-console"
}

# ask NAME COMMAND PATTERN [SECONDS]: what the guest's shell prints then must match.
ask() {
    say_to "$1" "$2"
    wait_new "$1" "$3" "${4:-30}"
    new_text "$1" | grep -E -- "$3" | head -n 3
}

# boot_ns NAME: from the kernel's first look at its clock to its shell, as the guest counts.
boot_ns() { sed -n 's/^guest: .* up \([0-9]*\) ns.*/\1/p' "$WORK/$1.console" | tail -n 1; }

# Complaints of a guest's kernel that would show something amiss in the machine that we give it.
BAD_IN_GUEST='WARNING:|BUG:|Oops|Call trace|Unable to handle|rcu: INFO|soft lockup|Unhandled|undefined instruction|firmware bug|Firmware Bug|spurious'
check_guest_log() {
    if grep -E "$BAD_IN_GUEST" "$WORK/$1.console"; then fail "the kernel of $1 complains"; fi
}
