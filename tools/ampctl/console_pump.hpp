// SPDX-License-Identifier: GPL-2.0-only
// Carries bytes between a guest's console and our standard input and output until something ends it. The console's
// history comes first; nothing is lost or shown twice, because all output is read by position and the node only tells
// when to look. A terminal of a virtio console has no history: there the node gives the bytes.
#pragma once

#include "context.hpp"
#include "escape_filter.hpp"
#include "outcome.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace amp::ctl {

enum class PumpEnd { guest_ended, gone, detach, destroy, text_seen, timed_out, signal, node_lost };

struct PumpOptions {
    std::optional<std::string> until; // end when this text appeared
    std::optional<std::chrono::milliseconds> timeout;
    bool offer_destroy = false; // the escape key's prompt names it
    bool from_node = false;     // the node gives the output itself, and there is no history
};

class ConsolePump {
public:
    // `node` may be -1: a partition without console is only waited for.
    ConsolePump(Context& context, Partition& partition, int node, PumpOptions options)
        : context_(context), partition_(partition), node_(node), options_(std::move(options)),
          in_(context.terminal.in) {}

    Outcome<PumpEnd> run();

    // State as last seen; exit record included.
    [[nodiscard]] const amp_query& last_query() const { return query_; }

private:
    Outcome<Done> look_at_state();
    Outcome<Done> show_output();
    Outcome<Done> show_stream();
    Outcome<Done> show_node();
    Outcome<Done> write_out(std::string_view bytes);
    void drain_node();
    void take_input();
    void give_input();
    [[nodiscard]] std::optional<PumpEnd> reason_to_end() const;
    [[nodiscard]] int wait_time() const;
    void wait();

    Context& context_;
    Partition& partition_;
    int node_;
    PumpOptions options_;
    int in_;
    bool is_terminal_ = false;
    bool gone_ = false;
    bool node_alive_ = true;
    bool node_lost_ = false; // from_node: its other end is gone
    bool text_seen_ = false;
    bool more_output_ = false; // the last round did not reach the end
    EscapeCommand command_ = EscapeCommand::none;
    EscapeFilter filter_;
    amp_query query_{};
    std::uint64_t position_ = 0;
    std::string tail_;    // end of the output, where the text may have begun
    std::string pending_; // input that the guest has not taken yet
    std::chrono::steady_clock::time_point deadline_{};
};

// Has it come to its end, for good?
bool has_ended(std::uint32_t state);

} // namespace amp::ctl
