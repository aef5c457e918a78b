// SPDX-License-Identifier: GPL-2.0-only
#include "privileges.hpp"

#include "run_files.hpp"
#include "syscall_filter.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace amp::backend {
namespace {

constexpr uid_t overflow_id = 65534; // the kernel's own "nobody", where the system has no such user

Outcome<Done> drop_bounding_set() {
    for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
        if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EPERM)
            return Err{failed("dropping capability " + std::to_string(capability))};
    return Done{};
}

Outcome<Done> become_nobody() {
    const auto [user, group] = worker_owner();
    if (::setgroups(0, nullptr) != 0)
        return Err{failed("giving up the groups")};
    if (::setresgid(group, group, group) != 0)
        return Err{failed("becoming group nobody")};
    if (::setresuid(user, user, user) != 0)
        return Err{failed("becoming user nobody")};
    return Done{};
}

Outcome<Done> drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (::syscall(SYS_capset, &header, none) != 0)
        return Err{failed("dropping the capabilities")};
    return Done{};
}

} // namespace

Owner worker_owner() {
    if (const passwd* entry = ::getpwnam("nobody"))
        return {entry->pw_uid, entry->pw_gid};
    return {overflow_id, overflow_id};
}

void close_all_but(std::vector<int> kept) {
    std::sort(kept.begin(), kept.end());
    unsigned next = 3;
    for (const int one : kept) {
        if (one < static_cast<int>(next))
            continue;
        if (static_cast<unsigned>(one) > next)
            ::close_range(next, static_cast<unsigned>(one) - 1, 0);
        next = static_cast<unsigned>(one) + 1;
    }
    ::close_range(next, ~0u, 0);
}

Outcome<Done> give_up_privileges(pid_t parent, Sockets sockets) {
    if (::chdir("/") != 0)
        return Err{failed("/")};
    if (auto dropped = drop_bounding_set(); !dropped)
        return dropped;
    if (::geteuid() == 0)
        if (auto nobody = become_nobody(); !nobody)
            return nobody;
    if (auto dropped = drop_capabilities(); !dropped)
        return dropped;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return Err{failed("PR_SET_NO_NEW_PRIVS")};
    // A change of user clears it, so it comes last; who was orphaned before it ends here.
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
        return Err{failed("PR_SET_PDEATHSIG")};
    if (::getppid() != parent)
        return Err{std::string("the supervisor is gone")};
    return refuse_syscalls(sockets);
}

} // namespace amp::backend
