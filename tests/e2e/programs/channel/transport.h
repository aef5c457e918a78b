/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dom0's end of a channel for the test programs, in the three ways that there are: the ring in mapped memory, polled or with
 * sleep in poll(2) until the guest's doorbell, and read()/write(). Every failure that is not "nothing now" ends the program.
 */
#ifndef AMP_E2E_TRANSPORT_H
#define AMP_E2E_TRANSPORT_H

#include "amp/ring/channel.h"

enum transport_mode { TRANSPORT_POLL, TRANSPORT_SLEEP, TRANSPORT_FILE, TRANSPORT_MODES };
extern const char *const transport_names[TRANSPORT_MODES];

struct transport {
	int fd;
	enum transport_mode mode;
	void *memory;
	uint64_t size;
	struct amp_channel_end end;
	uint64_t rung;	/* DOORBELL calls */
	uint64_t slept; /* poll(2) calls that waited */
};

void transport_open(struct transport *t, const char *node, enum transport_mode mode);
void transport_close(struct transport *t);

/* False: no space now. With `more` the message may stay unpublished until a send without it. */
bool transport_send(struct transport *t, const void *message, uint32_t length, bool more);
/* The next message's length, copied into buffer; 0: none now. It counts as read with transport_done (FILE: at once). */
uint32_t transport_receive(struct transport *t, void *buffer, uint32_t capacity);
void transport_done(struct transport *t);
/* Until there may be a message or, where want_space is not 0, space for one of so many bytes. POLL: at once. */
void transport_wait(struct transport *t, uint32_t want_space);

_Noreturn void die(const char *what);

#endif
