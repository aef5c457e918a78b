/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * What the compiler calls by itself, and a little more of <string.h>. Byte loops: guests that copy much link a C library.
 * Compiled without loop idiom recognition, or each function would become a call of itself.
 */
#include <stdint.h>
#include <string.h>

void *memcpy(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    /* Eight at a time where both are aligned: ring messages always are. */
    if (((uintptr_t)t % 8 | (uintptr_t)f % 8) == 0) {
        for (; size >= 8; size -= 8, t += 8, f += 8)
            *(uint64_t __attribute__((may_alias)) *)(void *)t = *(const uint64_t __attribute__((may_alias)) *)(const void *)f;
    }
    for (; size != 0; size--)
        *t++ = *f++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    unsigned char *t = to;
    const unsigned char *f = from;

    if (t <= f || t >= f + size)
        return memcpy(to, from, size);
    while (size-- != 0)
        t[size] = f[size];
    return to;
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *t = to;

    for (; size != 0; size--)
        *t++ = (unsigned char)value;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *l = left, *r = right;

    for (; size != 0; size--, l++, r++) {
        if (*l != *r)
            return *l < *r ? -1 : 1;
    }
    return 0;
}

size_t strlen(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0')
        length++;
    return length;
}

int strncmp(const char *left, const char *right, size_t size)
{
    for (; size != 0; size--, left++, right++) {
        if (*left != *right)
            return (unsigned char)*left < (unsigned char)*right ? -1 : 1;
        if (*left == '\0')
            break;
    }
    return 0;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX);
}
