// SPDX-License-Identifier: GPL-2.0-only
// A 1 kHz control loop on absolute deadlines, the demonstration of undisturbed time: it records how late its timer handler
// begins, reports by channel and console, and never waits for whoever reads. Boot arguments: hz=1000 (loop), report=100 (ms
// between channel reports), summary=1000 (ms between console lines, 0: none), seconds=0 (end after so long, 0: never).
// Commands by channel: "report", "reset", "stop". Anything else is counted and not answered: two talkers that answer each other
// would never stop.
#include <inttypes.h>
#include <string.h>

#include "amp/guest/guest.h"
#include "histogram.h"

#define REPORT_MAX 2048
#define COMMAND_MAX 64

struct loop {
    uint64_t period;   // counter ticks
    uint64_t deadline; // of the next turn
    volatile uint64_t turns;
    uint64_t missed; // turns that began after the next one was due
    struct histogram lateness;
};

static struct loop loop;
static struct amp_guest_channel channel;
static bool connected;
static uint64_t sent, dropped, unknown;

// One turn. A real controller would read its sensors and write its actuators here.
static void on_timer(uint32_t intid, void *context)
{
    uint64_t late = amp_timer_now() - loop.deadline;

    (void)intid;
    (void)context;
    histogram_add(&loop.lateness, late);
    loop.turns++;
    loop.deadline += loop.period;
    // Behind by whole turns: skip them, so that the loop stays in phase.
    for (; late >= loop.period; late -= loop.period) {
        loop.missed++;
        loop.deadline += loop.period;
    }
    amp_timer_at(loop.deadline);
}

static struct loop snapshot(void)
{
    struct loop copy;

    amp_irq_mask();
    copy = loop;
    amp_irq_unmask();
    return copy;
}

// One line, times in counter ticks; hist=<largest value>:<count>,.. without empty buckets.
static size_t format_report(char *text, size_t size)
{
    struct loop now = snapshot();
    const struct histogram *h = &now.lateness;
    size_t length = amp_snprintf(text, size,
                                 "seq=%" PRIu64 " turns=%" PRIu64 " missed=%" PRIu64 " dropped=%" PRIu64 " unknown=%" PRIu64
                                 " hz=%" PRIu64 " ",
                                 sent, now.turns, now.missed, dropped, unknown, amp_timer_frequency());
    const char *separator = "";

    length += amp_snprintf(text + length, size - length,
                           "min=%" PRIu64 " avg=%" PRIu64 " max=%" PRIu64 " p99=%" PRIu64 " hist=", h->count != 0 ? h->min : 0,
                           h->count != 0 ? h->sum / h->count : 0, h->max, histogram_percentile(h, 99));
    for (unsigned i = 0; i < HISTOGRAM_BUCKETS && length < size; i++) {
        if (h->bucket[i] == 0)
            continue;
        length += amp_snprintf(text + length, size - length, "%s%" PRIu64 ":%u", separator, histogram_bucket_end(i), h->bucket[i]);
        separator = ",";
    }
    return length < size ? length : size - 1;
}

// A full ring costs the report, never the loop's time.
static void send(const char *text, size_t length)
{
    if (!connected)
        return;
    if (amp_guest_channel_send(&channel, text, (uint32_t)length) == AMP_RING_OK)
        sent++;
    else
        dropped++;
}

static void send_report(void)
{
    char text[REPORT_MAX];

    send(text, format_report(text, sizeof(text)));
}

static uint64_t nanoseconds(uint64_t ticks)
{
    return ticks * 1000000000u / amp_timer_frequency();
}

static void print_summary(void)
{
    struct loop now = snapshot();
    const struct histogram *h = &now.lateness;

    amp_printf("control-loop: turns=%" PRIu64 " missed=%" PRIu64 " late ns min=%" PRIu64 " avg=%" PRIu64 " max=%" PRIu64
               " p99=%" PRIu64 " sent=%" PRIu64 " dropped=%" PRIu64 "\n",
               now.turns, now.missed, nanoseconds(h->count != 0 ? h->min : 0), nanoseconds(h->count != 0 ? h->sum / h->count : 0),
               nanoseconds(h->max), nanoseconds(histogram_percentile(h, 99)), sent, dropped);
}

static void reset(void)
{
    amp_irq_mask();
    histogram_clear(&loop.lateness);
    loop.missed = 0;
    amp_irq_unmask();
}

// False: told to stop.
static bool obey(const char *command)
{
    if (strcmp(command, "report") == 0) {
        send_report();
    } else if (strcmp(command, "reset") == 0) {
        reset();
        send("ok reset", 8);
    } else if (strcmp(command, "stop") == 0) {
        send("ok stop", 7);
        return false;
    } else {
        unknown++;
    }
    return true;
}

static bool obey_commands(void)
{
    char command[COMMAND_MAX];
    uint32_t length;
    int status;

    while (connected) {
        status = amp_guest_channel_receive(&channel, command, sizeof(command) - 1, &length);
        if (status == AMP_RING_OK) {
            while (length != 0 && command[length - 1] == '\n')
                length--;
            command[length] = '\0';
            if (!obey(command))
                return false;
        } else if (status == AMP_RING_TOO_SMALL) {
            amp_rx_release(&channel.end.rx);
            unknown++;
        } else if (amp_rx_arm(&channel.end.rx) != AMP_RING_OK) {
            break; // empty, and the next message rings
        }
    }
    return true;
}

static void start_loop(void)
{
    loop.period = amp_timer_frequency() / amp_bootarg_number("hz", 1000);
    histogram_clear(&loop.lateness);
    loop.deadline = amp_timer_now() + loop.period;
    amp_irq_enable(AMP_IRQ_VIRTUAL_TIMER, false, on_timer, NULL);
    amp_timer_at(loop.deadline);
}

// Sleeps until the next turn or doorbell, unless one came since `turns` and `doorbells` were read.
static void wait(uint64_t turns, uint32_t doorbells)
{
    amp_irq_mask();
    if (loop.turns == turns && channel.rung_count == doorbells)
        amp_cpu_wait();
    amp_irq_unmask();
}

int main(void)
{
    uint64_t hz = amp_bootarg_number("hz", 1000);
    uint64_t report_every = amp_bootarg_number("report", 100) * hz / 1000;
    uint64_t summary_every = amp_bootarg_number("summary", 1000) * hz / 1000;
    uint64_t last = amp_bootarg_number("seconds", 0) * hz;
    uint64_t next_report = report_every, next_summary = summary_every;

    connected = amp_guest_channel_open(&channel, NULL);
    amp_printf("control-loop: %s, %" PRIu64 " Hz, %s\n", amp_platform.name, hz, connected ? channel.info->name : "no channel");
    start_loop();
    for (;;) {
        uint32_t doorbells = channel.rung_count;
        uint64_t turns = loop.turns;

        if (!obey_commands() || (last != 0 && turns >= last))
            break;
        if (report_every != 0 && turns >= next_report) {
            next_report += report_every;
            send_report();
        }
        if (summary_every != 0 && turns >= next_summary) {
            next_summary += summary_every;
            print_summary();
        }
        wait(turns, doorbells);
    }
    amp_timer_off();
    print_summary();
    amp_printf("control-loop: stopped\n");
    return 0;
}
