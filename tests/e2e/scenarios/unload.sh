# SPDX-License-Identifier: GPL-2.0-only
# The module can't be unloaded under a running partition, can be after destroy, and loads again.

load_module
remember_machine
launch hello 1 "$CORE" hello.elf
wait_console hello .
step "unload with a running partition is refused"
refuse "busy|in use|Resource temporarily unavailable" rmmod amp
[ "$(state_of hello)" = running ] || [ "$(state_of hello)" = stopped ] || fail "hello is $(state_of hello)"
remove hello
for i in 1 2 3; do
    step "unload and load again, $i"
    unload_module
    [ ! -e /dev/amp ] || fail "/dev/amp is still there"
    load_module
    launch hello 1 "$CORE" hello.elf
    wait_console hello .
    remove hello
done
unload_module
check_machine
finish
