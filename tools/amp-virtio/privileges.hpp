// SPDX-License-Identifier: GPL-2.0-only
// How a worker gives up what it does not need: first all inherited descriptors but a few, then, when everything is open, user,
// groups, capabilities, the calls that it does not need, and the way back. There is no call that regains any of it.
#pragma once

#include "config.hpp"
#include "syscall_filter.hpp"

#include <sys/types.h>
#include <vector>

namespace amp::backend {

struct Owner {
    uid_t user;
    gid_t group;
};
// Who a worker of root's becomes.
Owner worker_owner();

// Closes every descriptor but 0 to 2 and the given ones.
void close_all_but(std::vector<int> kept);

// `parent`: whose death is this process' own. As root it becomes nobody; another user stays who it is.
Outcome<Done> give_up_privileges(pid_t parent, Sockets sockets);

} // namespace amp::backend
