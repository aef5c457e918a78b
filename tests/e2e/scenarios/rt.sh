# SPDX-License-Identifier: GPL-2.0-only
# The stock PREEMPT_RT kernel as guest, with cyclictest on it, and the same cyclictest in dom0 beside it.
. ./linux-lib.sh

# The longest wake-up latency of a run in dom0 or in the guest: T: 0 ( 123) P:90 I:1000 C: 3000 Min: 8 Act: 20 Avg: 31 Max: 412
CYCLICTEST="cyclictest -q -m -p 90 -i 1000 -l $LOOPS"
latency_line() { sed -n 's/.*C: *\([0-9]*\).* Min: *\([0-9]*\).* Avg: *\([0-9]*\) Max: *\([0-9]*\).*/\1 wake-ups, late by min \2 us, avg \3 us, max \4 us/p'; }

# The program and the libraries that it names, from dom0's own user space.
add_cyclictest() {
    mkdir -p "$1/bin" "$1/lib/aarch64-linux-gnu"
    cp -L /lib/ld-linux-aarch64.so.1 "$1/lib/"
    cp -L /lib/aarch64-linux-gnu/libc.so.6 "$1/lib/aarch64-linux-gnu/"
    cp lib*.so.* "$1/lib/aarch64-linux-gnu/"
    cp cyclictest "$1/bin/"
}

load_module
remember_machine
mkdir -p /dev/shm # where cyclictest puts what it shares
cp lib*.so.* /lib/aarch64-linux-gnu/
guest_root "$WORK/root"
add_cyclictest "$WORK/root"
pack_root "$WORK/root" "$WORK/initrd.gz"
describe_linux rt 1 "$CORE" /e2e/Image "$WORK/initrd.gz" 0x10000000 ""

step "the PREEMPT_RT kernel"
run ampctl create "$WORK/rt.dts"
start_linux rt
wait_new rt "^/ # "
ask rt 'uname -v; echo realtime $(cat /sys/kernel/realtime)' '^realtime 1'
check_guest_log rt

step "cyclictest in the partition, while dom0 is busy; then in dom0, busy likewise"
for _ in $(seq $(($(nproc) - 1))); do (while :; do :; done) & busy="${busy:-} $!"; done
say_to rt "$CYCLICTEST"
wait_new rt "Max:" 120
figure "cyclictest in a partition (PREEMPT_RT): $(new_text rt | latency_line)"
chmod +x cyclictest
figure "cyclictest in dom0 (no PREEMPT_RT):     $(./$CYCLICTEST | latency_line)"
kill $busy
check_guest_log rt
run ampctl stats rt

step "everything back"
run ampctl stop rt
remove rt
unload_module
rm -r "$WORK/root" "$WORK/initrd.gz"
check_machine
finish
