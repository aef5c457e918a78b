// SPDX-License-Identifier: GPL-2.0-only
/*
 * channel-restart NODE KILLS MESSAGES SEED: numbered messages to the guest ring-bench and back by children that are killed at random
 * moments, in all three ways of using a channel by turns; the last child lives until MESSAGES more have come back. The guest may
 * be stopped and started meanwhile. Ends with status 1 at the first number that is not the one due.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "message.h"
#include "transport.h"

/* What outlives the children. Each note is made after what it notes, so a death in between shows as a repetition. */
struct state {
	uint64_t sent;	       /* number of the next message */
	uint64_t due;	       /* number of the next answer */
	uint64_t repeated, lost; /* answers, at the beginning of a life; lost: only by read(), which takes before we can note */
	uint64_t wrong;
	uint32_t generation; /* the guest's, as of the last answer */
	uint32_t generations;
	uint32_t attached; /* children that got going */
	uint32_t life_mode;
	bool resumed[256]; /* by number modulo 256: a life began with it, which the one before may have sent already */
};

static struct state *state;

/* The guest takes up to so many messages at once, and does all of them again if it dies before it gave them back. */
#define GUEST_BATCH 32

/* What deaths may repeat: our last answer, the number a life began with, a batch of a guest that is a new one now. */
static bool may_repeat(const struct bench_message *answer, bool first)
{
	uint64_t back = state->due - answer->sequence;

	if (answer->generation != state->generation)
		return back <= GUEST_BATCH;
	return back == 1 && (first || state->resumed[answer->sequence % 256]);
}

static void check(const struct bench_message *answer, bool first, bool read_before)
{
	if (answer->sequence == state->due || (answer->sequence < state->due && may_repeat(answer, first))) {
		state->repeated += state->due - answer->sequence;
		state->due = answer->sequence + 1;
	} else if (first && read_before && answer->sequence == state->due + 1) {
		state->lost++;
		state->due += 2;
	} else {
		printf("channel-restart: answer %llu, due %llu, generation %u\n", (unsigned long long)answer->sequence,
		       (unsigned long long)state->due, answer->generation);
		state->wrong++;
	}
	state->generations += answer->generation != state->generation;
	state->generation = answer->generation;
}

/* Sends and receives until `until` answers have come, and all that are under way. */
static void live(const char *node, enum transport_mode mode, uint64_t until)
{
	bool read_before = state->life_mode == TRANSPORT_FILE, first = true;
	struct bench_message message = { .command = BENCH_SEQUENCE }, answer;
	struct transport t;

	transport_open(&t, node, mode);
	state->life_mode = mode;
	state->resumed[state->sent % 256] = true;
	__atomic_add_fetch(&state->attached, 1, __ATOMIC_RELEASE);
	while ((state->due < until || state->due < state->sent) && !state->wrong) {
		message.sequence = state->sent;
		/* At most so many under way: the guest then always has space to answer, and each life sees the end of the last. */
		if (state->sent < until && state->sent < state->due + 64 && transport_send(&t, &message, sizeof(message), false)) {
			state->sent++;
			state->resumed[(state->sent + 127) % 256] = false; /* long answered */
		}
		else if (!transport_receive(&t, &answer, sizeof(answer)))
			transport_wait(&t, 0);
		else {
			check(&answer, first, read_before);
			first = false;
			transport_done(&t);
		}
	}
	transport_close(&t);
}

static pid_t start(const char *node, enum transport_mode mode, uint64_t until)
{
	uint32_t before = __atomic_load_n(&state->attached, __ATOMIC_ACQUIRE);
	pid_t child = fork();
	siginfo_t ended = { 0 };

	if (child < 0)
		die("fork");
	if (child == 0) {
		live(node, mode, until);
		fflush(stdout);
		_exit(state->wrong != 0);
	}
	/* The last one may have got going and be done between two looks; whether it has ended comes first, therefore. */
	while (__atomic_load_n(&state->attached, __ATOMIC_ACQUIRE) == before) {
		if (ended.si_pid)
			die("a life ended before it began");
		if (waitid(P_PID, (id_t)child, &ended, WEXITED | WNOHANG | WNOWAIT) != 0)
			die("waitid");
	}
	return child;
}

static void end(pid_t child, uint32_t life)
{
	int status;

	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status) || state->wrong) {
		printf("channel-restart: life %u ended by itself\n", life);
		die("a life found something wrong");
	}
}

int main(int argc, char **argv)
{
	uint32_t kills, life;
	uint64_t messages;
	int status;

	if (argc != 5)
		die("usage: channel-restart NODE KILLS MESSAGES SEED");
	kills = (uint32_t)strtoul(argv[2], NULL, 0);
	messages = strtoull(argv[3], NULL, 0);
	srand((unsigned int)strtoul(argv[4], NULL, 0));
	state = mmap(NULL, sizeof(*state), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (state == MAP_FAILED)
		die("mmap");
	for (life = 0; life < kills; life++) {
		pid_t child = start(argv[1], (enum transport_mode)(rand() % TRANSPORT_MODES), UINT64_MAX);
		struct timespec moment = { 0, rand() % 20000000 };

		nanosleep(&moment, NULL);
		end(child, life);
	}
	if (waitpid(start(argv[1], TRANSPORT_SLEEP, state->due + messages), &status, 0) < 0 || status != 0)
		die("the last life did not get its answers");
	printf("channel-restart: %u lives killed, %llu messages there and back in order, %llu repeated, %llu lost by read(), "
	       "%u generations of the guest\n", kills, (unsigned long long)state->due, (unsigned long long)state->repeated,
	       (unsigned long long)state->lost, state->generations);
	return 0;
}
