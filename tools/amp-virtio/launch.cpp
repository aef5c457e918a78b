// SPDX-License-Identifier: GPL-2.0-only
#include "launch.hpp"

#include "instance.hpp"
#include "notify.hpp"
#include "privileges.hpp"
#include "supervisor.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amp::backend {
namespace {

int fail(const std::string& what) {
    std::fprintf(stderr, "amp-virtio: error: %s\n", what.c_str());
    return 1;
}

constexpr std::chrono::seconds death_limit{10}; // of a process that was killed

Outcome<Lasting> prepare(const Config& config, Partition& partition, const RunFiles& files, Instance& instance, LogFile& log) {
    if (auto written = instance.write_pid(0); !written)
        return Err{written.error()};
    const auto name = partition.instance();
    if (!name)
        return Err{name.error()};
    auto state = open_kept_state(config, *name, files.state());
    if (!state)
        return Err{state.error()};
    if (!state->note.empty())
        log.line(state->note);
    return open_lasting(config, files, std::move(*state));
}

int supervise(const Config& config, Partition& partition, const RunFiles& files, Instance& instance, bool foreground,
              const Supervisor::Announce& announce) {
    Supervisor::block_signals();
    std::remove(files.status().c_str()); // of a supervisor that was killed; others believe it
    // Where they do not end virtio.pid stays, for the next to wait for the same.
    if (auto alone = instance.outlive_earlier(death_limit); !alone) {
        announce(alone.error());
        return 1;
    }
    LogFile log(files.log(), foreground);
    const auto lasting = prepare(config, partition, files, instance, log);
    if (!lasting) {
        announce(lasting.error());
        std::remove(files.pid().c_str());
        return 1;
    }
    return Supervisor(config, partition, files, *lasting, instance, std::move(log), announce).run();
}

void detach_from_terminal() {
    ::setsid();
    if (::chdir("/") != 0)
        return;
    const int null = ::open("/dev/null", O_RDWR);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        ::dup2(null, fd);
    if (null > STDERR_FILENO)
        ::close(null);
}

std::string read_all(int fd) {
    std::string text;
    std::array<char, 512> part{};
    for (ssize_t size = 0; (size = ::read(fd, part.data(), part.size())) > 0;)
        text.append(part.data(), static_cast<std::size_t>(size));
    return text;
}

constexpr const char* all_open = "+"; // no error text begins so

// The child supervises; the caller waits for its first words.
int supervise_in_background(const Config& config, Partition& partition, const RunFiles& files, Instance& instance) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return fail(failed("pipe"));
    virtio::OwnedFd words(ends[0]), theirs(ends[1]);
    const pid_t child = ::fork();
    if (child < 0)
        return fail(failed("fork"));
    if (child == 0) {
        detach_from_terminal();
        // What the caller left open, a pipe for instance, would look as if the caller were still there.
        std::vector<int> kept = partition.descriptors();
        kept.insert(kept.end(), {instance.descriptor(), theirs.get()});
        close_all_but(std::move(kept));
        const auto announce = [&](const std::string& error) {
            const std::string text = error.empty() ? all_open : error;
            static_cast<void>(::write(theirs.get(), text.data(), text.size()));
            theirs.reset();
        };
        static_cast<void>(words.release());
        ::_exit(supervise(config, partition, files, instance, false, announce));
    }
    theirs.reset();
    const std::string said = read_all(words.get());
    if (said == all_open)
        return 0;
    ::waitpid(child, nullptr, 0); // its files are gone when the caller tries again
    return fail(said.empty() ? "the supervisor ended without a word; " + files.log() + " may tell more" : said);
}

} // namespace

int launch(const Arguments& arguments, PartitionOpener& opener, const std::string& run_directory) {
    const RunFiles files(run_directory, arguments.partition);
    const auto config = read_config(arguments.config.empty() ? files.config() : arguments.config);
    if (!config)
        return fail(config.error());
    if (config->partition != arguments.partition)
        return fail((arguments.config.empty() ? files.config() : arguments.config) + ": is of partition '" + config->partition +
                    "', not of '" + arguments.partition + "'");
    auto partition = opener.open(arguments.partition);
    if (!partition)
        return fail(partition.error());
    if (auto made = files.make_directory(); !made)
        return fail(made.error());
    auto claimed = claim_or_served(*config, **partition, files);
    // In the foreground it is there to serve: it takes over when the other one ends, and says nothing wrong meanwhile.
    while (arguments.foreground && claimed && !*claimed) {
        if (auto told = notify_ready(); !told)
            return fail(told.error());
        if (!wait_for_other_supervisor(**partition, files))
            return 0;
        claimed = claim_or_served(*config, **partition, files);
    }
    if (!claimed)
        return fail(claimed.error());
    if (!*claimed)
        return 0; // served already
    if (!arguments.foreground)
        return supervise_in_background(*config, **partition, files, **claimed);
    return supervise(*config, **partition, files, **claimed, true, [](const std::string& error) {
        if (!error.empty())
            fail(error);
        else if (auto told = notify_ready(); !told)
            fail(told.error());
    });
}

} // namespace amp::backend
