// SPDX-License-Identifier: GPL-2.0-only
// Which node of the device tree Linux drives right now: each device of each bus in sysfs has a link to its node and, while
// bound, one to its driver. Called by live_reader.cpp.
#include "live_tree.hpp"
#include "text.hpp"

namespace amp {

std::vector<DriverBinding> bound_drivers(const Disk& disk, const std::string& buses) {
    static constexpr std::string_view tree_mark = "/devicetree/base";
    std::vector<DriverBinding> all;
    for (const auto& bus : disk.list(buses)) {
        const std::string devices = buses + "/" + bus + "/devices";
        for (const auto& device : disk.list(devices)) {
            const std::string node = disk.resolve_link(devices + "/" + device + "/of_node");
            const std::string driver = disk.resolve_link(devices + "/" + device + "/driver");
            const auto mark = node.find(tree_mark);
            if (mark != std::string::npos && !driver.empty()) {
                all.push_back({node.substr(mark + tree_mark.size()), bus, device, file_name_of(driver)});
            }
        }
    }
    return all;
}

} // namespace amp
