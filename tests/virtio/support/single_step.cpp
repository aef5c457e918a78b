// SPDX-License-Identifier: GPL-2.0-only
// ptrace's single step, which needs no privilege for one's own child.
#include "single_step.hpp"

#include <csignal>
#include <cstring>
#include <vector>

#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

namespace amp::test {
namespace {

class Copy {
public:
    explicit Copy(std::span<std::byte> original) : original_(original), bytes_(original.begin(), original.end()) {}

    bool follow() {
        // The library's own functions: this is done per instruction of the child.
        const bool changed = std::memcmp(bytes_.data(), original_.data(), bytes_.size()) != 0;
        if (changed) {
            std::memcpy(bytes_.data(), original_.data(), bytes_.size());
        }
        return changed;
    }

private:
    std::span<std::byte> original_;
    std::vector<std::byte> bytes_;
};

[[noreturn]] void be_stepped(const std::function<void()>& work) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) {
        _exit(2);
    }
    raise(SIGSTOP);
    work();
    _exit(0);
}

} // namespace

Steps step_through(std::span<const std::span<std::byte>> shared, const std::function<void()>& work,
                   const std::function<void()>& visit) {
    Steps steps;
    std::vector<Copy> copies(shared.begin(), shared.end());
    const pid_t child = fork();
    if (child == 0) {
        be_stepped(work);
    }
    int status = 0;
    visit();
    steps.images = 1;
    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        bool changed = false;
        for (Copy& copy : copies) {
            changed = copy.follow() || changed;
        }
        if (changed) {
            steps.images++;
            visit();
        }
        if (ptrace(PTRACE_SINGLESTEP, child, nullptr, nullptr) != 0) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
            return steps;
        }
        steps.instructions++;
    }
    steps.finished = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return steps;
}

} // namespace amp::test
