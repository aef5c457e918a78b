/* SPDX-License-Identifier: GPL-2.0-only */
/* Why a call fails: the errno to return and, beside it, the report that ampctl turns into words. */
#ifndef AMP_REPORT_H
#define AMP_REPORT_H

#include "amp/abi/status.h"

static inline int amp_fail(struct amp_report *report, int error, uint32_t status, uint32_t index, uint64_t value)
{
	report->status = status;
	report->index = index;
	report->value = value;
	return error;
}

#endif
