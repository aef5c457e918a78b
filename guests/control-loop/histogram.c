// SPDX-License-Identifier: GPL-2.0-only
// Buckets 0-3 hold the values 0-3; from there on four buckets per power of two.
#include "histogram.h"

#include <string.h>

static unsigned bucket_of(uint64_t ticks)
{
    unsigned octave, bucket;

    if (ticks < 4)
        return (unsigned)ticks;
    octave = 63u - (unsigned)__builtin_clzll(ticks);
    bucket = (octave - 1) * 4 + (unsigned)(ticks >> (octave - 2) & 3);
    return bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1;
}

uint64_t histogram_bucket_end(unsigned bucket)
{
    unsigned octave = bucket / 4 + 1;

    if (bucket < 4)
        return bucket;
    return ((5ull + bucket % 4) << (octave - 2)) - 1;
}

void histogram_clear(struct histogram *histogram)
{
    memset(histogram, 0, sizeof(*histogram));
    histogram->min = UINT64_MAX;
}

void histogram_add(struct histogram *histogram, uint64_t ticks)
{
    histogram->count++;
    histogram->sum += ticks;
    if (ticks < histogram->min)
        histogram->min = ticks;
    if (ticks > histogram->max)
        histogram->max = ticks;
    histogram->bucket[bucket_of(ticks)]++;
}

uint64_t histogram_percentile(const struct histogram *histogram, unsigned percent)
{
    uint64_t wanted = (histogram->count * percent + 99) / 100;
    uint64_t seen = 0;

    for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->bucket[i];
        if (seen >= wanted && seen != 0)
            return histogram_bucket_end(i) < histogram->max ? histogram_bucket_end(i) : histogram->max;
    }
    return histogram->max;
}
