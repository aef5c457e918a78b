/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints words of a partition's memory, as a back end would see them: memory-words PARTITION ADDRESS COUNT, one word of
 * 32 bits a line. Changes nothing.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "amp/abi/ioctl.h"

static int check(int result, const char *what)
{
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

int main(int argc, char **argv)
{
    struct amp_open partition = { .fd = -1 };
    struct amp_memory_open memory = { .fd = -1 };
    uint64_t gpa, page;
    uint32_t i, count;
    const char *at;

    if (argc != 4 || strlen(argv[1]) >= sizeof(partition.name)) {
        fprintf(stderr, "usage: memory-words PARTITION ADDRESS COUNT\n");
        return 2;
    }
    strcpy(partition.name, argv[1]);
    gpa = strtoull(argv[2], NULL, 0);
    count = (uint32_t)strtoul(argv[3], NULL, 0);
    page = gpa & ~UINT64_C(0xfff);
    check(ioctl(check(open(AMP_DEVICE, O_RDWR | O_CLOEXEC), AMP_DEVICE), AMP_IOC_OPEN, &partition), argv[1]);
    check(ioctl(partition.fd, AMP_IOC_MEMORY_OPEN, &memory), "its memory");
    at = mmap(NULL, gpa - page + 4ull * count, PROT_READ, MAP_SHARED, memory.fd, (off_t)page);
    if (at == MAP_FAILED) {
        perror("mmap");
        return 1;
    }
    for (i = 0; i < count; i++) {
        uint32_t word;

        memcpy(&word, at + (gpa - page) + 4ull * i, sizeof(word));
        printf("%08" PRIx32 "\n", word);
    }
    return 0;
}
