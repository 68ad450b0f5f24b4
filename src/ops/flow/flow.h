/* What the ops of control flow share: lists of what goes into their nodes, and running a body. */
#ifndef CN_OPS_FLOW_H
#define CN_OPS_FLOW_H

#include "cornu/flow.h"
#include "graph/body.h"
#include "ops/ops.h"
#include "plan/plan.h"

/* The tensors of an option: the list where one is given, else those up to the first NULL, with bare
 * numbers made real. A new list. */
cn_list *cn_flow_list(const cn_tensors *tensors, const cn_list *list);
/* Variables that are several tensors, flat; how many each is goes to `parts` (owned by the caller;
 * NULL: nobody asks). And back again. */
cn_list *cn_flow_flatten(const cn_list *values, int **parts);
cn_list *cn_flow_regroup(const cn_list *flat, const int *parts, size_t count);
/* Several lists in a row, in a new one; NULL when one of them is. */
cn_list *cn_flow_join(int count, ...);
/* A body; in eager code one that was made before, if it says the same. */
cn_body *cn_flow_body(const cn_list *params, const cn_list *results);
/* Values that a body gives for tensors that stay in place: as many, each cast to the dtype of its
 * tensor where that was a bare number. Errors name `who`, the variable and both shapes.
 * `open[i]` (NULL: nowhere) lets dimensions differ where the pattern has CN_ANY. */
cn_list *cn_flow_match(const cn_list *values, const cn_list *tensors, const cn_shape *open,
                       const char *who);
/* After a function of the user's was called, before which `before` stood: puts the place back;
 * false with an error where it gave NULL. */
bool cn_flow_gave(const cn_caller *before, const void *value, const char *what);
/* Assigns values[first], … to the variables. */
bool cn_flow_assign(const cn_list *variables, const cn_list *values, size_t first);

/* The bytes of a tensor of known shape, rounded up so that another may stand behind it. */
size_t cn_flow_bytes(const cn_tensor *tensor);

/* One body's plan inside a kernel. */
typedef struct cn_flow_run {
    cn_plan *plan;
    cn_plan_run *run;
} cn_flow_run;
bool cn_flow_begin(cn_flow_run *flow, cn_plan *plan);
/* Runs it; each result i ends up in outputs[i]. */
bool cn_flow_step(cn_flow_run *flow, const void *const *inputs, void *const *outputs);
/* The same into the results of a kernel whose shapes may be late; `outputs` has room for as many
 * pointers, `unwanted` for all results that nobody wants. */
bool cn_flow_step_into(cn_flow_run *flow, const void *const *inputs, const cn_kernel_args *args,
                       void **outputs, void *unwanted);
void cn_flow_end(cn_flow_run *flow);

/* The plan of a body for parameters of these (known) shapes, the last `fixed` of which stay the
 * same from cn_flow_begin to cn_flow_end. */
cn_plan *cn_flow_plan(cn_body *body, const cn_shape *shapes, size_t fixed);
/* For `scratch`: bytes for each result that nobody wants (the body may read it nevertheless), and
 * for pointers to all inputs and results. */
size_t cn_flow_scratch(const cn_tensor *node);

/* The backward side of a body, in terms of the tensors that it captured, `outer`, in place of its
 * last parameters. */
typedef struct cn_flow_gradient {
    cn_list *own;       /* placeholders in place of the body's first parameters */
    cn_list *seeds;     /* a placeholder for what flows into each result, or cn_none() */
    cn_list *flowing;   /* tensors to put in their place, or NULL */
    cn_list *grads;     /* what flows back to each of the body's parameters, or cn_none() */
    cn_list *residuals; /* tensors of the body that the gradients read */
    cn_list *saved;     /* placeholders in their place */
    cn_list *turned;    /* what products read in place of captured matrices transposed, or NULL */
} cn_flow_gradient;
/* The matrices among what a loop has captured, its inputs from `own` on, transposed once for all
 * turns: a product of few rows would write xᵀ in panels in each. Others: cn_none(). */
cn_list *cn_flow_turned(const cn_tensor *loop, size_t own);
/* To be called between cn_body_begin and cn_body_end, with `seeds` set: what flows into each
 * result, or cn_none(). Without `save` there are no residuals: the body is computed again where it
 * is needed. */
bool cn_flow_differentiate(cn_flow_gradient *g, cn_body *body, size_t own, cn_tensor *const *outer,
                           bool save);
/* A placeholder for each result that is a float, where flows(i); cn_none() for the others. */
cn_list *cn_flow_seeds(const cn_body *body, const bool *flows);

#endif
