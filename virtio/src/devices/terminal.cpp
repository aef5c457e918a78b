// SPDX-License-Identifier: GPL-2.0-only
#include "amp/virtio/devices/terminal.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

namespace amp::virtio {
namespace {

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

} // namespace

Outcome<Terminal> open_terminal() {
    Terminal terminal;
    terminal.master = OwnedFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK));
    if (!terminal.master)
        return Err{failed("/dev/ptmx") + (errno == ENOENT ? "; is /dev/pts mounted?" : "")};
    std::array<char, 64> name{};
    if (::grantpt(terminal.master.get()) != 0 || ::unlockpt(terminal.master.get()) != 0 ||
        ::ptsname_r(terminal.master.get(), name.data(), name.size()) != 0)
        return Err{failed("a new pseudo-terminal")};
    terminal.path = name.data();
    terminal.slave = OwnedFd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    termios settings{};
    if (!terminal.slave || ::tcgetattr(terminal.slave.get(), &settings) != 0)
        return Err{failed(terminal.path)};
    // The guest echoes and edits; here bytes only pass.
    ::cfmakeraw(&settings);
    if (::tcsetattr(terminal.slave.get(), TCSANOW, &settings) != 0)
        return Err{failed(terminal.path)};
    return terminal;
}

Outcome<OwnedFd> listen_on(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path))
        return Err{path + ": longer than the " + std::to_string(sizeof(address.sun_path) - 1) + " characters of a socket's path"};
    std::copy(path.begin(), path.end(), address.sun_path);
    const auto* generic = static_cast<const sockaddr*>(static_cast<const void*>(&address));
    const OwnedFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (probe && (::connect(probe.get(), generic, sizeof(address)) == 0 || errno == EAGAIN))
        return Err{path + ": another process listens there"};
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) {
        if (!S_ISSOCK(info.st_mode))
            return Err{path + ": is there, and not a socket; remove it or choose another path"};
        ::unlink(path.c_str());
    }
    OwnedFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // Before bind() the mode is the socket's own, so that at no moment others can connect.
    if (!listener || ::fchmod(listener.get(), 0600) != 0 || ::bind(listener.get(), generic, sizeof(address)) != 0 ||
        ::listen(listener.get(), 1) != 0)
        return Err{failed(path)};
    return listener;
}

} // namespace amp::virtio
