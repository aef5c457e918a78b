// SPDX-License-Identifier: GPL-2.0-only
// docs/ampctl.md names every member of what --json prints, and an output that is lost is not taken for a success.
#include "dispatch.hpp"
#include "support/bench.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

using namespace amp::ctl;
using namespace amp::ctl::test;
using Json = nlohmann::json;

namespace {

// Those of "exits" are the causes, of which the table says only that there is a number for each.
void collect(const Json& json, std::set<std::string>& names) {
    for (const auto& [key, value] : json.items()) {
        if (json.is_object())
            names.insert(key);
        if (key != "exits" && value.is_structured())
            collect(value, names);
    }
}

} // namespace

TEST_CASE("docs/ampctl.md names every member of the JSON") {
    Bench bench = qemu_bench();
    bench.disk.files["/wrong.dts"] = "/dts-v1/;\n/ { };\n";
    std::set<std::string> planned;
    collect(Json::parse(bench.run("plan /two.dts --json").out), planned);
    collect(Json::parse(bench.run("plan /virtio.dts --json").out), planned);
    CHECK(planned.contains("queues"));
    FakePartition& motor = bench.device.add("motor", 1, AMP_STATE_CRASHED, 3);
    motor.query.exit.reason = AMP_EXIT_UNMAPPED_WRITE;
    motor.query.failure.status = AMP_STATUS_CORE_STUCK;
    const std::string docs = source_text("docs/ampctl.md");
    for (const std::string& name : planned) {
        INFO(name);
        CHECK(docs.find("`" + name + "`") != std::string::npos);
    }
    for (const std::string command : {"list --json", "status --json", "stats --json", "check /wrong.dts --json",
                                      "doctor --json", "version --json"}) {
        const Ran ran = bench.run(command);
        INFO(command << ": " << ran.err);
        std::set<std::string> names;
        collect(Json::parse(ran.out), names);
        CHECK(names.size() >= 2);
        for (const std::string& name : names) {
            INFO(name);
            CHECK(docs.find("`" + name + "`") != std::string::npos);
        }
    }
}

TEST_CASE("an output that can't be written is an error") {
    Bench bench;
    std::ostream nowhere(nullptr);
    std::ostringstream err;
    for (const std::vector<std::string>& words : {std::vector<std::string>{"help"}, {"list", "--help"}, {"check", "--rules"}}) {
        err.str("");
        nowhere.clear(std::ios::badbit);
        CHECK(dispatch(words, {nowhere, err, -1, -1, bench.disk, bench.device, bench.host, nullptr}) == ExitStatus::internal);
        CHECK(err.str() == "ampctl: can't write the output; is the disk full, or the reader gone?\n");
    }
}
