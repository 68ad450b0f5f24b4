/* Variables: leaves with a buffer of their own. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/tensor.h"
#include "graph/trace.h"

cn_tensor *cn_variable_make_(const char *name, const cn_shape *shape, cn_dtype dtype,
                             bool trainable)
{
    int64_t size = cn_shape_size(*shape);
    size_t bytes;
    if (size < 0 || !cn_size_mul((size_t)size, cn_dtype_size(dtype), &bytes))
        return cn_fail_null(CN_EINVAL, "variable '%s': expected a known shape, found %s", name,
                            cn_shape_text(*shape));
    cn_tensor *tensor = cn_placeholder(*shape, dtype, false);
    cn_variable_state *state = tensor ? cn_mem_calloc(1, sizeof *state) : NULL;
    if (!state)
        return NULL;
    tensor->op = &cn_op_variable;
    tensor->variable = state;
    state->trainable = state->born_trainable = trainable;
    state->learning_rate_multiplier = 1;
    state->name = cn_mem_strdup(name);
    state->path = cn_mem_strdup(name);
    cn_scope_begin(); /* the variable alone holds its buffer */
    state->buffer = cn_retain(cn_buffer_zeros(bytes));
    cn_scope_close();
    if (!state->name || !state->path || !state->buffer)
        return NULL;
    return tensor;
}

bool cn_expect_variable(const cn_tensor *tensor, const char *who)
{
    if (!tensor)
        return false;
    return tensor->variable ||
           cn_fail(CN_EINVAL, "%s: expected a variable, found the result of '%s'", who,
                   tensor->op->name);
}

void cn_variable_put(cn_variable_state *variable, cn_buffer *buffer)
{
    cn_replace(&variable->buffer, buffer);
    variable->changes++;
}

void cn_variable_fill(cn_variable_state *variable, cn_buffer *buffer)
{
    cn_buffer *own = variable->buffer;
    if (!own->shelf) {
        cn_variable_put(variable, buffer);
        return;
    }
    memcpy(own->data, buffer->data, own->size);
    variable->changes++;
}

bool cn_variable_own(cn_variable_state *variable)
{
    cn_buffer *old = variable->buffer;
    variable->changes++;
    if (!old->owner && atomic_load_explicit(&old->object.refs, memory_order_acquire) == 1)
        return true;
    cn_scope_begin(); /* or the scope would hold the new buffer too */
    cn_buffer *own = cn_buffer_new(old->size);
    if (own) {
        memcpy(own->data, old->data, old->size);
        cn_variable_put(variable, own);
    }
    cn_scope_close();
    return own != NULL;
}

bool cn_set_data(cn_tensor *variable, const void *data)
{
    /* what was assigned before must not come after it */
    if (!data || !cn_expect_variable(variable, "cn_set_data") || !cn_finish_assignments() ||
        !cn_variable_own(variable->variable))
        return false;
    memmove(variable->variable->buffer->data, data, variable->variable->buffer->size);
    return true;
}

bool cn_is_variable(const cn_tensor *tensor)
{
    return tensor && tensor->variable;
}

const char *cn_variable_name(const cn_tensor *variable)
{
    return cn_is_variable(variable) ? variable->variable->name : NULL;
}

const char *cn_variable_path(const cn_tensor *variable)
{
    return cn_is_variable(variable) ? variable->variable->path : NULL;
}

bool cn_variable_trainable(const cn_tensor *variable)
{
    return cn_is_variable(variable) && variable->variable->trainable;
}
