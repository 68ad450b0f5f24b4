/* Traced functions: a body of ops, run once for each signature of its inputs (shapes, dtypes and a
 * variant, such as "training") to get its graph, whose plan then serves every call of that
 * signature. */
#ifndef CN_PLAN_TRACED_H
#define CN_PLAN_TRACED_H

#include "plan/plan.h"

/* Appends the results of one call to `outputs`; assignments to variables become part of the plan.
 * False with an error recorded on failure. */
typedef bool (*cn_traced_body)(void *user, const cn_list *inputs, int variant, cn_list *outputs);

typedef struct cn_traced cn_traced;

/* Owned: cn_traced_free. `external_outputs` as in a plan's request. */
cn_traced *cn_traced_new(cn_traced_body body, void *user, bool external_outputs);
void cn_traced_free(cn_traced *traced);
/* The plan for inputs like these, traced if it is new; borrowed, good until the next call with
 * another signature has pushed it out (the last 16 are kept) or the function is freed. Safe from
 * several threads. */
cn_plan *cn_traced_plan(cn_traced *traced, const cn_view *inputs, size_t n, int variant);
/* One call by a run that the caller keeps between calls of one signature: begin, execute, end. */
/* What a traced body took for constant has changed: all functions are traced anew when they are
 * called next. The count of such changes, for those who keep a plan. */
void cn_plans_outdated(void);
unsigned long cn_plans_age(void);
/* The bytes of its plans' largest arena; NULL has none. */
size_t cn_traced_arena(cn_traced *traced);
size_t cn_traced_count(const cn_traced *traced); /* signatures so far, for tests */

#endif
