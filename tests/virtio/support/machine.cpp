// SPDX-License-Identifier: GPL-2.0-only
// How a driver brings a device up (virtio 1.2, 3.1.1 and 4.2.3).
#include "machine.hpp"

namespace amp::test {

using namespace virtio;

Machine::Machine(Ram::Kind kind) : ram(kind), driver(ram.data(), 8, true) {
    replace_worker();
}

void Machine::replace_worker(std::uint64_t run) {
    transport.reset();
    device = std::make_unique<EchoDevice>();
    transport = std::make_unique<Transport>(ram.memory(), *state, *device, guest);
    transport->begin_run(run);
}

std::vector<Access> Machine::bring_up(std::uint64_t features) const {
    const std::uint32_t up = status::acknowledge | status::driver;
    const auto low = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
    const auto high = [](std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); };
    return {
        {reg::status, 0},
        {reg::status, status::acknowledge},
        {reg::status, up},
        {reg::device_features_sel, 1},
        {reg::device_features_sel, 0},
        {reg::driver_features_sel, 1},
        {reg::driver_features, high(features)},
        {reg::driver_features_sel, 0},
        {reg::driver_features, low(features)},
        {reg::status, up | status::features_ok},
        {reg::queue_sel, 0},
        {reg::queue_num, driver.size()},
        {reg::queue_desc_low, low(driver.desc_gpa())},
        {reg::queue_desc_high, high(driver.desc_gpa())},
        {reg::queue_driver_low, low(driver.driver_gpa())},
        {reg::queue_driver_high, high(driver.driver_gpa())},
        {reg::queue_device_low, low(driver.device_gpa())},
        {reg::queue_device_high, high(driver.device_gpa())},
        {reg::queue_ready, 1},
        {reg::status, up | status::features_ok | status::driver_ok},
    };
}

void Machine::write_all(const std::vector<Access>& accesses) {
    for (const Access& access : accesses) {
        write(access.offset, access.value);
    }
}

} // namespace amp::test
