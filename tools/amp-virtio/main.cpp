// SPDX-License-Identifier: GPL-2.0-only
// amp-virtio <partition>: serves the virtio devices of a partition. Called by `ampctl start`; here only the command line and the
// real module.
#include "launch.hpp"
#include "module.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using namespace amp::backend;
    Arguments arguments;
    CLI::App app{"Serves the virtio devices of a partition in the background, until the partition is destroyed.", "amp-virtio"};
    app.add_option("partition", arguments.partition, "its name")->required();
    app.add_option("--config", arguments.config, "instead of /run/amp/<partition>/virtio.json");
    app.add_flag("--foreground", arguments.foreground, "stay in the foreground and log to stderr, too");
    app.set_version_flag("--version", AMP_VERSION);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& failure) {
        return app.exit(failure) == 0 ? 0 : 1;
    }
    try {
        Module module;
        return launch(arguments, module, "/run/amp");
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "amp-virtio: error: %s; this is a bug, please report it\n", failure.what());
        return 1;
    }
}
