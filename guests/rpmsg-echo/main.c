// SPDX-License-Identifier: GPL-2.0-only
// Firmware with an OpenAMP resource table: announces the service "echo" and sends every message back to where it came from,
// until it is told "quit".
#include <string.h>

#include "amp/guest/guest.h"
#include "amp/guest/rpmsg.h"

#define ECHO_ADDRESS 1024u
#define BUFFERS 64u

AMP_RPMSG_TABLE(resource_table, BUFFERS);

static struct amp_rpmsg rpmsg;
static char data[AMP_RPMSG_MESSAGE_MAX];

static void answer(const struct amp_rpmsg_message *message)
{
    int status;

    while ((status = amp_rpmsg_send(&rpmsg, message->destination, message->source, data, message->length)) ==
           AMP_RPMSG_NO_BUFFER)
        amp_rpmsg_wait_space(&rpmsg);
    if (status != AMP_RPMSG_OK)
        amp_printf("rpmsg-echo: no answer to %u bytes: status %d\n", message->length, status);
}

static void serve(void)
{
    struct amp_rpmsg_message message;
    uint32_t count = 0;
    int status;

    for (;;) {
        amp_rpmsg_wait(&rpmsg);
        status = amp_rpmsg_receive(&rpmsg, &message, data, sizeof(data));
        if (status != AMP_RPMSG_OK) {
            amp_printf("rpmsg-echo: receive: status %d\n", status);
            continue;
        }
        if (message.length == 4 && memcmp(data, "quit", 4) == 0)
            break;
        answer(&message);
        count++;
    }
    amp_printf("rpmsg-echo: %u messages, bye\n", count);
}

int main(void)
{
    int status;

    if (!amp_rpmsg_open(&rpmsg, &resource_table)) {
        amp_printf("rpmsg-echo: FAIL: the partition has no rpmsg device\n");
        return 1;
    }
    status = amp_rpmsg_announce(&rpmsg, "echo", ECHO_ADDRESS, AMP_RPMSG_NS_CREATE);
    amp_printf("rpmsg-echo: service echo at %u, status %d\n", ECHO_ADDRESS, status);
    serve();
    (void)amp_rpmsg_announce(&rpmsg, "echo", ECHO_ADDRESS, AMP_RPMSG_NS_DESTROY);
    return 0;
}
