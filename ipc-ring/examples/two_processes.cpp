// SPDX-License-Identifier: GPL-2.0-only
// Two Linux processes with one channel between them: a question, an answer, and a doorbell of one eventfd each way. The child
// is what a guest is, the parent what dom0 is; guests/ring-echo is the same with interrupts.
#include "amp/ring/spsc.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using amp::ring::ChannelEnd;
using amp::ring::Status;

namespace {

constexpr std::size_t channel_size = 0x10000;

void ring_doorbell(int fd) {
    const std::uint64_t one = 1;
    if (write(fd, &one, sizeof(one)) != sizeof(one)) {
        std::perror("doorbell");
        std::exit(1);
    }
}

void wait_for_doorbell(int fd) {
    std::uint64_t count;
    if (read(fd, &count, sizeof(count)) != sizeof(count)) {
        std::perror("doorbell");
        std::exit(1);
    }
}

void send(ChannelEnd& end, const std::string& text, int peer_doorbell) {
    if (const Status status = end.sender().try_send(std::as_bytes(std::span(text))); status != Status::OK) {
        std::fprintf(stderr, "send: %s\n", to_text(status));
        std::exit(1);
    }
    if (end.sender().need_doorbell()) {
        ring_doorbell(peer_doorbell);
    }
}

std::string receive(ChannelEnd& end, int own_doorbell) {
    std::string text(1000, '\0');
    for (;;) {
        auto buffer = std::as_writable_bytes(std::span(text));
        const Status status = end.receiver().try_receive(buffer);
        if (status == Status::OK) {
            text.resize(buffer.size());
            return text;
        }
        if (status != Status::EMPTY) {
            std::fprintf(stderr, "receive: %s\n", to_text(status));
            std::exit(1);
        }
        if (end.receiver().arm() == Status::EMPTY) {
            wait_for_doorbell(own_doorbell);
        }
    }
}

int answer(void* memory, int own_doorbell, int peer_doorbell) {
    ChannelEnd end;
    if (end.attach(memory, channel_size, 0) != Status::OK) {
        return 1;
    }
    for (std::string question; (question = receive(end, own_doorbell)) != "quit";) {
        send(end, "you said: " + question, peer_doorbell);
    }
    return 0;
}

}  // namespace

int main() {
    void* memory = mmap(nullptr, channel_size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const int to_child = eventfd(0, 0), to_parent = eventfd(0, 0);
    if (memory == MAP_FAILED || to_child < 0 || to_parent < 0 || amp_channel_init(memory, channel_size) != AMP_RING_OK) {
        std::perror("set-up");
        return 1;
    }
    const pid_t child = fork();
    if (child == 0) {
        _exit(answer(memory, to_child, to_parent));
    }
    ChannelEnd end;
    if (child < 0 || end.attach(memory, channel_size, 1) != Status::OK) {
        return 1;
    }
    for (const char* question : {"hello", "is anybody there?"}) {
        send(end, question, to_child);
        std::printf("%s\n", receive(end, to_parent).c_str());
    }
    send(end, "quit", to_child);
    int status = 0;
    waitpid(child, &status, 0);
    return status == 0 ? 0 : 1;
}
