/* Bodies: pieces of graph that an op runs as often as it likes, such as the step of a loop. A body
 * is cut off from the graph around it: what it reads from there comes in by parameters, and what it
 * assigns to variables goes out as results. */
#ifndef CN_GRAPH_BODY_H
#define CN_GRAPH_BODY_H

#include "graph/trace.h"

typedef struct cn_body {
    cn_object object;
    uint64_t id;          /* no other body has it, ever */
    cn_list *params;      /* placeholders */
    cn_list *results;     /* tensors that depend on them and on constants alone */
    struct cn_body *base; /* the body whose results this one's begin with, or NULL; held */
} cn_body;

/* NULL: no memory, or a NULL list. */
cn_body *cn_body_new(const cn_list *params, const cn_list *results);
/* The body for parameters of these shapes: itself, or one made anew from it. */
cn_body *cn_body_for(cn_body *body, const cn_shape *shapes);
/* The same for the shapes of a node's inputs from `first` on. */
cn_body *cn_body_for_inputs(cn_body *body, const cn_tensor *node, int first);
/* A placeholder for each of the tensors, of its shape and dtype. */
cn_list *cn_stand_ins(const cn_list *tensors);

/* Making a body: begin; parameters of one's own, and ops on them and on anything else; end;
 * capture. `maker` is the caller's. */
typedef struct cn_body_maker {
    cn_trace trace;
    uint64_t first;     /* ids from here on are the body's */
    cn_list *variables; /* what was assigned, the value before and after, in three lists */
    cn_list *before;    /* placeholders */
    cn_list *after;
    cn_list *captured;   /* what is read from around */
    cn_list *parameters; /* a placeholder for each of these */
} cn_body_maker;

bool cn_body_begin(cn_body_maker *maker);
/* Ends the tracing; fills variables, before and after. */
bool cn_body_end(cn_body_maker *maker);
/* Rewrites `results` (a list of lists) so that what they read from around are parameters; fills
 * captured and parameters. `own` are the body's own parameters, the placeholders of `before` among
 * them where those are carried. With `hoist`, what does not depend on them is captured too, so that
 * it is computed once; else only what was there before. */
bool cn_body_capture(cn_body_maker *maker, const cn_list *own, bool hoist, cn_list **results,
                     int count);
/* What the assigned variables are around the body, before it. */
cn_list *cn_body_outer(const cn_body_maker *maker);
void cn_body_maker_free(cn_body_maker *maker);

/* Running, in kernels (src/plan/body_plan.c). */

struct cn_plan;

/* The plans of a body, by the shapes of its parameters; an object. */
typedef struct cn_body_plans cn_body_plans;
/* `fixed`: so many parameters, the last ones, stay the same in all turns of a run. */
cn_body_plans *cn_body_plans_new(cn_body *body, size_t fixed);
/* The plan for parameters like these, held for the caller, who releases it. NULL: an error. */
struct cn_plan *cn_body_plan_for(cn_body_plans *plans, const cn_view *params, size_t n);

extern const cn_kind cn_body_kind;

#endif
