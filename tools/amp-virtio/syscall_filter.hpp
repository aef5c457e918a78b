// SPDX-License-Identifier: GPL-2.0-only
// Takes calls away from a worker that no device needs: reaching other processes, files, sockets and programs. All workers of a
// machine have one user, whose processes could otherwise signal each other.
#pragma once

#include "config.hpp"

namespace amp::backend {

// Which sockets it may still make.
enum class Sockets { none, unix_domain };

// For this process and for good; needs no_new_privs. A refused call fails with EPERM.
Outcome<Done> refuse_syscalls(Sockets sockets);

} // namespace amp::backend
