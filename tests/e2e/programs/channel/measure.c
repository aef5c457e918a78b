// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel-measure NODE MODE trips|to-guest|from-guest|ways COUNT BYTES, or guest poll|sleep: times of dom0 with the guest ring-bench
 * over one channel. MODE: polling, sleeping, read/write. Every answer is checked.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "message.h"
#include "transport.h"

static struct transport t;
static union {
	struct bench_message head;
	uint8_t bytes[BENCH_MESSAGE_MAX];
} message;

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void send(uint32_t command, uint32_t length, uint64_t sequence, bool more)
{
	message.head.command = command;
	message.head.sequence = sequence;
	while (!transport_send(&t, &message, length, more))
		transport_wait(&t, length);
}

static void receive(uint32_t command, uint64_t sequence)
{
	while (!transport_receive(&t, &message, sizeof(message)))
		transport_wait(&t, 0);
	transport_done(&t);
	if (message.head.command != command || message.head.sequence != sequence)
		die("not the answer that was due");
}

static void report(const char *what, uint32_t count, uint32_t bytes, uint64_t ns, bool rate)
{
	printf("measured: %s, dom0 %s, %u of %u bytes: %llu ns each", what, transport_names[t.mode], count, bytes,
	       (unsigned long long)(ns / count));
	if (rate)
		printf(", %.1f MB/s", (double)count * bytes * 1000 / (double)ns);
	printf("; doorbells rung %llu, slept %llu\n", (unsigned long long)t.rung, (unsigned long long)t.slept);
}

static void trips(uint32_t count, uint32_t bytes)
{
	uint64_t start = now_ns();
	uint32_t i;

	for (i = 0; i < count; i++) {
		send(BENCH_ECHO, bytes, i, false);
		receive(BENCH_ECHO, i);
	}
	report("round trips", count, bytes, now_ns() - start, false);
}

static void to_guest(uint32_t count, uint32_t bytes)
{
	uint64_t start = now_ns();
	uint32_t i;

	for (i = 1; i < count; i++)
		send(BENCH_SINK, bytes, i, i % 32 != 0);
	send(BENCH_LAST, bytes, count, false);
	receive(BENCH_LAST, count);
	report("to the guest", count, bytes, now_ns() - start, true);
}

static void from_guest(uint32_t count, uint32_t bytes)
{
	uint64_t start = now_ns();
	uint32_t i;

	message.head.count = count;
	message.head.length = bytes;
	send(BENCH_SOURCE, sizeof(message.head), 0, false);
	for (i = 0; i < count; i++)
		receive(BENCH_SOURCE, i);
	report("from the guest", count, bytes, now_ns() - start, true);
}

/* Linux runs without an offset: this is the physical counter, which the guest reads too. */
static uint64_t counter(void)
{
	uint64_t value;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

static uint64_t counter_ns(uint64_t ticks)
{
	uint64_t hz;

	__asm__("mrs %0, cntfrq_el0" : "=r"(hz));
	return ticks * (1000000000u / hz);
}

/* Each way by itself, the least and the mean: from before the send until the receiver has seen it. */
static void ways(uint32_t count, uint32_t bytes)
{
	uint64_t least[2] = { UINT64_MAX, UINT64_MAX }, sum[2] = { 0, 0 }, start, way[2];
	uint32_t i, j;

	for (i = 0; i < count; i++) {
		start = counter();
		send(BENCH_STAMP, bytes, i, false);
		receive(BENCH_STAMP, i);
		way[0] = message.head.stamp - start;
		way[1] = counter() - message.head.stamp;
		if ((int64_t)way[0] < 0 || (int64_t)way[1] < 0)
			die("the guest's physical counter is not dom0's virtual one");
		for (j = 0; j < 2; j++) {
			sum[j] += way[j];
			if (way[j] < least[j])
				least[j] = way[j];
		}
	}
	for (j = 0; j < 2; j++)
		printf("measured: one way %s, dom0 %s, %u of %u bytes: least %llu ns, mean %llu ns\n",
		       j ? "from the guest" : "to the guest",
		       transport_names[t.mode], count, bytes, (unsigned long long)counter_ns(least[j]),
		       (unsigned long long)(counter_ns(sum[j]) / count));
}

static enum transport_mode mode_of(const char *name)
{
	int mode;

	for (mode = 0; mode < TRANSPORT_MODES; mode++)
		if (!strcmp(transport_names[mode], name))
			return (enum transport_mode)mode;
	die("no such mode");
}

static void guest(const char *how)
{
	uint32_t command = !strcmp(how, "poll") ? BENCH_POLL : BENCH_SLEEP;

	send(command, sizeof(message.head), 0, false);
	receive(command, 0);
}

int main(int argc, char **argv)
{
	uint32_t count = argc == 6 ? (uint32_t)strtoul(argv[4], NULL, 0) : 0;
	uint32_t bytes = argc == 6 ? (uint32_t)strtoul(argv[5], NULL, 0) : 0;
	bool valid = argc == 6 && count && bytes >= sizeof(message.head) && bytes <= BENCH_MESSAGE_MAX;

	if (!valid && !(argc == 5 && !strcmp(argv[3], "guest")))
		die("usage: channel-measure NODE MODE trips|to-guest|from-guest|ways COUNT BYTES, or guest poll|sleep");
	transport_open(&t, argv[1], mode_of(argv[2]));
	if (!valid)
		guest(argv[4]);
	else if (!strcmp(argv[3], "trips"))
		trips(count, bytes);
	else if (!strcmp(argv[3], "to-guest"))
		to_guest(count, bytes);
	else if (!strcmp(argv[3], "from-guest"))
		from_guest(count, bytes);
	else if (!strcmp(argv[3], "ways"))
		ways(count, bytes);
	else
		die("no such measurement");
	transport_close(&t);
	return 0;
}
