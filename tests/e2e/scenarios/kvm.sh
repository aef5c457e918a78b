# SPDX-License-Identifier: GPL-2.0-only
# KVM is whole after partitions came and went on cores 1 and 2. CORES is where it is tried afterwards: with Linux at EL1, QEMU
# 7.2 hangs any KVM guest on a core that was ever taken offline and online again, also where this module was never loaded.

check_kvm() {
    for core in $CORES; do
        expect "created a VM and a VCPU" taskset "$(printf '%x' $((1 << core)))" ./kvm-check
    done
}

step "before"
check_kvm
# After KVM's own first memory.
remember_machine
load_module
for i in 1 2 3; do
    launch one 1 1 hello.elf
    launch two 2 2 hello.elf
    wait_console one .
    wait_console two .
    step "beside running partitions"
    expect "created a VM and a VCPU" ./kvm-check
    remove one
    remove two
done
step "after, on cores $CORES"
check_kvm
unload_module
check_kvm
check_machine
finish
