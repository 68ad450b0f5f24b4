/* The turns of a loop inside of a kernel. Each variable has two places in memory, which the turns
 * use alternately and which grow with what they hold. */
#include <stdatomic.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/flow/while_loop.h"

static atomic_int_fast64_t limit;

void cn_set_loop_limit(int64_t turns)
{
    atomic_store(&limit, turns < 0 ? 0 : turns);
}

int64_t cn_loop_limit(void)
{
    return atomic_load(&limit);
}

void *cn_turns_endless(int64_t turns)
{
    return cn_fail_null(
        CN_ESTATE, "cn_while_loop: still going after %lld turns, the limit of cn_set_loop_limit",
        (long long)turns);
}

bool cn_turns_begin(cn_turns *t, const cn_list *plans, const cn_view *in, int vars, int params,
                    int64_t maximum)
{
    *t = (cn_turns){.vars = vars, .params = params, .maximum = maximum};
    t->plans[0] = plans->items[0];
    t->plans[1] = plans->items[1];
    t->views = cn_mem_calloc((size_t)params, sizeof *t->views);
    t->inputs = cn_mem_calloc((size_t)params, sizeof *t->inputs);
    t->outputs = cn_mem_calloc((size_t)vars + 1, sizeof *t->outputs);
    t->places = cn_mem_calloc(2 * (size_t)vars, sizeof *t->places);
    if (!t->views || !t->inputs || !t->outputs || !t->places)
        return false;
    for (int i = 0; i < params; i++) {
        t->views[i] = in[i];
        t->inputs[i] = in[i].data;
    }
    return true;
}

void cn_turns_end(cn_turns *t)
{
    for (int i = 0; t->places && i < 2 * t->vars; i++)
        cn_mem_free_aligned(t->places[i].data);
    cn_mem_free(t->places);
    cn_mem_free(t->views);
    cn_mem_free(t->inputs);
    cn_mem_free(t->outputs);
}

static bool begin(cn_turns *t, int which, cn_flow_run *flow)
{
    cn_plan *plan = cn_body_plan_for(t->plans[which], t->views, (size_t)t->params);
    if (plan && cn_flow_begin(flow, plan))
        return true;
    cn_release(plan);
    return false;
}

static void end(cn_flow_run *flow)
{
    cn_flow_end(flow);
    cn_release(flow->plan);
}

int cn_turns_more(cn_turns *t)
{
    bool more = false;
    cn_flow_run flow;
    if (t->maximum && t->turn >= t->maximum)
        return 0;
    if (cn_loop_limit() && t->turn >= cn_loop_limit()) {
        cn_turns_endless(t->turn);
        return -1;
    }
    if (!begin(t, 0, &flow))
        return -1;
    bool ok = cn_flow_step(&flow, t->inputs, (void *[]){&more});
    end(&flow);
    return ok ? more : -1;
}

/* Memory for a variable's next value. */
static void *place_for(cn_turns *t, int i, size_t bytes)
{
    struct cn_turn_place *place = &t->places[2 * i + t->turn % 2];
    if (place->data && place->size >= bytes)
        return place->data;
    size_t size = bytes > 2 * place->size ? bytes : 2 * place->size;
    void *data = cn_mem_alloc_aligned(size);
    if (!data)
        return NULL;
    cn_mem_free_aligned(place->data);
    *place = (struct cn_turn_place){data, size};
    return data;
}

static size_t bytes_of(const cn_view *view)
{
    return (size_t)view->size * cn_dtype_size(view->dtype);
}

/* Where the plan shall write variable i: nowhere yet, where only running tells how large it is. */
static bool aim(cn_turns *t, const cn_flow_run *flow, int i)
{
    t->outputs[i] = NULL;
    if (cn_plan_output_is_late(flow->plan, (size_t)i))
        return true;
    t->outputs[i] = place_for(t, i, bytes_of(cn_plan_output(flow->run, (size_t)i)));
    return t->outputs[i];
}

static bool collect(cn_turns *t, const cn_flow_run *flow, int i)
{
    const cn_view *view = cn_plan_output(flow->run, (size_t)i);
    if (!t->outputs[i] && !(t->outputs[i] = place_for(t, i, bytes_of(view))))
        return false;
    if (!cn_plan_output_is_external(flow->plan, (size_t)i))
        memcpy(t->outputs[i], view->data, bytes_of(view));
    t->views[i] = *view;
    return true;
}

bool cn_turns_step(cn_turns *t)
{
    cn_flow_run flow;
    if (!begin(t, 1, &flow))
        return false;
    bool ok = true;
    for (int i = 0; ok && i < t->vars; i++)
        ok = aim(t, &flow, i);
    ok = ok && cn_plan_run_steps(flow.run, t->inputs, t->outputs);
    for (int i = 0; ok && i < t->vars; i++)
        ok = collect(t, &flow, i);
    end(&flow);
    for (int i = 0; ok && i < t->vars; i++)
        t->views[i].data = (void *)(t->inputs[i] = t->outputs[i]);
    t->turn++;
    return ok;
}
