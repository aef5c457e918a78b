# SPDX-License-Identifier: GPL-2.0-only
# Kernel and initrd of Debian's installer as they are: udev, modules and a program for people, which talks at the console.
. ./linux-lib.sh

load_module
remember_machine
describe_linux debian 1 "$CORE" /e2e/linux /e2e/initrd.gz 0x20000000 "DEBIAN_FRONTEND=text"

step "Debian's own initrd, to its first question"
run ampctl create "$WORK/debian.dts"
start_linux debian
wait_new debian "Choose the language|Select a language" 240
check_guest_log debian

step "an answer typed, and the next question"
say_to debian ""
wait_new debian "Prompt: |Select your location|Country, territory or area" 120
new_text debian | tail -n 5
run ampctl stats debian

step "everything back"
run ampctl stop debian
remove debian
unload_module
check_machine
finish
