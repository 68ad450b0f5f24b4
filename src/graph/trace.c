#include "graph/trace.h"

#include <stdint.h>
#include <string.h>

static _Thread_local cn_trace eager;
static _Thread_local cn_trace *current;

static cn_trace *active(void)
{
    return current ? current : &eager;
}

/* The lists outlive the scopes of their making: hold them apart from any scope. */
static bool prepare(cn_trace *trace)
{
    if (trace->variables)
        return true;
    cn_list *variables = cn_list_new(), *values = cn_list_new();
    if (!variables || !values)
        return false;
    trace->variables = cn_retain(variables);
    trace->values = cn_retain(values);
    return true;
}

bool cn_trace_begin(cn_trace *trace)
{
    *trace = (cn_trace){.outer = current};
    if (!prepare(trace))
        return false;
    current = trace;
    return true;
}

bool cn_trace_begin_body(cn_trace *trace)
{
    if (!cn_trace_begin(trace))
        return false;
    trace->body = true;
    trace->stand_ins = cn_retain(cn_list_new());
    if (trace->stand_ins)
        return true;
    cn_trace_end(trace);
    cn_trace_free(trace);
    return false;
}

void cn_trace_end(cn_trace *trace)
{
    current = trace->outer;
}

void cn_trace_free(cn_trace *trace)
{
    cn_release(trace->variables);
    cn_release(trace->values);
    cn_release(trace->stand_ins);
    cn_map_free(&trace->index);
    *trace = (cn_trace){0};
}

bool cn_tracing(void)
{
    return current;
}

bool cn_tracing_body(void)
{
    for (const cn_trace *trace = current; trace; trace = trace->outer)
        if (trace->body)
            return true;
    return false;
}

/* 1 + the variable's place, or 0. The index may know places that were taken back. */
static size_t place_of(const cn_trace *trace, const cn_tensor *variable)
{
    size_t place = (uintptr_t)cn_map_get(&trace->index, variable);
    bool there =
        place && place <= trace->values->count && trace->variables->items[place - 1] == variable;
    return there ? place : 0;
}

cn_tensor *cn_trace_assigned(const cn_trace *trace, const cn_tensor *variable)
{
    size_t place = place_of(trace, variable);
    return place ? trace->values->items[place - 1] : NULL;
}

/* Eager code reads the value of now, whatever is assigned later. */
static cn_tensor *snapshot(cn_tensor *variable)
{
    cn_variable_state *state = variable->variable;
    if (state->snapshot && state->snapshot->value == state->buffer)
        return state->snapshot;
    cn_tensor *now = cn_constant(state->buffer, variable->shape, variable->dtype);
    if (now) {
        now->origin = cn_retain(variable);
        state->snapshot = now;
    }
    return now;
}

/* What a body reads of a variable that it has not assigned: one placeholder for all. */
static cn_tensor *stand_in(cn_trace *trace, cn_tensor *variable)
{
    for (size_t i = 0; i < trace->stand_ins->count; i++) {
        cn_tensor *one = trace->stand_ins->items[i];
        if (one->origin == variable)
            return one;
    }
    cn_tensor *made = cn_placeholder(variable->shape, variable->dtype, false);
    if (!made || !cn_list_add(trace->stand_ins, made))
        return NULL;
    made->origin = cn_retain(variable);
    return made;
}

cn_tensor *cn_trace_read(cn_tensor *tensor)
{
    while (tensor && tensor->op == &cn_op_tuple)
        tensor = tensor->inputs[0];
    if (!tensor || tensor->op != &cn_op_variable)
        return tensor;
    cn_trace *trace = current;
    for (; trace; trace = trace->outer) {
        cn_tensor *value = cn_trace_assigned(trace, tensor);
        if (value)
            return value;
        if (trace->body)
            return stand_in(trace, tensor);
    }
    if (current)
        return tensor;
    cn_tensor *value = cn_trace_assigned(&eager, tensor);
    return value ? value : snapshot(tensor);
}

bool cn_trace_assign(cn_tensor *variable, cn_tensor *value)
{
    cn_trace *trace = active();
    if (!prepare(trace))
        return false;
    size_t place = place_of(trace, variable);
    if (place) {
        cn_replace(&trace->values->items[place - 1], value);
        return true;
    }
    size_t n = trace->variables->count;
    if (cn_list_add(trace->variables, variable) && cn_list_add(trace->values, value) &&
        cn_map_put(&trace->index, variable, (void *)(uintptr_t)(n + 1)))
        return true;
    cn_list_cut(trace->variables, n);
    cn_list_cut(trace->values, n);
    return false;
}

bool cn_trace_mark(cn_trace_point *point)
{
    const cn_trace *trace = active();
    size_t n = trace->values ? trace->values->count : 0;
    *point = (cn_trace_point){.variables = cn_retain(trace->variables)};
    if (!n)
        return true;
    point->values = cn_retain(cn_list_make(trace->values->items, n));
    if (!point->values)
        cn_release(point->variables);
    return point->values;
}

bool cn_trace_settle(cn_trace_point *point, bool ok)
{
    cn_trace *trace = active();
    bool same = trace->variables == point->variables; /* else all before it has been computed */
    size_t n = same && point->values ? point->values->count : 0;
    for (size_t i = 0; i < n && !ok; i++)
        cn_replace(&trace->values->items[i], point->values->items[i]);
    if (!ok) {
        cn_list_cut(trace->variables, n);
        cn_list_cut(trace->values, n);
    }
    cn_release(point->variables);
    cn_release(point->values);
    return ok;
}

cn_trace *cn_trace_eager(void)
{
    return &eager;
}

void cn_trace_clear(cn_trace *trace)
{
    cn_trace_free(trace);
}
