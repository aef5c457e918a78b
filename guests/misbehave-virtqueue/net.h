/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the network attacks share: the header of each packet (virtio 1.2, 5.1.6) and a question that dom0 answers. Frames lie in
 * `buffer`, what comes in behind RECEIVED.
 */
#ifndef NET_H
#define NET_H

#include "attack.h"

#define RECEIVE 0u
#define TRANSMIT 1u
#define HEADER 12u
#define ARP_SIZE 60u /* the shortest Ethernet frame */
#define RECEIVED (buffer + 0x14000)
#define RECEIVED_SIZE 2048u

struct net_header {
    uint8_t flags, gso_type;
    uint16_t header_length, gso_size, csum_start, csum_offset, buffers;
};
_Static_assert(sizeof(struct net_header) == HEADER, "5.1.6");

uint32_t dom0_address(void);
void put_ipv4(uint8_t *place, uint32_t address);
/* The hardware address of dom0, once it has answered. */
extern uint8_t dom0_hardware[6];

void make_question(uint8_t *frame);
/* buffer: header and frame. */
void offer_frame(const struct device *device, uint32_t length);
/* Questions whose answers come into the receive queue as it is; false: they were not even sent. */
bool ask(const struct device *device, unsigned times);

#endif
