// SPDX-License-Identifier: GPL-2.0-only
// Every moment at which a process can be killed: work is done in a child, one instruction after the other, and whoever calls
// looks at the shared memory each time an instruction has changed it.
#ifndef AMP_TESTS_VIRTIO_SINGLE_STEP_HPP
#define AMP_TESTS_VIRTIO_SINGLE_STEP_HPP

#include <cstddef>
#include <functional>
#include <span>

namespace amp::test {

struct Steps {
    bool finished = false; // the child came to its end
    unsigned instructions = 0;
    unsigned images = 0; // different contents of the memory; visit() was called for each
};

Steps step_through(std::span<const std::span<std::byte>> shared, const std::function<void()>& work,
                   const std::function<void()>& visit);

} // namespace amp::test

#endif
