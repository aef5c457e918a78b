/* SPDX-License-Identifier: GPL-2.0-only */
/* Failure injection for tests: the module parameter fail_step counts down over the steps of CREATE and START. */
#ifndef AMP_INJECT_H
#define AMP_INJECT_H

#include "report.h"

/* 0, or -ECANCELED with AMP_STATUS_INJECTED at the step that the parameter named; the parameter is then 0 again. */
int amp_inject(struct amp_report *report);

#endif
