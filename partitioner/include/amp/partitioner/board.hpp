// SPDX-License-Identifier: GPL-2.0-only
// Facts of a board that its device tree does not tell, read from boards/*.yaml. A machine without a file gets
// generic_board(): everything is then derived from the live device tree.
#pragma once

#include <string>
#include <vector>

#include "amp/base/units.hpp"
#include "amp/partitioner/diagnostic.hpp"
#include "amp/partitioner/disk.hpp"

namespace amp {

// A clock that the board leaves running at a known rate.
struct BoardClock {
    std::string node;                 // path of the provider
    std::vector<std::uint32_t> cells; // its specifier
    std::uint64_t hz = 0;
};

struct Board {
    std::string file; // empty: generic
    std::string name;
    std::vector<std::string> compatible;     // root compatible strings it matches; any one is enough
    std::vector<Irq> doorbell_spis;          // INTIDs free for calls to Linux; empty: the highest ones no node mentions
    std::vector<CpuId> keep_cpus;            // never donated, Linux numbers; the boot core (0) need not be listed
    std::vector<BoardClock> clock_rates;
    std::vector<std::string> without_dma;    // compatible strings of devices that never access memory by themselves
    std::uint64_t memory_margin = 64u << 20; // bytes that Linux must have left
};

Board generic_board();
Loaded<Board> load_board(const Disk&, const std::string& path);
// Every *.yaml of a directory; a file with errors is reported and left out.
Loaded<std::vector<Board>> load_boards(const Disk&, const std::string& directory);
// The board whose strings come earliest in the machine's root compatible list; generic_board() where none matches.
Board pick_board(const std::vector<Board>&, const std::vector<std::string>& root_compatible);

} // namespace amp
