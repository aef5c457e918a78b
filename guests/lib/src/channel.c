/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Channels by the info page: the ring's calls, with doorbells and the interrupt around them. */
#include "amp/guest/channel.h"

#include <string.h>

#include "amp/guest/hypercall.h"
#include "amp/guest/info.h"
#include "amp/guest/irq.h"

static void on_doorbell(uint32_t intid, void *context)
{
    struct amp_guest_channel *channel = context;

    (void)intid;
    channel->rung_count++;
}

static const struct amp_info_channel *find(const char *name, uint32_t *index)
{
    const struct amp_info_page *info = amp_platform.info;
    uint32_t count = info == NULL ? 0 : info->channel_count;

    for (uint32_t i = 0; i < count && i < AMP_CHANNELS_MAX; i++) {
        if (name == NULL || strncmp(info->channels[i].name, name, AMP_NAME_SIZE) == 0) {
            *index = i;
            return &info->channels[i];
        }
    }
    return NULL;
}

bool amp_guest_channel_open(struct amp_guest_channel *channel, const char *name)
{
    const struct amp_info_channel *info = find(name, &channel->index);

    if (info == NULL)
        return false;
    channel->info = info;
    channel->rung_count = 0;
    if (amp_channel_attach(&channel->end, (void *)(uintptr_t)info->gpa, info->size, info->side) != AMP_RING_OK)
        return false;
    amp_irq_enable(info->intid, true, on_doorbell, channel);
    /* The peer may have gone to sleep on our former life; and it may want to know that we are back. */
    amp_guest_channel_ring(channel);
    return true;
}

void amp_guest_channel_close(struct amp_guest_channel *channel)
{
    amp_irq_disable(channel->info->intid);
    amp_channel_detach(&channel->end);
    amp_guest_channel_ring(channel);
}

void amp_guest_channel_ring(struct amp_guest_channel *channel)
{
    /* NOT_CONNECTED is no error: the message waits in the ring for a peer to come. */
    (void)amp_hvc(AMP_ARCH_CALL_NUMBER(AMP_HVC_DOORBELL), channel->index, 0, 0);
}

int amp_guest_channel_send(struct amp_guest_channel *channel, const void *message, uint32_t length)
{
    int status = amp_tx_try_send(&channel->end.tx, message, length);

    if (status == AMP_RING_OK && amp_tx_need_doorbell(&channel->end.tx))
        amp_guest_channel_ring(channel);
    return status;
}

int amp_guest_channel_receive(struct amp_guest_channel *channel, void *buffer, uint32_t capacity, uint32_t *length)
{
    int status = amp_rx_try_receive(&channel->end.rx, buffer, capacity, length);

    /* The peer is dom0 or a partition that the same description trusts with this channel: drop what is there, go on. */
    if (status == AMP_RING_PEER_CORRUPT)
        amp_rx_resync(&channel->end.rx);
    if (amp_rx_need_doorbell(&channel->end.rx))
        amp_guest_channel_ring(channel);
    return status;
}

/*
 * Sleeps unless a doorbell came since `before` was read. The event was armed after that, so a doorbell for it either has been
 * counted by the handler or is still pending behind the mask, where it ends the WFI.
 */
static void sleep_unless_rung(struct amp_guest_channel *channel, uint32_t before)
{
    amp_irq_mask();
    if (channel->rung_count == before)
        amp_cpu_wait();
    amp_irq_unmask();
}

void amp_guest_channel_wait(struct amp_guest_channel *channel)
{
    uint32_t before = channel->rung_count;

    while (amp_rx_arm(&channel->end.rx) == AMP_RING_EMPTY) {
        sleep_unless_rung(channel, before);
        before = channel->rung_count;
    }
    amp_rx_disarm(&channel->end.rx);
}

void amp_guest_channel_wait_space(struct amp_guest_channel *channel, uint32_t length)
{
    uint32_t before = channel->rung_count;

    while (amp_tx_arm(&channel->end.tx, length) == AMP_RING_FULL) {
        sleep_unless_rung(channel, before);
        before = channel->rung_count;
    }
    amp_tx_disarm(&channel->end.tx);
}
