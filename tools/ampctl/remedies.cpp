// SPDX-License-Identifier: GPL-2.0-only
// The table. A remedy is something to do, in the imperative where one exists.
#include "remedies.hpp"

#include <amp/abi/status.h>

namespace amp::ctl {
namespace {

using enum NumberKind;
using enum ExitStatus;

constexpr std::string_view same_release =
    "ampctl and the module are of different releases: install both from the same one";
constexpr std::string_view recheck = "`ampctl check` the description on this machine";

constexpr Remedy remedies[] = {
    {AMP_STATUS_OK, decimal, ok, "nothing to do"},
    {AMP_STATUS_BAD_MAGIC, decimal, internal, same_release},
    {AMP_STATUS_BAD_VERSION, version, internal, same_release},
    {AMP_STATUS_BAD_SIZE, decimal, internal, same_release},
    {AMP_STATUS_BAD_FLAGS, hex, internal, same_release},
    {AMP_STATUS_BAD_RESERVED, decimal, internal, same_release},
    {AMP_STATUS_BAD_NAME, decimal, description,
     "use small letters, digits and -, a letter first, at most 31 characters"},
    {AMP_STATUS_BAD_ID, decimal, description, "give the partition an `id` of 1 or more"},
    {AMP_STATUS_BAD_CORE, hex, machine,
     "name a core that `ampctl doctor` lists; a plan made for another machine does not fit"},
    {AMP_STATUS_BAD_REGION, hex, description, recheck},
    {AMP_STATUS_REGION_OVERLAP, hex, description, "move one of the two; `ampctl plan` shows all addresses"},
    {AMP_STATUS_BAD_PHYSICAL, hex, description,
     "only memory that the device tree lists under reserved-memory can be given, and none that another partition's back end "
     "still maps, even if that partition is gone"},
    {AMP_STATUS_BAD_IRQ, decimal, description, "choose an interrupt that no Linux driver uses; see /proc/interrupts"},
    {AMP_STATUS_BAD_CHANNEL, decimal, description, recheck},
    {AMP_STATUS_BAD_ENTRY, hex, description,
     "check amp,entry and amp,load-address, and for which address the image was linked"},
    {AMP_STATUS_BAD_PLATFORM, hex, description, recheck},
    {AMP_STATUS_BAD_SEGMENT, hex, description,
     "give the partition more memory, or link the image for an address it has"},
    {AMP_STATUS_BAD_VIRTIO, decimal, description, recheck},
    {AMP_STATUS_NAME_IN_USE, decimal, machine,
     "destroy that partition first, or choose another name; `ampctl list` shows all"},
    {AMP_STATUS_ID_IN_USE, decimal, machine,
     "destroy that partition first, or choose another `id`; `ampctl list` shows all"},
    {AMP_STATUS_CORE_IN_USE, decimal, machine,
     "choose another core, or destroy the partition that has it: `ampctl list`"},
    {AMP_STATUS_CORE_OFFLINE, decimal, machine, "bring it up: `echo 1 > /sys/devices/system/cpu/cpu{value}/online`"},
    {AMP_STATUS_CORE_LAST, decimal, machine, "choose another core: Linux keeps the boot core, and at least one"},
    {AMP_STATUS_CORE_REFUSED, decimal, machine,
     "free it of work that is bound to it, such as pinned real-time tasks; see `dmesg`"},
    {AMP_STATUS_NO_CORE, decimal, machine, "give it one: `ampctl assign CORE NAME`"},
    {AMP_STATUS_DOORBELL_IN_USE, decimal, machine, "list a free interrupt under doorbell-spis in the board file"},
    {AMP_STATUS_DOORBELL_DEAD, decimal, machine, "list another free interrupt under doorbell-spis in the board file"},
    {AMP_STATUS_CHANNEL_MISMATCH, decimal, description,
     "describe the channel alike on both sides: same name, same amp,size"},
    {AMP_STATUS_BAD_STATE, state, machine,
     "`ampctl status` shows its state; see `ampctl help` for what goes from there"},
    {AMP_STATUS_NOT_LOADED, decimal, description, "give the partition an amp,image that covers its entry point"},
    {AMP_STATUS_NOT_FOUND, decimal, not_found, "`ampctl list` shows all partitions"},
    {AMP_STATUS_TOO_MANY, decimal, machine, "destroy one that is not needed: `ampctl list`"},
    {AMP_STATUS_BACKEND_SILENT, decimal, machine,
     "/run/amp/<partition>/virtio.log tells what it does; end its amp-virtio and start again, which runs another"},
    {AMP_STATUS_OUT_OF_MEMORY, bytes, machine,
     "give the partition less memory, or free some: `echo 3 > /proc/sys/vm/drop_caches`"},
    {AMP_STATUS_CORE_START_FAILED, psci, machine, "this is the firmware's answer; try another core, and see `dmesg`"},
    {AMP_STATUS_CORE_STUCK, decimal, machine, "only a reboot brings it back; see `ampctl log` and please report it"},
    {AMP_STATUS_MONITOR_SILENT, decimal, machine,
     "see `dmesg` and please report it with the output of `ampctl doctor`"},
    {AMP_STATUS_MONITOR_REFUSED, monitor_status, internal, "see `dmesg` and please report it"},
    {AMP_STATUS_MONITOR_ABI, decimal, internal,
     "build and install the module anew: it embeds a monitor of another release"},
    {AMP_STATUS_NO_EL2, decimal, machine,
     "boot at EL2: a firmware or hypervisor setting (QEMU: -M virt,virtualization=on)"},
    {AMP_STATUS_PROTECTED_KVM, decimal, machine, "boot without kvm-arm.mode=protected"},
    {AMP_STATUS_NO_PSCI, decimal, machine, "the firmware must offer PSCI; ask its vendor for a newer one"},
    {AMP_STATUS_NO_GIC, decimal, machine, "this machine's interrupt controller is not supported"},
    {AMP_STATUS_NO_AARCH32, decimal, machine,
     "choose a core that runs 32-bit kernels, or give the partition a 64-bit image"},
    {AMP_STATUS_INJECTED, decimal, machine, "load the module without fail_step"},
};

} // namespace

const Remedy* find_remedy(std::uint32_t status) {
    for (const Remedy& remedy : remedies)
        if (remedy.status == status)
            return &remedy;
    return nullptr;
}

} // namespace amp::ctl
