/* Traces: where assignments to variables wait. Each thread has an eager trace, whose assignments
 * are computed with the next value that somebody looks at; a traced function has one of its own,
 * whose assignments become results of its plan. */
#ifndef CN_GRAPH_TRACE_H
#define CN_GRAPH_TRACE_H

#include "base/map.h"
#include "graph/tensor.h"

typedef struct cn_trace {
    struct cn_trace *outer;
    cn_list *variables, *values; /* assigned, in order of the first assignment; held */
    cn_map index;                /* variable -> 1 + its place */
    /* Of the trace of a body, which is cut off from what is around it: */
    bool body;
    cn_list *stand_ins; /* a placeholder for each variable that it reads, whose origin that is */
} cn_trace;

/* Starts a function's trace on this thread, and ends it, handing out what was assigned. */
bool cn_trace_begin(cn_trace *trace);
bool cn_trace_begin_body(cn_trace *trace);
void cn_trace_end(cn_trace *trace);
void cn_trace_free(cn_trace *trace);
bool cn_tracing(void);      /* is a function being traced? */
bool cn_tracing_body(void); /* and is it a body? */
/* What was assigned to the variable in this trace, or NULL. */
cn_tensor *cn_trace_assigned(const cn_trace *trace, const cn_tensor *variable);

/* What reading `tensor` gives now: a variable's assigned value where there is one. Borrowed. */
cn_tensor *cn_trace_read(cn_tensor *tensor);
bool cn_trace_assign(cn_tensor *variable, cn_tensor *value);

/* Where this thread's assignments stand now. When what follows has come to an end, it is settled:
 * unless that was well, it has assigned nothing. Both return whether all is well; a mark that
 * failed is not settled. */
typedef struct cn_trace_point {
    cn_list *variables, *values; /* held */
} cn_trace_point;
bool cn_trace_mark(cn_trace_point *point);
bool cn_trace_settle(cn_trace_point *point, bool ok);

/* This thread's eager assignments; NULL or empty when there are none. */
cn_trace *cn_trace_eager(void);
void cn_trace_clear(cn_trace *trace);
/* Computes what this thread's eager code assigned to variables (src/plan/eager.c); quick when there
 * is nothing. */
bool cn_finish_assignments(void);

#endif
