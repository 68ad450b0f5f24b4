/* Looking at values: what has not been computed is planned, run once, and kept with the tensor.
 * Assignments that wait are computed with it. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "backend/cpu/loops/loops.h"
#include "graph/shape.h"
#include "graph/trace.h"
#include "graph/walk.h"
#include "plan/internal.h"

/* The tensors of a list that have to be computed, each once. */
static cn_list *missing(const cn_list *tensors)
{
    cn_list *list = tensors ? cn_list_new() : NULL;
    for (size_t i = 0; list && i < tensors->count; i++) {
        cn_tensor *tensor = cn_trace_read(tensors->items[i]);
        if (!tensor)
            return NULL;
        if (tensor->value || tensor->variable)
            continue;
        bool twice = false;
        for (size_t k = 0; k < list->count && !twice; k++)
            twice = list->items[k] == tensor;
        if (!twice && !cn_list_add(list, tensor))
            return NULL;
    }
    return list;
}

/* The first input that `tensor` depends on, for the message. */
static bool refuse_symbolic(const cn_tensor *tensor)
{
    if (!tensor->symbolic)
        return true;
    return cn_fail(
        CN_ESTATE,
        "a tensor that depends on a cn_input cannot be looked at (the result of '%s', shape "
        "%s): call the model on data instead",
        tensor->op->name, cn_shape_text(tensor->shape));
}

static cn_buffer **make_buffers(const cn_list *outputs, void **data)
{
    cn_buffer **buffers = cn_mem_calloc(outputs->count, sizeof *buffers);
    for (size_t i = 0; buffers && i < outputs->count; i++) {
        const cn_tensor *tensor = outputs->items[i];
        buffers[i] =
            cn_buffer_new((size_t)cn_shape_size(tensor->shape) * cn_dtype_size(tensor->dtype));
        if (!buffers[i]) {
            cn_mem_free(buffers);
            return NULL;
        }
        data[i] = buffers[i]->data;
    }
    return buffers;
}

static bool run_once(cn_plan *plan, const cn_list *outputs)
{
    cn_plan_run *run = cn_plan_begin(plan);
    void **data = cn_mem_calloc(outputs->count, sizeof *data);
    cn_buffer **buffers = data ? make_buffers(outputs, data) : NULL;
    bool ok = run && buffers && cn_plan_run_steps(run, NULL, data);
    for (size_t i = 0; ok && i < outputs->count; i++) {
        if (!cn_plan_output_is_external(plan, i))
            memcpy(data[i], cn_plan_output(run, i)->data, buffers[i]->size);
        ((cn_tensor *)outputs->items[i])->value = cn_retain(buffers[i]);
    }
    cn_plan_end(plan, run);
    cn_mem_free(data);
    cn_mem_free(buffers);
    return ok;
}

/* Variables take over the memory of what was assigned to them. */
static void deliver(cn_trace *pending)
{
    for (size_t i = 0; i < pending->variables->count; i++) {
        cn_tensor *variable = pending->variables->items[i], *value = pending->values->items[i];
        cn_variable_put(variable->variable, value->value);
    }
}

bool cn_compute(const cn_list *tensors)
{
    if (!tensors)
        return false;
    cn_trace *pending = cn_tracing() ? NULL : cn_trace_eager();
    bool assigned = pending && pending->variables && pending->variables->count;
    cn_list *outputs = missing(assigned ? cn_list_concat(tensors, pending->values) : tensors);
    if (!outputs)
        return false;
    for (size_t i = 0; i < outputs->count; i++)
        if (!refuse_symbolic(outputs->items[i]))
            return false;
    bool ok = true;
    if (outputs->count) {
        cn_plan *plan =
            cn_plan_build(&(cn_plan_request){.outputs = (cn_tensor *const *)outputs->items,
                                             .n_outputs = outputs->count,
                                             .quick = true,
                                             .external_outputs = true});
        ok = plan && run_once(plan, outputs);
    }
    if (assigned && ok)
        deliver(pending);
    if (assigned)
        cn_trace_clear(pending);
    return ok;
}

bool cn_finish_assignments(void)
{
    cn_trace *pending = cn_trace_eager();
    return !pending->variables || !pending->variables->count || cn_tracing() ||
           cn_compute(cn_list_new());
}

static void at_end_of_scope(void)
{
    cn_finish_assignments();
}

__attribute__((constructor)) static void watch_scopes(void)
{
    cn_scope_on_end(at_end_of_scope);
}

const void *cn_data(cn_tensor *tensor)
{
    cn_tensor *now = cn_trace_read(tensor);
    if (!now)
        return NULL;
    if (now->variable) /* inside a trace: what it was before */
        return now->variable->buffer->data;
    if (!now->value && !cn_compute(cn_list_of(now)))
        return NULL;
    return now->value->data;
}

const float *cn_floats(cn_tensor *tensor)
{
    if (tensor && tensor->dtype != CN_FLOAT32)
        return cn_fail_null(CN_EINVAL, "cn_floats: expected float32, found %s",
                            cn_dtype_name(tensor->dtype));
    return cn_data(tensor);
}

double cn_item(cn_tensor *tensor)
{
    if (!tensor)
        return NAN;
    if (cn_shape_known(tensor->shape) && cn_shape_size(tensor->shape) != 1) {
        cn_fail(CN_EINVAL, "cn_item: expected a tensor of one element, found shape %s",
                cn_shape_text(tensor->shape));
        return NAN;
    }
    const void *data = cn_data(tensor);
    if (!data)
        return NAN;
    double value;
    int32_t attrs[2] = {tensor->dtype, CN_FLOAT64};
    cn_loop_cast(tensor->dtype, CN_FLOAT64)(&value, &data, 1, attrs);
    return value;
}
