/* Bodies at run time: their plans, by the shapes of their parameters. */
#include <string.h>

#include "base/alloc.h"
#include "graph/body.h"
#include "plan/cache.h"

enum { KEPT = 64 }; /* a loop that grows something has other shapes in each turn */

struct cn_body_plans {
    cn_object object;
    cn_body *body;
    cn_plan_cache *cache;
    size_t fixed;
};

static void destroy_plans(void *self)
{
    cn_body_plans *plans = self;
    cn_plan_cache_free(plans->cache);
    cn_release(plans->body);
}

static const cn_kind plans_kind = {"body plans", destroy_plans};

static cn_plan *plan_of(const cn_body *body, size_t fixed)
{
    return cn_plan_build(&(cn_plan_request){.inputs = (cn_tensor *const *)body->params->items,
                                            .n_inputs = body->params->count,
                                            .n_fixed = fixed,
                                            .outputs = (cn_tensor *const *)body->results->items,
                                            .n_outputs = body->results->count,
                                            .external_outputs = true});
}

static cn_plan *plan_for(const cn_body_plans *plans, const cn_view *views, size_t n)
{
    cn_shape *shapes = cn_mem_calloc(n, sizeof *shapes);
    for (size_t i = 0; shapes && i < n; i++) {
        shapes[i].rank = views[i].rank;
        memcpy(shapes[i].dim, views[i].dim, sizeof shapes[i].dim);
    }
    cn_body *fitting = shapes ? cn_body_for(plans->body, shapes) : NULL;
    cn_mem_free(shapes);
    return fitting ? plan_of(fitting, plans->fixed) : NULL;
}

/* What is applied again here belongs to no one's trace; nor may the end of the scope compute what
 * eager code has assigned, in the middle of a plan. */
static cn_plan *make(void *user, const cn_view *views, size_t n, int variant)
{
    (void)variant;
    cn_trace trace;
    cn_plan *plan = NULL;
    if (!cn_trace_begin(&trace))
        return NULL;
    CN_SCOPE {
        plan = cn_retain(plan_for(user, views, n));
    }
    cn_trace_end(&trace);
    cn_trace_free(&trace);
    return plan;
}

cn_body_plans *cn_body_plans_new(cn_body *body, size_t fixed)
{
    cn_body_plans *plans = body ? cn_object_new(&plans_kind, sizeof *plans) : NULL;
    if (!plans)
        return NULL;
    plans->body = cn_retain(body);
    plans->fixed = fixed;
    plans->cache = cn_plan_cache_new(KEPT, make, plans);
    return plans->cache ? plans : NULL;
}

cn_plan *cn_body_plan_for(cn_body_plans *plans, const cn_view *params, size_t n)
{
    return cn_plan_cache_get(plans->cache, params, n, 0);
}
