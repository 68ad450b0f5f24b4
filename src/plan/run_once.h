/* For tests of passes: what a body computes, planned with the passes that are on. */
#ifndef CN_PLAN_RUN_ONCE_H
#define CN_PLAN_RUN_ONCE_H

#include "plan/traced.h"

/* Plans `body` for n inputs, runs it once and copies its outputs, of floats, one behind the other
 * to `result`. Returns of how many steps the plan is. Failures are recorded as the running test's.
 */
size_t run_once(cn_traced_body body, void *user, const cn_view *views, const void *const *inputs,
                size_t n, float *result);

/* Constants: for a shape always the same numbers, some below zero. */
cn_tensor *filled(cn_shape shape);

/* For bodies: all of a list become outputs; false where it is NULL, after an error. */
bool add_outputs(cn_list *outputs, const cn_list *made);

#endif
