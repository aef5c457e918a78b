// SPDX-License-Identifier: GPL-2.0-only
// A guest with a C library: formatted floating point, the heap, sorting and errno from picolibc, the rest from the guest library.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "amp/guest/guest.h"

#define COUNT 1000

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;

    return (a > b) - (a < b);
}

int main(void)
{
    double *values = malloc(COUNT * sizeof(*values));

    if (values == NULL) {
        printf("FAIL: no heap\n");
        return 1;
    }
    srand(1);
    for (int i = 0; i < COUNT; i++)
        values[i] = rand() / (double)RAND_MAX;
    qsort(values, COUNT, sizeof(*values), compare);
    printf("hello from %s with a C library: median of %d random numbers %.3f\n", amp_platform.name, COUNT, values[COUNT / 2]);
    free(values);

    errno = 0;
    (void)strtol("99999999999999999999", NULL, 10);
    printf("%s: errno works\n", errno == ERANGE ? "PASS" : "FAIL");
    return 0;
}
