// SPDX-License-Identifier: GPL-2.0-only
#include "amp/virtio/devices/tap.hpp"

#include "net_layout.hpp"

#include <cerrno>
#include <climits>
#include <cstring>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

namespace amp::virtio {
namespace {

std::string failed(const std::string& what) { return what + ": " + std::strerror(errno); }

Outcome<Done> set_up(const ifreq& name, const std::string& interface) {
    const OwnedFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request = name;
    if (!socket || ::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0)
        return Err{failed("TAP " + interface)};
    if (request.ifr_flags & IFF_UP)
        return Done{};
    request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
    if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) != 0)
        return Err{failed("TAP " + interface + " can't be set up")};
    return Done{};
}

std::string why_not(const std::string& interface) {
    const int error = errno;
    std::string text = failed("TAP " + interface);
    if (error == EBUSY)
        text += "; another process has it";
    if (error == EINVAL)
        text += "; there is an interface of that name that is no TAP, or one with several queues or without vnet_hdr "
                "(`ip link show " + interface + "`; make it by `ip tuntap add " + interface +
                " mode tap vnet_hdr`, or let it be made)";
    if (error == EPERM)
        text += "; it belongs to another user";
    return text;
}

} // namespace

Outcome<OwnedFd> open_tap(const std::string& interface) {
    ifreq request{};
    if (interface.empty() || interface.size() >= sizeof(request.ifr_name) || interface.find_first_of("/% ") != std::string::npos)
        return Err{"TAP '" + interface + "': not a name of an interface (1 to 15 characters, no '/', '%', ' ')"};
    std::copy(interface.begin(), interface.end(), request.ifr_name);
    OwnedFd tap(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
    if (!tap)
        return Err{failed("/dev/net/tun") + (errno == ENOENT || errno == ENODEV ? "; modprobe tun" : "")};
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    if (::ioctl(tap.get(), TUNSETIFF, &request) != 0)
        return Err{why_not(interface)};
    int header = sizeof(net::Header);
    if (::ioctl(tap.get(), TUNSETVNETHDRSZ, &header) != 0)
        return Err{failed("TAP " + interface + ": TUNSETVNETHDRSZ")};
    if (auto up = set_up(request, interface); !up)
        return Err{up.error()};
    return tap;
}

bool set_tap_offload(int tap, std::uint64_t features) {
    namespace f = net::feature;
    unsigned long offload = 0;
    if (features & f::guest_csum)
        offload |= TUN_F_CSUM;
    if (features & f::guest_tso4)
        offload |= TUN_F_TSO4;
    if (features & f::guest_tso6)
        offload |= TUN_F_TSO6;
    if (features & f::guest_ecn)
        offload |= TUN_F_TSO_ECN;
    return ::ioctl(tap, TUNSETOFFLOAD, offload) == 0;
}

bool set_tap_send_buffer(int tap, TapUser user) {
    int bytes = user == TapUser::vhost ? INT_MAX - 1 : INT_MAX;
    return ::ioctl(tap, TUNSETSNDBUF, &bytes) == 0;
}

} // namespace amp::virtio
