# SPDX-License-Identifier: GPL-2.0-only
# Read by every scenario before its own lines (in dom0, busybox ash): steps, checks, and what a scenario may ask about the
# machine and its partitions. A scenario ends at the first thing that is not as it should be, with "FAIL:" and why.
set -eu

GUESTS=/usr/lib/amp/guests
WORK=/run/e2e
mkdir -p "$WORK"

step() { printf '\n== %s\n' "$*"; }
figure() { printf 'figure: %s\n' "$*"; }

fail() {
    trap - EXIT
    printf 'FAIL: %s\n' "$*"
    explain_failure
    exit 1
}

# What one wants to know of a dom0 that is gone afterwards.
explain_failure() {
    ampctl status 2>/dev/null || true
    for name in $(partitions); do
        printf -- '-- log of %s\n' "$name"
        ampctl log "$name" 2>/dev/null | tail -n 15 || true
        printf -- '-- console of %s\n' "$name"
        console_text "$name" | tail -n 8 || true
    done
    ! command -v explain_back_ends >/dev/null || explain_back_ends
    printf -- '-- dmesg\n'
    dmesg | tail -n 25
}

# Any command that fails unasked ends the scenario (set -e); this says so.
trap 'status=$?; [ $status -eq 0 ] || { echo "FAIL: a command ended with status $status"; explain_failure; }' EXIT

# run COMMAND...: shown as typed, must succeed.
run() {
    printf '# %s\n' "$*"
    "$@" || fail "'$*' ended with status $?"
}

# expect PATTERN COMMAND...: must succeed and print a line that matches (extended regular expression).
expect() {
    local pattern="$1"
    shift
    printf '# %s\n' "$*"
    local status=0
    "$@" >"$WORK/out" 2>&1 || status=$?
    cat "$WORK/out"
    [ "$status" -eq 0 ] || fail "'$*' ended with status $status"
    grep -qE -- "$pattern" "$WORK/out" || fail "'$*' did not print /$pattern/"
}

# refuse PATTERN COMMAND...: must fail and print such a line.
refuse() {
    local pattern="$1"
    shift
    printf '# %s\n' "$*"
    if "$@" >"$WORK/out" 2>&1; then
        cat "$WORK/out"
        fail "'$*' succeeded"
    fi
    cat "$WORK/out"
    grep -qE -- "$pattern" "$WORK/out" || fail "'$*' was refused, but not with /$pattern/"
}

now_ms() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }

# wait_until SECONDS WHAT COMMAND...: polls until the command succeeds.
wait_until() {
    local end="$(($(now_ms) + $1 * 1000))" what="$2"
    shift 2
    until "$@"; do
        [ "$(now_ms)" -lt "$end" ] || fail "in vain waited for: $what"
        usleep 50000
    done
}

## Partitions

partitions() { ampctl list --json 2>/dev/null | sed -n 's/^ *"name": "\([^"]*\)".*/\1/p'; }

# number KEY / word KEY: the first such value in the JSON on standard input.
number() { sed -n "s/^ *\"$1\": \(-\{0,1\}[0-9][0-9]*\).*/\1/p" | head -n 1; }
word() { sed -n "s/^ *\"$1\": \"\([^\"]*\)\".*/\1/p" | head -n 1; }

state_of() { ampctl status "$1" --json | word state; }
is_in_state() { [ "$(state_of "$1")" = "$2" ]; }
wait_state() { wait_until "${3:-20}" "$1 to be $2" is_in_state "$1" "$2"; }

# All that the guest wrote since it was started.
console_text() { ampctl console "$1" --history 2>/dev/null; }
console_has() { console_text "$1" | grep -qE -- "$2"; }
wait_console() { wait_until "${3:-20}" "/$2/ on the console of $1" console_has "$1" "$2"; }

arguments() { printf 'chosen { bootargs = "%s"; };' "$*"; }

# write_description NAME ID CORE LINES: $WORK/NAME.dts with one partition of these lines, properties before nodes.
write_description() {
    cat >"$WORK/$1.dts" <<DTS
/dts-v1/;
/ {
    domains {
        #address-cells = <2>;
        #size-cells = <2>;
        $1 {
            compatible = "amp,partition-v1", "openamp,domain-v1";
            id = <$2>;
            amp,cores = <$3>;
            amp,console;
            $4
        };
    };
};
DTS
}

# describe NAME ID CORE IMAGE [LINES]: a guest of ours with the channel "ctrl" to dom0.
describe() {
    write_description "$1" "$2" "$3" "memory = <0x0 0x40000000 0x0 ${MEMORY:-0x00800000}>;
            amp,image = \"$GUESTS/$4\";
            ${5:-}
            channels { ctrl { amp,peer = \"dom0\"; amp,size = <0x10000>; }; };"
}

# launch NAME ID CORE IMAGE [LINES]: describe, create and start.
launch() {
    describe "$@"
    run ampctl create "$WORK/$1.dts"
    run ampctl start "$1"
}

remove() { run ampctl destroy "$1"; }

reason_of() { ampctl status "$1" --json | word reason; }

# follow NAME FILE: a reader in the background that takes every message of channel "ctrl" into FILE, until unfollow.
follow() {
    ampctl recv "$1" ctrl --follow >"$2" 2>&1 &
    follower=$!
}
unfollow() {
    kill "$follower"
    wait "$follower" || true
}

has_lines() { [ "$(wc -l <"$1")" -ge "$2" ]; }
# wait_reports FILE COUNT: so many more reports.
wait_reports() { wait_until 60 "$2 more reports" has_lines "$1" $(($(wc -l <"$1") + $2)); }

# check_sequence FILE LEAST: control-loop's reports in FILE have consecutive numbers, and at least the last so many came
# without one being dropped (before somebody read, a full ring dropped some, as it must).
check_sequence() {
    awk -v least="$2" '
        /^seq=/ {
            split($1, seq, "="); split($4, dropped, "=")
            if (count++ && seq[2] != last + 1) { print "hole: " last " is followed by " seq[2]; bad = 1 }
            since = dropped[2] == before ? since + 1 : 1
            before = dropped[2]; last = seq[2]
        }
        END {
            printf "reports: %d in sequence, the last is %d; %d since one was dropped\n", count, last, since
            exit bad || since < least
        }' "$1" || fail "the control loop's reports have a hole, or less than $2 came in a row"
}

# histogram FILE: the last report in FILE as a picture, in microseconds.
histogram() {
    grep '^seq=' "$1" | tail -n 1 | tr ' ' '\n' | awk -F= '
        { value[$1] = $2 }
        END {
            us = 1000000 / value["hz"]
            printf "turns %d, missed %d; late by: min %.1f us, avg %.1f us, p99 %.1f us, max %.1f us\n",
                value["turns"], value["missed"], value["min"] * us, value["avg"] * us, value["p99"] * us, value["max"] * us
            n = split(value["hist"], bucket, ",")
            for (i = 1; i <= n; i++) { split(bucket[i], b, ":"); if (b[2] > most) most = b[2] }
            for (i = 1; i <= n; i++) {
                split(bucket[i], b, ":")
                bar = ""
                for (j = 0; j < 50 * b[2] / most; j++) bar = bar "#"
                printf "  up to %9.1f us %8d %s\n", b[1] * us, b[2], bar
            }
        }'
}

# Causes that a control loop in its stride has: its timer, doorbells to dom0 (HVC) and from dom0 (kick). Between two looks
# at its counters everything else must stand still.
CALM_CAUSES="smc sysreg sgi gicd gicr console physical_timer device_irq maintenance set_way fault spurious other"
look_at_exits() { ampctl stats "$1" --json >"$WORK/exits.$2"; }
exits_between() { echo $(($(number "$1" <"$WORK/exits.after") - $(number "$1" <"$WORK/exits.before"))); }
check_calm() {
    for cause in $CALM_CAUSES $*; do
        [ "$(exits_between "$cause")" -eq 0 ] || fail "the control loop had $(exits_between "$cause") exits for: $cause"
    done
    echo "exits of the control loop meanwhile: timer $(exits_between virtual_timer), hvc $(exits_between hvc), kick" \
        "$(exits_between kick), all others 0"
}

# exits_of NAME CAUSE: how often the guest left to the monitor for that cause (names of AMP_CAUSE_LIST, lower case).
exits_of() { ampctl stats "$1" --json | number "$2"; }

# What a scenario costs in Linux's eyes, before and after.
cores() { cat /sys/devices/system/cpu/online; }
settle_memory() {
    sync
    echo 4 >/proc/sys/vm/drop_caches # from now on without a line in the kernel log
    echo 3 >/proc/sys/vm/drop_caches
    [ ! -e /proc/sys/vm/compact_memory ] || echo 1 >/proc/sys/vm/compact_memory
}
# MemAvailable, and the free pages of the per-CPU lists, which it leaves out: those come and go by several MiB.
available_kib() {
    settle_memory
    awk '/^MemAvailable:/ { kib += $2 } /^ +count: / { kib += 4 * $2 } END { print kib }' /proc/meminfo /proc/zoneinfo
}

remember_machine() {
    cores_before=$(cores)
    available_before=$(available_kib)
}

# memory_is_back KIB: MemAvailable is at most so much below what it was.
memory_is_back() { [ "$(available_kib)" -ge $((available_before - $1)) ]; }

# Linux keeps what it took for the first hotplug of each core, module and device: up to 1.5 MiB with seven cores. A partition's
# smallest memory is twice the slack; that nothing of ours stays is cycles.sh's to show, whose growth is measured after that.
check_machine() {
    rm -f "$WORK"/reports "$WORK"/out
    [ "$(cores)" = "$cores_before" ] || fail "cores online: $(cores), before: $cores_before"
    wait_until 10 "the memory to come back (before: $available_before KiB, now: $(available_kib) KiB)" \
        memory_is_back "${1:-2048}"
    echo "cores online: $(cores), nproc $(nproc); available $(available_kib) KiB, before $available_before KiB"
}

load_module() { run modprobe amp; }
unload_module() { run rmmod amp; }

# Last line of every scenario: the kernel has nothing to complain about, and all that was asked for happened.
finish() {
    trap - EXIT
    if dmesg | grep -E 'WARNING:|BUG:|Oops|Call trace|Unable to handle|rcu: INFO|soft lockup'; then
        fail "the kernel log has a warning"
    fi
    echo "PASS: everything happened"
}
