/* A plan: a flat list of kernel calls over one preplanned arena, made once from a graph whose
 * shapes are all known. A plan is immutable; each run of it at the same time has an arena of its
 * own. Executing allocates nothing, looks nothing up and takes no lock. */
#ifndef CN_PLAN_PLAN_H
#define CN_PLAN_PLAN_H

#include "graph/tensor.h"

typedef struct cn_plan cn_plan;
typedef struct cn_plan_run cn_plan_run;

typedef struct cn_plan_request {
    cn_tensor *const *inputs; /* what is given at each run: any tensors */
    size_t n_inputs;
    size_t n_fixed; /* so many inputs, the last ones, stay the same from cn_plan_begin to _end */
    cn_tensor *const *outputs;
    size_t n_outputs;
    cn_tensor *const *variables; /* written with the values of `values` when all else is done */
    cn_tensor *const *values;
    size_t n_assigned;
    bool quick;            /* for a plan that runs once: leave out the passes that cost */
    bool external_outputs; /* the caller brings the memory of outputs that are computed */
    const bool *internal;  /* but not of those that are true here; NULL: of all */
    bool late; /* the shapes of outputs may be unknown until the plan runs (src/plan/stage.c) */
} cn_plan_request;

/* Owned by the scope like any object. Errors: an output depends on a placeholder that is no input,
 * a shape is unknown, no memory. */
cn_plan *cn_plan_build(const cn_plan_request *request);
/* A run's memory: one that is free, or a new one. Give it back with cn_plan_end. NULL: no memory.
 */
cn_plan_run *cn_plan_begin(cn_plan *plan);
void cn_plan_end(cn_plan *plan, cn_plan_run *run);
/* One execution, after what this thread's eager code assigned to variables has been computed.
 * inputs[i] is read where a kernel wants it; outputs (external_outputs only) are written. On
 * failure variables may have been written in part. */
bool cn_plan_execute(cn_plan_run *run, const void *const *inputs, void *const *outputs);
/* The same inside of another plan's run. */
bool cn_plan_run_steps(cn_plan_run *run, const void *const *inputs, void *const *outputs);
/* The i-th output of the last execution: shape, dtype and where it is. */
const cn_view *cn_plan_output(const cn_plan_run *run, size_t i);
/* Whether that output lies in the caller's memory (external_outputs), or must be copied from the
 * view. */
bool cn_plan_output_is_external(const cn_plan *plan, size_t i);
/* Whether only running tells that output's shape. Such outputs are never external. */
bool cn_plan_output_is_late(const cn_plan *plan, size_t i);
size_t cn_plan_output_count(const cn_plan *plan);
size_t cn_plan_arena_size(const cn_plan *plan);
size_t cn_plan_step_count(const cn_plan *plan);

extern const cn_kind cn_plan_kind;

#endif
