// SPDX-License-Identifier: GPL-2.0-only
#include "supervisor.hpp"

#include "worker.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

namespace amp::backend {
namespace {

constexpr std::chrono::seconds patience_with_predecessor{10};

sigset_t watched_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD})
        sigaddset(&set, signal);
    return set;
}

constexpr unsigned reports_in_turn = 64;
constexpr unsigned reports_queued_most = 4096; // more than a socket holds

std::string cause_of_death(int status) {
    if (WIFSIGNALED(status))
        return std::string("killed by signal ") + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
    return "ended with status " + std::to_string(WEXITSTATUS(status));
}

} // namespace

void Supervisor::block_signals() {
    const sigset_t set = watched_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

Supervisor::Supervisor(const Config& config, Partition& partition, RunFiles files, const Lasting& lasting,
                       Instance& instance, LogFile log, Announce announce)
    : config_(config), partition_(partition), files_(std::move(files)), lasting_(lasting), instance_(instance),
      log_(std::move(log)), announce_(std::move(announce)) {
    status_.supervisor = ::getpid();
    status_.devices.resize(config.devices.size());
    const sigset_t set = watched_signals();
    lasting_.links->log_to([this](const std::string& text) { log_.line(text); });
    signals_ = virtio::OwnedFd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
}

int Supervisor::run() {
    log_.line("supervisor " + std::to_string(::getpid()) + " begins");
    start_worker();
    while (!ending_)
        wait_for_something();
    end_worker();
    remove_files();
    return exit_status_;
}

void Supervisor::start_worker() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0 || !lasting_.links->prepare_worker()) {
        worker_died(-1);
        return;
    }
    virtio::OwnedFd ours(ends[0]), theirs(ends[1]);
    started_ = Clock::now();
    failure_.clear();
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0)
        run_worker({config_, partition_, lasting_, theirs.get(), parent});
    reports_ = std::move(ours);
    lasting_.links->worker_began();
    if (child < 0) {
        failure_ = failed("fork");
        worker_died(-1);
        return;
    }
    status_.worker = child;
    let_worker_begin();
    write_status();
}

// Who comes after us has to know for whose end to wait: a worker that is not on record does nothing. It ends where it hears nothing.
void Supervisor::let_worker_begin() {
    const auto recorded = instance_.write_pid(status_.worker);
    if (recorded && ::send(reports_.get(), worker_may_begin.data(), worker_may_begin.size(), MSG_NOSIGNAL) > 0)
        return;
    log_.line(recorded ? failed("the worker's socket") : recorded.error());
    ::kill(status_.worker, SIGKILL);
}

int Supervisor::wait_milliseconds() const {
    if (status_.worker)
        return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_start_ - Clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
}

void Supervisor::wait_for_something() {
    // An event mask of 0 leaves POLLHUP and POLLERR.
    std::array<pollfd, 4> wanted = {{{partition_.descriptor(), 0, 0},
                                     {signals_.get(), POLLIN, 0},
                                     {reports_.get(), POLLIN, 0},
                                     {lasting_.links->descriptor(), POLLIN, 0}}};
    const int count = ::poll(wanted.data(), wanted.size(), wait_milliseconds());
    if (count < 0)
        return;
    if (wanted[0].revents) {
        log_.line("the partition is gone");
        ending_ = partition_gone_ = true;
        return;
    }
    if (wanted[2].revents)
        take_reports(reports_in_turn);
    if (wanted[3].revents)
        lasting_.links->work();
    if (wanted[1].revents)
        take_signals();
    if (!ending_ && !status_.worker && Clock::now() >= next_start_)
        start_worker();
}

void Supervisor::take_signals() {
    signalfd_siginfo info{};
    while (::read(signals_.get(), &info, sizeof(info)) == sizeof(info)) {
        if (info.ssi_signo != SIGCHLD) {
            log_.line(std::string("ends: ") + ::strsignal(static_cast<int>(info.ssi_signo)));
            ending_ = true;
        }
    }
    int status = 0;
    if (status_.worker && ::waitpid(status_.worker, &status, WNOHANG) == status_.worker) {
        take_reports(reports_queued_most); // its last words
        lasting_.links->worker_ended();
        worker_died(status);
    }
}

// A guest may keep its worker talking, and one that was taken over never stops: signals and the partition's end have their turn.
void Supervisor::take_reports(unsigned most) {
    std::array<char, report_limit> text{};
    for (unsigned i = 0; i < most; ++i) {
        const ssize_t size = ::recv(reports_.get(), text.data(), text.size(), MSG_DONTWAIT);
        if (size < 0 && errno == EAGAIN)
            break;
        if (size <= 0) { // its end is closed: SIGCHLD tells the rest
            reports_.reset();
            break;
        }
        if (const auto report = decode({text.data(), static_cast<std::size_t>(size)}))
            take(*report);
    }
    if (std::exchange(status_changed_, false))
        write_status();
}

void Supervisor::take(const Report& report) {
    switch (report.kind) {
    case Report::Kind::ready:
        status_.ready = true;
        log_.line("worker " + std::to_string(status_.worker) + " serves " + std::to_string(config_.devices.size()) + " devices");
        write_status();
        if (!std::exchange(announced_, true))
            announce_("");
        break;
    case Report::Kind::failed:
        failure_ = report.text;
        break;
    case Report::Kind::log:
        log_.line(report.text);
        break;
    case Report::Kind::device:
        if (report.index < status_.devices.size() && status_.devices[report.index] != report.state) {
            status_.devices[report.index] = report.state;
            status_changed_ = true;
        }
        break;
    }
}

// What a killed worker had asked of the kernel (a write to a slow disk) may hold its back ends longer than the worker lived.
bool Supervisor::may_try_again() const {
    return announced_ || (lasting_.carried_on && Clock::now() - begun_ < patience_with_predecessor);
}

void Supervisor::worker_died(int wait_status) {
    const auto lived = std::chrono::duration_cast<Backoff::Time>(Clock::now() - started_);
    status_.last_error = failure_.empty() ? cause_of_death(wait_status) : failure_;
    log_.line("worker " + std::to_string(status_.worker) + ": " + status_.last_error);
    status_.worker = 0;
    status_.ready = false;
    reports_.reset();
    if (!may_try_again()) {
        announced_ = true;
        // The first: whoever called hears it, and may try again when the reason is gone.
        announce_(status_.last_error);
        ending_ = true;
        exit_status_ = 1;
        return;
    }
    ++status_.restarts;
    const Backoff::Time delay = backoff_.after_death(lived);
    next_start_ = Clock::now() + delay;
    if (delay.count())
        log_.line("the next worker starts in " + std::to_string(delay.count()) + " ms");
    write_status();
}

void Supervisor::end_worker() {
    if (!status_.worker)
        return;
    ::kill(status_.worker, SIGKILL);
    ::waitpid(status_.worker, nullptr, 0);
    status_.worker = 0;
}

void Supervisor::write_status() {
    if (auto written = replace_file(files_.status(), status_text(config_, status_)); !written)
        log_.line(written.error());
}

void Supervisor::remove_files() {
    std::error_code ignored; // what can't be removed stays; destroy says so
    for (const virtio::DeviceSettings& device : config_.devices)
        if (device.kind == "pty" || device.type == virtio::DeviceType::rpmsg)
            std::filesystem::remove_all(files_.link(device.name), ignored);
    std::remove(files_.status().c_str());
    if (partition_gone_) // else the next supervisor carries on with it
        std::remove(files_.state().c_str());
    if (exit_status_ == 0)
        log_.remove();
    std::remove(files_.pid().c_str()); // last: it is the lock of all the others
}

} // namespace amp::backend
