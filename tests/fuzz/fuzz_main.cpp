// SPDX-License-Identifier: GPL-2.0-only
// Runs a fuzz target without libFuzzer: the same made-up inputs each time, or the files that are named (what libFuzzer
// found). Usage: <target> [-runs=N] [-seed=N] [file...]
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

#include "input.hpp"

// The sanitizers' run time, where there is one: called before they end the process.
extern "C" void __sanitizer_set_death_callback(void (*)()) __attribute__((weak));
// must() ends by abort(): that is worth a report, too.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "handle_abort=1";
}

namespace {

unsigned long run = 0;

void tell_run() {
    std::fprintf(stderr, "it was run %lu: -runs=1 -seed=%lu\n", run, run);
}

std::vector<std::uint8_t> make_input(unsigned long seed) {
    std::mt19937_64 random(seed); // the same numbers everywhere
    std::vector<std::uint8_t> input(1 + random() % 800);
    for (std::uint8_t& byte : input) {
        // Small numbers are the interesting ones.
        byte = static_cast<std::uint8_t>(random() % 3 == 0 ? random() % 256 : random() % 20);
    }
    return input;
}

int run_file(const char* name) {
    std::ifstream file(name, std::ios::binary);
    if (!file) {
        std::fprintf(stderr, "%s: can't be read\n", name);
        return 1;
    }
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
    return LLVMFuzzerTestOneInput(static_cast<const std::uint8_t*>(static_cast<const void*>(bytes.data())), bytes.size());
}

} // namespace

int main(int argc, char** argv) {
    unsigned long runs = 20000;
    unsigned long seed = 1;
    int files = 0;
    for (int i = 1; i < argc; i++) {
        if (std::sscanf(argv[i], "-runs=%lu", &runs) != 1 && std::sscanf(argv[i], "-seed=%lu", &seed) != 1) {
            files++;
            if (run_file(argv[i]) != 0) {
                return 1;
            }
        }
    }
    if (files != 0) {
        return 0;
    }
    if (__sanitizer_set_death_callback != nullptr) {
        __sanitizer_set_death_callback(tell_run);
    }
    for (run = seed; run < seed + runs; run++) {
        const std::vector<std::uint8_t> input = make_input(run);
        LLVMFuzzerTestOneInput(input.data(), input.size());
    }
    std::printf("%lu runs\n", runs);
    return 0;
}
