# SPDX-License-Identifier: GPL-2.0-only
# KVM is whole after partitions came and went, on the cores that were donated too.

check_kvm() {
    for core in $(seq 0 $(($(nproc) - 1))); do
        expect "created a VM and a VCPU" taskset "$(printf '%x' $((1 << core)))" ./kvm-check
    done
}

step "before"
remember_machine
check_kvm
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
step "after, on each core"
check_kvm
unload_module
check_kvm
check_machine
finish
