// SPDX-License-Identifier: GPL-2.0-only
// Whether this machine can serve: one finding per fact that matters, good ones as notes. Knows only what the tree,
// sysfs and procfs tell; what the module finds out when it loads (EL2, the doorbell's self-test) ampctl adds.
#include <algorithm>

#include "amp/partitioner/live.hpp"
#include "text.hpp"

namespace amp {

namespace {

class Doctor {
public:
    Doctor(const Live& live, const Board& board) : live_(live), board_(board) { place_.file = live.source; }

    Diagnostics examine() {
        machine();
        cores();
        firmware();
        interrupt_controller();
        doorbells();
        protected_kvm();
        memory();
        return std::move(findings_);
    }

private:
    void note(std::string rule, std::string message) {
        findings_.add(std::move(rule), Severity::note, place_, std::move(message), "");
    }
    void error(std::string rule, std::string message, std::string hint) {
        findings_.error(std::move(rule), place_, std::move(message), std::move(hint));
    }

    void machine() {
        const std::string machine = live_.model.empty() ? joined(live_.compatible) : live_.model;
        note("doctor.board", "machine '" + machine + "', board " + quoted(board_.name) +
                                 (board_.file.empty() ? " (no board file matches)" : " (" + board_.file + ")"));
    }

    void cores() {
        std::vector<std::string> free;
        std::vector<std::string> only_64bit;
        for (const auto& cpu : live_.cpus) {
            const bool kept =
                std::find(board_.keep_cpus.begin(), board_.keep_cpus.end(), cpu.cpu) != board_.keep_cpus.end();
            if (cpu.cpu.number != 0 && cpu.online && !kept) {
                free.push_back(std::to_string(cpu.cpu.number));
                if (lacks_aarch32_el1(cpu)) {
                    only_64bit.push_back(free.back());
                }
            }
        }
        if (free.empty()) {
            error("doctor.cores", std::to_string(live_.cpus.size()) + " cores, none of which can be donated",
                  "the boot core stays with Linux; bring others online");
        } else {
            note("doctor.cores", "cores that can be donated: " + joined(free) +
                                     (only_64bit.empty() ? "" : "; not to 32-bit guests: " + joined(only_64bit)));
        }
    }

    void firmware() {
        if (live_.psci_method == "smc") {
            note("doctor.psci", "firmware starts and stops cores: PSCI by SMC");
        } else if (live_.psci_method == "hvc") {
            error("doctor.psci", "PSCI is called by HVC: Linux runs as a guest of a hypervisor, which has EL2",
                  "run Linux on the machine itself; in QEMU use -M virt,virtualization=on");
        } else {
            error("doctor.psci", "the device tree describes no PSCI firmware",
                  "use a boot firmware with PSCI, such as Trusted Firmware-A");
        }
    }

    void interrupt_controller() {
        if (live_.gic.version == 0) {
            error("doctor.gic", "the device tree describes no GICv2 or GICv3",
                  "partitions need one of these interrupt controllers");
        } else if (!live_.gic.virtualization) {
            error("doctor.gic",
                  "the GICv2 (" + live_.gic.compatible + ") has no virtualization registers in the device tree",
                  "its reg needs four blocks: distributor, CPU interface, GICH, GICV");
        } else {
            note("doctor.gic", "GICv" + std::to_string(live_.gic.version) + " (" + live_.gic.compatible + ")");
        }
    }

    void doorbells() {
        const auto free = doorbell_candidates(live_, board_);
        if (free.empty()) {
            error("doctor.doorbells", "no shared interrupt is spare to call Linux",
                  "list unused ones as doorbell-spis in a board file");
            return;
        }
        const std::string count = std::to_string(free.size()) + " spare interrupts to call Linux, first INTID " +
                                  std::to_string(free[0].number);
        if (board_.doorbell_spis.empty()) {
            findings_.warning("doctor.doorbells", place_, count + ", guessed from the device tree",
                              "list unused ones as doorbell-spis in a board file");
        } else {
            note("doctor.doorbells", count);
        }
    }

    // Documentation/admin-guide/kernel-parameters.txt, kvm-arm.mode: the host is moved below EL2 for good.
    void protected_kvm() {
        for (const auto& word : words_of(live_.bootargs)) {
            if (word == "kvm-arm.mode=protected") {
                error("doctor.protected-kvm", "protected KVM owns EL2",
                      "remove kvm-arm.mode=protected from Linux's command line");
            }
        }
    }

    void memory() {
        if (!live_.available_memory) {
            return;
        }
        const std::uint64_t available = *live_.available_memory;
        if (available <= board_.memory_margin) {
            error("doctor.memory",
                  std::to_string(available >> 20) + " MiB available, of which Linux keeps " +
                      std::to_string(board_.memory_margin >> 20),
                  "free memory, or lower memory-margin-mib in the board file");
        } else {
            note("doctor.memory", std::to_string((available - board_.memory_margin) >> 20) + " MiB for partitions, " +
                                      std::to_string(board_.memory_margin >> 20) + " MiB stay with Linux");
        }
    }

    const Live& live_;
    const Board& board_;
    Place place_;
    Diagnostics findings_;
};

} // namespace

Diagnostics doctor(const Live& live, const Board& board) {
    return Doctor(live, board).examine();
}

} // namespace amp
