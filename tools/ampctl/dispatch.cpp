// SPDX-License-Identifier: GPL-2.0-only
// Parse, run, say what went wrong.
#include "dispatch.hpp"

#include "command_line.hpp"
#include "help.hpp"

#include <amp/partitioner/diagnostic.hpp>

namespace amp::ctl {

void print_error(std::ostream& err, const Error& error) {
    if (error.message.empty())
        return;
    err << "ampctl: " << one_line(error.message + (error.remedy.empty() ? "" : "; " + error.remedy)) << '\n' << std::flush;
}

// A full disk or a reader that went away: what was done is done, but who reads the output must not take it for whole.
static ExitStatus output_lost(std::ostream& err) {
    print_error(err, {ExitStatus::internal, "can't write the output", "is the disk full, or the reader gone?"});
    return ExitStatus::internal;
}

ExitStatus dispatch(std::span<const std::string> words, const Surroundings& surroundings) {
    const auto line = parse_command_line(words);
    if (!line) {
        print_error(surroundings.err, line.error());
        return line.error().status;
    }
    if (line->wants_help) {
        print_help(surroundings.out, *line->command);
        surroundings.out.flush();
        return surroundings.out.good() ? ExitStatus::ok : output_lost(surroundings.err);
    }
    Terminal terminal{surroundings.in, surroundings.out_descriptor, -1};
    if (line->command->waits && surroundings.watch_signals != nullptr)
        terminal.stop = surroundings.watch_signals();
    Context context{line->arguments,   surroundings.out,    surroundings.err,  terminal,
                    surroundings.disk, surroundings.device, surroundings.host};
    const auto result = line->command->run(context);
    surroundings.out.flush();
    if (!result) {
        print_error(surroundings.err, result.error());
        return result.error().status;
    }
    return surroundings.out.good() ? *result : output_lost(surroundings.err);
}

} // namespace amp::ctl
