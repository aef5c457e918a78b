# SPDX-License-Identifier: GPL-2.0-only
# Front door for people and CI: what to type, in which order things happen. The building itself is CMake's (CMakePresets.json),
# the kernel's build enters through Kbuild.

.DEFAULT_GOAL := build
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
# Scenarios wait more than they compute: two at a time keep two cores busy.
E2E_JOBS ?= 2
E2E = build/host/tests/e2e/runner/amp-e2e --jobs $(E2E_JOBS)

# Only rings and queues are used by two sides at once.
TSAN_TESTS = ring_test ring_threads_test virtio_threads_test
FUZZ_TARGETS = fuzz-virtio-queue fuzz-virtio-transport fuzz-virtio-blk fuzz-virtio-net fuzz-firmware
FUZZ_SECONDS ?= 300
space := $(subst ,, )

.PHONY: help setup setup-guests build build-host build-arm64 unit unit-tsan fuzz bare e2e test demo shell soak \
    bench-exits bench-boot bench-rings bench-queue bench-channel bench-virtio clean distclean

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install missing Debian packages, unpack kernels and arm64 libraries under build/
	@tools/setup/setup

build: setup build-host build-arm64 ## everything: host tools and tests, module, monitor, guests, ampctl (default)

build-host: setup build/host/build.ninja
	@cmake --build build/host -j $(JOBS) -- --quiet

build-arm64: setup build/arm64/build.ninja
	@cmake --build build/arm64 -j $(JOBS) -- --quiet

# CMake looks again by itself when a CMakeLists.txt changes; presets are read on the first run only.
build/%/build.ninja: CMakePresets.json
	@cmake --preset $* >build/configure-$*.log || { cat build/configure-$*.log; exit 1; }
	@touch $@

unit: build-host ## unit tests on this machine, under ASan and UBSan
	@ctest --preset host -j $(JOBS) --progress

unit-tsan: setup build/host-tsan/build.ninja ## the two-thread tests, under TSan
	@cmake --build build/host-tsan -j $(JOBS) --target $(TSAN_TESTS) -- --quiet
	@ctest --preset host-tsan -j $(JOBS) --progress -R '^($(subst $(space),|,$(TSAN_TESTS)))$$'

fuzz: ## the fuzz targets with libFuzzer (FUZZ_SECONDS=300 each); needs the packages clang and libclang-rt-14-dev
	@command -v clang++ >/dev/null || { echo "make fuzz: no clang++. Remedy: apt-get install clang libclang-rt-14-dev"; exit 1; }
	@$(MAKE) build/fuzz/build.ninja
	@cmake --build build/fuzz -j $(JOBS) --target $(FUZZ_TARGETS) -- --quiet
	@set -e; for target in $(FUZZ_TARGETS); do mkdir -p build/fuzz/corpus/$$target; \
	    build/fuzz/tests/fuzz/$$target -max_total_time=$(FUZZ_SECONDS) -print_final_stats=1 \
	        -artifact_prefix=build/fuzz/ build/fuzz/corpus/$$target; done

bare: build-arm64 ## the real monitor and the conformance guest in QEMU without Linux
	@ctest --preset arm64 -j $(JOBS) --progress

setup-guests: setup ## unpack what the scenarios run as guests: stock kernels, boot loaders; make images of them
	@tools/setup/guests
	@tests/e2e/images/make-images

e2e: build setup-guests ## end-to-end scenarios on stock kernels in QEMU (E2E_JOBS=N at a time)
	@$(E2E)

test: build unit unit-tsan bare e2e ## all of the above: what CI runs

demo: build-arm64 ## the product in two minutes, in a stock Debian kernel in QEMU
	@tests/e2e/demo

shell: build-arm64 ## a shell in that dom0
	@tests/e2e/dom0 --shell

soak: build setup-guests ## the end-to-end scenarios, and virtio's restarts and fuzz targets, with long repetition counts
	@AMP_VIRTIO_LIVES=5000 build/host/tests/virtio/virtio_restart_test
	@set -e; for target in $(FUZZ_TARGETS); do build/host/tests/fuzz/$$target -runs=2000000; done
	@$(E2E) --soak

bench-exits: build-arm64 ## instructions per event, bare metal beside ours
	@tests/e2e/bench-exits

bench-boot: build-arm64 ## a stock kernel to its shell, directly in QEMU beside in a partition; instructions
	@tests/e2e/bench-boot

bench-rings: setup ## our ring beside boost's and DPDK's on this machine: a table of times and instructions
	@tools/setup/bench
	@$(MAKE) build/bench/build.ninja
	@cmake --build build/bench -j $(JOBS) --target bench_rings bench_instructions -- --quiet
	@bench/table

bench-queue: setup ## what a request costs in the virtqueue, beside the system calls that it ends in: times and instructions
	@tools/setup/bench
	@$(MAKE) build/bench/build.ninja
	@cmake --build build/bench -j $(JOBS) --target bench_queue -- --quiet
	@bench/queue-table

bench-channel: build-arm64 ## channels end to end in QEMU: round trips, throughput, instructions for a notification
	@tests/e2e/bench-channel

bench-virtio: build-arm64 setup-guests ## disk and network of a Debian guest, on QEMU's virtio devices beside dom0's
	@tests/e2e/bench-virtio

clean: ## remove what was built, keep what was downloaded
	rm -rf build/host build/host-tsan build/fuzz build/bench build/arm64 build/dom0 build/e2e

distclean: ## remove build/ altogether
	rm -rf build
