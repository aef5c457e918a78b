// SPDX-License-Identifier: GPL-2.0-only
// Distribution of times in counter ticks: exact to a quarter of an octave, no division while recording.
#ifndef CONTROL_LOOP_HISTOGRAM_H
#define CONTROL_LOOP_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BUCKETS 128

struct histogram {
    uint64_t count, sum;
    uint64_t min, max;
    uint32_t bucket[HISTOGRAM_BUCKETS];
};

void histogram_clear(struct histogram *histogram);
void histogram_add(struct histogram *histogram, uint64_t ticks);
// The bucket's largest value.
uint64_t histogram_bucket_end(unsigned bucket);
// A value that `percent` of the recorded ones do not exceed, rounded up to a bucket's end but never above the maximum.
uint64_t histogram_percentile(const struct histogram *histogram, unsigned percent);

#endif
