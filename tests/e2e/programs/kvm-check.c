/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Is KVM whole? Creates a VM with one VCPU, lets it run two instructions and sees its store come out as an MMIO exit. Run in
 * dom0 before and after partitions: the donated cores' EL2 was ours in between.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define RAM 0x40000000ull
#define RAM_SIZE 0x10000ull
#define DEVICE 0x09000000ull
#define MARK 0x5au

static int check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void set_register(int vcpu, uint64_t offset, uint64_t value)
{
    struct kvm_one_reg reg = {
        .id = KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | (offset / sizeof(uint32_t)),
        .addr = (uintptr_t)&value,
    };

    check(ioctl(vcpu, KVM_SET_ONE_REG, &reg), "KVM_SET_ONE_REG");
}

static void add_memory(int vm)
{
    static const uint32_t code[] = {
        0xb9000020, /* str w0, [x1] */
        0x14000000, /* b . */
    };
    void *memory = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct kvm_userspace_memory_region region = { .guest_phys_addr = RAM, .memory_size = RAM_SIZE };

    if (memory == MAP_FAILED)
        check(-1, "mmap");
    memcpy(memory, code, sizeof(code));
    __builtin___clear_cache(memory, (char *)memory + sizeof(code));
    region.userspace_addr = (uintptr_t)memory;
    check(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
}

static int add_vcpu(int vm)
{
    struct kvm_vcpu_init init;
    int vcpu = check(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");

    check(ioctl(vm, KVM_ARM_PREFERRED_TARGET, &init), "KVM_ARM_PREFERRED_TARGET");
    check(ioctl(vcpu, KVM_ARM_VCPU_INIT, &init), "KVM_ARM_VCPU_INIT");
    set_register(vcpu, offsetof(struct kvm_regs, regs.regs[0]), MARK);
    set_register(vcpu, offsetof(struct kvm_regs, regs.regs[1]), DEVICE);
    set_register(vcpu, offsetof(struct kvm_regs, regs.pc), RAM);
    return vcpu;
}

int main(void)
{
    int kvm = check(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
    int vm = check(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
    int vcpu, run_size = check(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
    struct kvm_run *run;

    add_memory(vm);
    vcpu = add_vcpu(vm);
    run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
    if (run == MAP_FAILED)
        check(-1, "mmap of the VCPU");
    check(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
    if (run->exit_reason != KVM_EXIT_MMIO || run->mmio.phys_addr != DEVICE || run->mmio.data[0] != MARK) {
        fprintf(stderr, "unexpected exit %u\n", run->exit_reason);
        return 1;
    }
    puts("KVM created a VM and a VCPU and ran it");
    return 0;
}
