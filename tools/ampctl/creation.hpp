// SPDX-License-Identifier: GPL-2.0-only
// Turning plans into partitions, all of them or none. What was created is undone in reverse order when anything fails,
// and by the module when ampctl dies before the last step.
#pragma once

#include "context.hpp"
#include "outcome.hpp"

#include <amp/partitioner/plan.hpp>

#include <memory>
#include <string>
#include <vector>

namespace amp::ctl {

struct Created {
    std::string name;
    std::unique_ptr<Partition> partition;
};

// CREATE and LOAD for every plan, and what the back end of its virtio devices is to know. Not kept yet: dropping the result undoes it.
Outcome<std::vector<Created>> create_all(Context& context, const std::vector<Plan>& plans);

// From here on they live without ampctl.
Outcome<Done> keep_all(std::vector<Created>& created);

Outcome<Done> start_all(Context& context, std::vector<Created>& created);

// Last created, first destroyed. What can't be undone is reported to context.err.
void undo(Context& context, std::vector<Created>& created);

// One line per plan: what create would do.
void describe_creation(std::ostream& out, const std::vector<Plan>& plans);

} // namespace amp::ctl
