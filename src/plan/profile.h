/* CORNU_PROFILE: the time of each kernel, added up over the process and shown at its end, and a
 * trace that Chrome's and Perfetto's viewers open. Where the variable is not set, running a plan
 * costs one look at a number. */
#ifndef CN_PLAN_PROFILE_H
#define CN_PLAN_PROFILE_H

#include <stdio.h>

#include "plan/internal.h"
#include "plan/profile_trace.h"

bool cn_profiling(void);
/* Gives the plan's steps rows to add their times to; steps that look alike share one. */
void cn_profile_plan(cn_plan *plan);
/* Runs the step. Its own time is without that of the plans it runs itself. */
bool cn_profile_step(const cn_step *step, const cn_kernel_args *args);
/* The table, with the most expensive first. */
void cn_profile_report(FILE *file);

#endif
