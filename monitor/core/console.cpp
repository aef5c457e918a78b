// SPDX-License-Identifier: GPL-2.0-only
// Output overwrites, so a flooding guest costs nobody but itself: dom0 is called once per time it caught up (stream.h).
#include "core/console.hpp"

#include "core/doorbell.hpp"

namespace amp {
namespace {

void send(Monitor& monitor, uint8_t byte) {
    monitor.console_out.put(byte);
    monitor.console_out.publish();
    ++monitor.stats->console_out;
    // Between our `written` and our look at console_notify. Partner: the reader's full barrier between its store of
    // console_notify and its second look at `written`.
    arch::full_barrier();
    uint32_t& notify = monitor.mailbox->console_notify;
    if (__atomic_load_n(&notify, __ATOMIC_RELAXED) != 0) {
        __atomic_store_n(&notify, 0, __ATOMIC_RELAXED);
        call_dom0(monitor, AMP_OUTBOX_CONSOLE);
    }
}

void refill(Monitor& monitor) {
    unsigned room = monitor.uart.room();
    uint32_t waiting = room != 0 ? monitor.console_in.available() : 0;
    if (waiting == 0) {
        return;
    }
    for (; room != 0 && waiting != 0; --room, --waiting) {
        monitor.uart.receive(monitor.console_in.take());
        ++monitor.stats->console_in;
    }
    if (waiting == 0) {
        monitor.uart.input_paused();
    }
    // Release: the bytes were copied before the module may overwrite them. Partner: its acquire load of console_in_taken.
    __atomic_store_n(&monitor.mailbox->console_in_taken, monitor.console_in.position(), __ATOMIC_RELEASE);
}

void update(Monitor& monitor) {
    refill(monitor);
    monitor.gic.set_line(monitor.platform.console_intid, monitor.uart.line());
}

} // namespace

uint16_t console_read(Monitor& monitor, uint32_t offset) {
    const uint16_t value = monitor.uart.read(offset);
    // Only the data register's read changes anything.
    if (offset == 0) {
        update(monitor);
    }
    return value;
}

void console_write(Monitor& monitor, uint32_t offset, uint16_t value) {
    const Pl011::Sent sent = monitor.uart.write(offset, value);
    if (sent.any) {
        send(monitor, sent.byte);
    }
    update(monitor);
}

void console_input(Monitor& monitor) {
    if (monitor.platform.console_size != 0) {
        update(monitor);
    }
}

} // namespace amp
