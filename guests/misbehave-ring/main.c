// SPDX-License-Identifier: GPL-2.0-only
// Wild indices, lengths and kinds in its channel while dom0 reads and writes it: its own side's lines, the peer's, the records.
// Expected: contained; dom0 gets errors or garbage messages, never a hang. "wild=N" chooses how many rounds (default: for ever).
#include "amp/guest/guest.h"

static struct amp_guest_channel channel;

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

// Values around which index arithmetic goes wrong.
static uint32_t wild(uint64_t *state, uint32_t around)
{
    static const uint32_t edges[] = {0, 1, 4, 7, 8, 9, 0x3ff8, 0x4000, 0x4008, 0x7ffffff8, 0x80000000, 0xfffffff8, 0xffffffff};
    uint64_t choice = next(state);

    switch (choice & 3) {
    case 0: return edges[(choice >> 8) % (sizeof(edges) / sizeof(edges[0]))];
    case 1: return around + edges[(choice >> 8) % (sizeof(edges) / sizeof(edges[0]))];
    case 2: return around + (uint32_t)(choice >> 8 & 0xff) * 8;
    default: return (uint32_t)(choice >> 8);
    }
}

static void spoil_side(struct amp_channel_side *side, uint64_t *state)
{
    switch (next(state) % 6) {
    case 0: side->produced = wild(state, side->produced); break;
    case 1: side->consumed = wild(state, side->consumed); break;
    case 2: side->data_event = wild(state, side->produced); break;
    case 3: side->space_event = wild(state, side->consumed); break;
    case 4: side->generation = wild(state, side->generation); break;
    default: side->start = wild(state, side->produced); break;
    }
}

static void spoil_record(uint8_t *ring, uint32_t ring_size, uint64_t *state)
{
    struct amp_record *record = (struct amp_record *)(void *)(ring + (next(state) % ring_size & ~7ull));

    record->length = wild(state, ring_size);
    record->kind = next(state) & 1 ? AMP_RECORD_MESSAGE : next(state) & 1 ? AMP_RECORD_PADDING : wild(state, 0);
}

int main(void)
{
    uint64_t state = 0x5eed5eed5eed5eed, rounds;
    struct amp_channel_header *header;
    uint32_t ring_size;

    if (!amp_guest_channel_open(&channel, NULL)) {
        amp_printf("misbehave: no channel\n");
        return 1;
    }
    header = (struct amp_channel_header *)(uintptr_t)channel.info->gpa;
    ring_size = amp_channel_ring_size(channel.info->size);
    rounds = amp_bootarg_number("wild", 0);
    amp_printf("misbehave: wild indices and lengths in channel %s\n", channel.info->name);
    for (uint64_t round = 0; rounds == 0 || round < rounds; round++) {
        spoil_side(&header->side[next(&state) & 1], &state);
        spoil_record((uint8_t *)header + AMP_CHANNEL_HEADER_SIZE + (next(&state) & 1) * ring_size, ring_size, &state);
        if (round % 64 == 0)
            amp_guest_channel_ring(&channel);
    }
    amp_printf("misbehave: survived, %lu rounds\n", rounds);
    for (;;)
        amp_cpu_wait();
}
