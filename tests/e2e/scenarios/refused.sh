# SPDX-License-Identifier: GPL-2.0-only
# A machine that can't serve: the module refuses to load and says why (REASON), doctor says what to do (REMEDY), and nothing of
# the attempt is left.

remember_machine
step "modprobe amp"
if modprobe amp 2>"$WORK/out"; then fail "the module loaded"; fi
dmesg | grep -E "amp: $REASON" || fail "the kernel log does not say /$REASON/"
step "doctor"
status=0
ampctl doctor >"$WORK/doctor" || status=$?
cat "$WORK/doctor"
[ "$status" -eq 3 ] || fail "doctor ended with status $status"
grep -qE -- "$REMEDY" "$WORK/doctor" || fail "doctor does not say /$REMEDY/"
refuse "modprobe amp" ampctl list
step "nothing is left"
if grep -q '^amp ' /proc/modules || [ -e /dev/amp ]; then fail "the module is there"; fi
check_machine
finish
