// SPDX-License-Identifier: GPL-2.0-only
// The filter looks at the call's number, and at the family of a socket. It does not look at the architecture: a 64-bit arm64
// process has no other calls.
#include "syscall_filter.hpp"

#include "run_files.hpp"

#include <cerrno>
#include <cstddef>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <vector>

namespace amp::backend {
namespace {

constexpr long refused[] = {
    // other processes
    SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo, SYS_pidfd_open, SYS_pidfd_send_signal,
    SYS_pidfd_getfd, SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_setpriority, SYS_prlimit64,
    // programs, namespaces
    SYS_execve, SYS_execveat, SYS_unshare, SYS_setns, SYS_mount, SYS_pivot_root, SYS_chroot,
    // files by name; sockets
    SYS_openat, SYS_openat2, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_linkat, SYS_symlinkat, SYS_renameat2,
    SYS_mkdirat, SYS_mknodat, SYS_fchmodat, SYS_fchownat, SYS_socketpair, SYS_connect,
    // large parts of the kernel that serve no device
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_io_uring_setup, SYS_fanotify_init,
    SYS_memfd_create, SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open};

// What makes and removes the sockets of an rpmsg link's services, whose user may make none of another kind.
constexpr long socket_makers[] = {SYS_socket, SYS_bind, SYS_unlinkat};

} // namespace

Outcome<Done> refuse_syscalls(Sockets sockets) {
    std::vector<long> calls(std::begin(refused), std::end(refused));
    if (sockets == Sockets::none)
        calls.insert(calls.end(), std::begin(socket_makers), std::end(socket_makers));
    std::vector<sock_filter> program;
    if (sockets == Sockets::unix_domain) {
        program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_socket), 0, 3));
        program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, args))); // low half: little-endian
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    }
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)));
    const std::size_t count = calls.size();
    // Each comparison jumps over what is left, the permission included, to the refusal.
    for (std::size_t i = 0; i < count; ++i)
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(calls[i]),
                                   static_cast<std::uint8_t>(count - i), 0));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
    const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0)
        return Err{failed("seccomp")};
    return Done{};
}

} // namespace amp::backend
