// SPDX-License-Identifier: GPL-2.0-only
// A guest that makes up register accesses, with workers that die and states that make no sense in between. What a driver
// sees has to stay within the specification, and what gets ready has to be a queue.
#include <cstring>

#include "input.hpp"
#include "support/machine.hpp"

using namespace amp::virtio;
using amp::fuzz::Input;
using amp::fuzz::must;
using amp::test::Machine;

namespace {

constexpr std::uint32_t known_status = status::acknowledge | status::driver | status::driver_ok | status::features_ok |
                                       status::needs_reset | status::failed;

class Fuzz {
public:
    explicit Fuzz(Input& input) : input_(input) {}

    void act() {
        switch (input_.byte() % 10) {
        case 0:
        case 1:
        case 2: access(true); break;
        case 3: access(false); break;
        case 4: next_of_bring_up(); break;
        case 5: offer(); break;
        case 6: machine_.transport->notified(input_.byte()); break;
        case 7: machine_.ram.data()[input_.half()] = std::byte{input_.byte()}; break;
        case 8: (input_.byte() & 1) != 0 ? machine_.transport->config_changed() : machine_.transport->needs_reset(); break;
        case 9: replace(); break;
        }
        check();
    }

private:
    void access(bool write) {
        const std::uint8_t kind = input_.byte();
        const std::uint32_t offset = (kind & 1) != 0 ? 4u * (input_.byte() % 64u) : input_.half() % 0x210u;
        const std::uint32_t width = (kind & 6) != 0 ? 4 : input_.byte();
        const std::uint64_t values[] = {input_.byte(), input_.number(4), amp::test::ram_gpa + input_.half(),
                                        input_.number(8)};
        if (write) {
            machine_.transport->write(offset, width, values[(kind >> 3) % 4]);
        } else {
            machine_.transport->read(offset, width);
        }
    }

    // What a good driver would write next: the way to the deeper places.
    void next_of_bring_up() {
        const auto accesses = machine_.bring_up();
        for (unsigned i = input_.byte() % 20u; i > 0; i--) {
            const auto& access = accesses[step_++ % accesses.size()];
            machine_.write(access.offset, access.value);
        }
    }

    void offer() {
        const std::uint64_t gpa = amp::test::Driver::gpa_of(amp::test::Driver::buffers_offset);
        if (!machine_.driver.add({{gpa, input_.byte(), false}, {gpa + 256, 8, true}}, (input_.byte() & 1) != 0)) {
            machine_.driver.restart();
        }
        machine_.driver.show();
        machine_.transport->notified(0);
        machine_.driver.collect();
    }

    void replace() {
        const std::uint8_t how = input_.byte();
        if ((how & 1) != 0) {
            const std::size_t header = offsetof(DeviceState, queues) + sizeof(QueueState);
            machine_.state.bytes()[input_.half() % header] = std::byte{input_.byte()};
            machine_.state.bytes()[offsetof(DeviceState, queues) + input_.byte() % 200u] = std::byte{input_.byte()};
        }
        machine_.replace_worker((how & 6) != 0 ? 1 : 2);
        if ((how & 1) != 0) {
            check_active_queue();
            machine_.replace_worker(3); // a void one, so that the rest can be judged
        }
    }

    void check_active_queue() {
        for (unsigned index = 0; machine_.transport->is_active() && index < 2; index++) {
            const Queue* queue = machine_.device->session->queue(index);
            must(queue == nullptr || queue->size() <= 64);
        }
    }

    void check() {
        must((machine_.state->status & ~known_status) == 0);
        must((machine_.state->status & status::driver_ok) == 0 || (machine_.state->status & status::features_ok) != 0);
        must(!machine_.transport->is_active() || (machine_.state->status & status::driver_ok) != 0);
        for (unsigned index = 0; index < queues_max; index++) {
            const QueueState& queue = machine_.state->queues[index];
            must(queue.ready == 0 || (queue.ready == 1 && check_rings(machine_.ram.memory(), queue) == QueueError::none));
            must(index < 2 || queue.ready == 0);
        }
        check_active_queue();
    }

    Input& input_;
    Machine machine_;
    unsigned step_ = 0;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Input input(data, size);
    Fuzz fuzz(input);
    while (!input.empty()) {
        fuzz.act();
    }
    return 0;
}
