// SPDX-License-Identifier: GPL-2.0-only
// Answers each message on its first channel with "<partition>: <message>" until it is told "quit". A reply that finds the ring
// full waits for space; the doorbell ends the wait.
#include <string.h>

#include "amp/guest/guest.h"

#define MESSAGE_MAX 0x4000

static struct amp_guest_channel channel;
static char message[MESSAGE_MAX];
static char reply[MESSAGE_MAX + AMP_NAME_SIZE + 2];

static bool is(const char *word, uint32_t length)
{
    return length == strlen(word) && memcmp(message, word, length) == 0;
}

static void answer(uint32_t length)
{
    uint32_t prefix = (uint32_t)amp_snprintf(reply, sizeof(reply), "%s: ", amp_platform.name);
    int status;

    memcpy(reply + prefix, message, length);
    while ((status = amp_guest_channel_send(&channel, reply, prefix + length)) == AMP_RING_FULL)
        amp_guest_channel_wait_space(&channel, prefix + length);
    if (status != AMP_RING_OK)
        amp_printf("ring-echo: no answer to %u bytes: ring status %d\n", length, status);
}

int main(void)
{
    uint32_t length, count = 0;

    if (!amp_guest_channel_open(&channel, NULL)) {
        amp_printf("ring-echo: FAIL: no channel\n");
        return 1;
    }
    amp_printf("ring-echo: %s answers %s on channel %s\n", amp_platform.name, channel.info->peer, channel.info->name);
    for (;;) {
        int status = amp_guest_channel_receive(&channel, message, sizeof(message), &length);

        if (status == AMP_RING_EMPTY) {
            amp_guest_channel_wait(&channel);
        } else if (status != AMP_RING_OK) {
            amp_printf("ring-echo: ring status %d\n", status);
            amp_rx_release(&channel.end.rx); /* a message longer than our buffer is dropped */
        } else if (is("quit", length)) {
            break;
        } else {
            answer(length);
            count++;
        }
    }
    amp_printf("ring-echo: %u messages, bye\n", count);
    amp_guest_channel_close(&channel);
    return 0;
}
