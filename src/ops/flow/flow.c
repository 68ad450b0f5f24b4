#include "ops/flow/flow.h"

#include <stdarg.h>
#include <string.h>

#include "base/alloc.h"
#include "plan/eager/interned.h"

enum { ALIGN = 64 };

cn_list *cn_flow_list(const cn_tensors *tensors, const cn_list *list)
{
    /* the first NULL may be what failed: then the user's function must not be called without it */
    cn_list *made = list || !cn_error_code() ? cn_list_new() : NULL;
    size_t n = list ? list->count : CN_MAX_TENSORS;
    for (size_t i = 0; made && i < n && (list || tensors->t[i]); i++) {
        if (!cn_list_add(made, list ? list->items[i] : tensors->t[i]))
            return NULL;
    }
    return made;
}

static bool is_tuple(const cn_tensor *tensor)
{
    return tensor && tensor->op == &cn_op_tuple;
}

cn_list *cn_flow_flatten(const cn_list *values, int **parts)
{
    cn_list *flat = values ? cn_list_new() : NULL;
    int *counts = flat && parts ? cn_mem_calloc(values->count, sizeof *counts) : NULL;
    bool ok = flat && (counts || !parts);
    for (size_t i = 0; ok && i < values->count; i++) {
        cn_tensor *one = values->items[i];
        int n = is_tuple(one) ? one->n_inputs : 1;
        for (int k = 0; ok && k < n; k++)
            ok = cn_list_add(flat, cn_trace_read(is_tuple(one) ? one->inputs[k] : one));
        if (ok && counts)
            counts[i] = n;
    }
    if (!ok) {
        cn_mem_free(counts);
        return NULL;
    }
    if (parts)
        *parts = counts;
    return flat;
}

cn_list *cn_flow_regroup(const cn_list *flat, const int *parts, size_t count)
{
    cn_list *list = flat ? cn_list_new() : NULL;
    size_t at = 0;
    for (size_t i = 0; list && i < count; i++) {
        cn_list *group = cn_list_make(flat->items + at, (size_t)parts[i]);
        at += (size_t)parts[i];
        if (!cn_list_add(list, cn_tuple(group)))
            return NULL;
    }
    return list;
}

cn_body *cn_flow_body(const cn_list *params, const cn_list *results)
{
    return cn_body_interned(cn_body_new(params, results));
}

cn_list *cn_flow_join(int count, ...)
{
    va_list lists;
    va_start(lists, count);
    cn_list *all = cn_list_new();
    for (int i = 0; all && i < count; i++) {
        const cn_list *one = va_arg(lists, const cn_list *);
        all = one ? cn_list_concat(all, one) : NULL;
    }
    va_end(lists);
    return all;
}

static bool fits(cn_shape value, cn_shape wanted, const cn_shape *open)
{
    if (!open)
        return cn_shape_equal(value, wanted) ||
               (cn_shape_matches(wanted, value) && cn_shape_matches(value, wanted));
    return value.rank == open->rank &&
           (cn_shape_matches(*open, value) || cn_shape_matches(value, *open));
}

cn_list *cn_flow_match(const cn_list *values, const cn_list *tensors, const cn_shape *open,
                       const char *who)
{
    if (!values || !tensors)
        return NULL;
    if (values->count != tensors->count)
        return cn_fail_null(CN_EINVAL, "%s: expected %zu values, one for each variable, found %zu",
                            who, tensors->count, values->count);
    cn_list *list = cn_list_new();
    for (size_t i = 0; list && i < values->count; i++) {
        cn_tensor *value = values->items[i];
        const cn_tensor *tensor = tensors->items[i];
        if (value && value->weak)
            value = cn_cast(value, tensor->dtype);
        if (!value)
            return NULL;
        if (!fits(value->shape, tensor->shape, open ? &open[i] : NULL))
            return cn_fail_null(
                CN_EINVAL, "%s: variable %zu has shape %s, but shape %s after a turn%s", who, i,
                cn_shape_text(tensor->shape), cn_shape_text(value->shape),
                open || strcmp(who, "cn_while_loop") ? "" : "; shape_invariants may let it change");
        if (value->dtype != tensor->dtype)
            return cn_fail_null(CN_EINVAL, "%s: variable %zu is %s, but %s after a turn", who, i,
                                cn_dtype_name(tensor->dtype), cn_dtype_name(value->dtype));
        if (!cn_list_add(list, value))
            return NULL;
    }
    return list;
}

bool cn_flow_gave(const cn_caller *before, const void *value, const char *what)
{
    cn_caller_again(before);
    return value || (!cn_error_code() && cn_fail(CN_EINVAL, "%s gave NULL", what));
}

bool cn_flow_assign(const cn_list *variables, const cn_list *values, size_t first)
{
    for (size_t i = 0; i < variables->count; i++)
        if (!cn_assign((cn_tensor *)variables->items[i], (cn_tensor *)values->items[first + i]))
            return false;
    return true;
}

static size_t round_up(size_t bytes)
{
    return (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

size_t cn_flow_bytes(const cn_tensor *tensor)
{
    int64_t size = cn_shape_size(tensor->shape);
    return size > 0 ? round_up((size_t)size * cn_dtype_size(tensor->dtype)) : 0;
}

/* ---- running ---- */

bool cn_flow_begin(cn_flow_run *flow, cn_plan *plan)
{
    *flow = (cn_flow_run){.plan = plan, .run = cn_plan_begin(plan)};
    return flow->run != NULL;
}

bool cn_flow_step(cn_flow_run *flow, const void *const *inputs, void *const *outputs)
{
    if (!cn_plan_run_steps(flow->run, inputs, outputs))
        return false;
    size_t n = cn_plan_output_count(flow->plan);
    for (size_t i = 0; i < n; i++) {
        if (cn_plan_output_is_external(flow->plan, i))
            continue;
        const cn_view *view = cn_plan_output(flow->run, i);
        if (outputs[i] != view->data)
            memcpy(outputs[i], view->data, (size_t)view->size * cn_dtype_size(view->dtype));
    }
    return true;
}

/* ---- into a kernel's results ---- */

static size_t view_bytes(const cn_view *view)
{
    return (size_t)view->size * cn_dtype_size(view->dtype);
}

static cn_shape view_shape(const cn_view *view)
{
    cn_shape shape = {.rank = view->rank};
    memcpy(shape.dim, view->dim, sizeof shape.dim);
    return shape;
}

/* Where result i goes; NULL for one of which only running tells how large it is. */
static bool aim(const cn_flow_run *flow, const cn_kernel_args *args, int i, void **output,
                char **unwanted)
{
    const cn_view *out = &args->out[i];
    if (out->size >= 0) {
        *output = out->data ? out->data : *unwanted;
        if (!out->data)
            *unwanted += round_up(view_bytes(out));
        return true;
    }
    if (cn_plan_output_is_late(flow->plan, (size_t)i)) {
        *output = NULL;
        return true;
    }
    *output = cn_result_room(args, i, view_shape(cn_plan_output(flow->run, (size_t)i)));
    return *output;
}

bool cn_flow_step_into(cn_flow_run *flow, const void *const *inputs, const cn_kernel_args *args,
                       void **outputs, void *unwanted)
{
    char *place = unwanted;
    for (int i = 0; i < args->n_out; i++)
        if (!aim(flow, args, i, &outputs[i], &place))
            return false;
    if (!cn_plan_run_steps(flow->run, inputs, outputs))
        return false;
    for (int i = 0; i < args->n_out; i++) {
        if (cn_plan_output_is_external(flow->plan, (size_t)i))
            continue;
        const cn_view *view = cn_plan_output(flow->run, (size_t)i);
        if (!outputs[i] && !(outputs[i] = cn_result_room(args, i, view_shape(view))))
            return false;
        memcpy(outputs[i], view->data, view_bytes(view));
    }
    return true;
}

size_t cn_flow_scratch(const cn_tensor *node)
{
    size_t bytes = 0;
    int results = node->results ? node->results->count : 1;
    for (int i = 0; i < results; i++) {
        int64_t size = cn_shape_size(*(node->results ? &node->results->shape[i] : &node->shape));
        cn_dtype dtype = node->results ? node->results->dtype[i] : node->dtype;
        if (size > 0)
            bytes += round_up((size_t)size * cn_dtype_size(dtype));
    }
    return bytes + (size_t)(node->n_inputs + results) * sizeof(void *);
}

void cn_flow_end(cn_flow_run *flow)
{
    cn_plan_end(flow->plan, flow->run);
}

cn_plan *cn_flow_plan(cn_body *body, const cn_shape *shapes, size_t fixed)
{
    size_t n = body->params->count;
    cn_body_plans *plans = cn_body_plans_new(body, fixed);
    cn_view *views = plans ? cn_mem_calloc(n, sizeof *views) : NULL;
    for (size_t i = 0; views && i < n; i++)
        views[i] = cn_view_of(NULL, ((const cn_tensor *)body->params->items[i])->dtype, shapes[i]);
    cn_plan *plan = views ? cn_body_plan_for(plans, views, n) : NULL;
    cn_mem_free(views);
    cn_list *owner = plan ? cn_list_of(plan) : NULL; /* the scope's from here on */
    cn_release(plan);
    return owner ? plan : NULL;
}
