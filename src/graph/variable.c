/* Variables: leaves with a buffer of their own, and assignment to them. */
#include <string.h>

#include "base/alloc.h"
#include "graph/shape.h"
#include "graph/tensor.h"
#include "graph/trace.h"
#include "ops/ops.h"

cn_tensor *cn_variable_make(const char *name, cn_shape shape, cn_dtype dtype, bool trainable)
{
    int64_t size = cn_shape_size(shape);
    size_t bytes;
    if (size < 0 || !cn_size_mul((size_t)size, cn_dtype_size(dtype), &bytes))
        return cn_fail_null(CN_EINVAL, "variable '%s': expected a known shape, found %s", name,
                            cn_shape_text(shape));
    cn_tensor *tensor = cn_placeholder(shape, dtype, false);
    cn_variable_state *state = tensor ? cn_mem_calloc(1, sizeof *state) : NULL;
    if (!state)
        return NULL;
    tensor->op = &cn_op_variable;
    tensor->variable = state;
    state->trainable = trainable;
    state->learning_rate_multiplier = 1;
    state->name = cn_mem_strdup(name);
    state->path = cn_mem_strdup(name);
    cn_scope_begin(); /* the variable alone holds its buffer */
    state->buffer = cn_retain(cn_buffer_new(bytes));
    cn_scope_end();
    if (!state->name || !state->path || !state->buffer)
        return NULL;
    memset(state->buffer->data, 0, bytes);
    return tensor;
}

cn_tensor *cn_variable_new(const cn_variable_options *o)
{
    if (!o->value)
        return NULL;
    cn_dtype dtype = o->dtype ? o->dtype : o->value->dtype;
    const void *data = cn_data(cn_cast(o->value, dtype));
    cn_tensor *variable =
        data ? cn_variable_make(o->name, cn_shape_of(o->value), dtype, o->trainable) : NULL;
    return variable && cn_set_data(variable, data) ? variable : NULL;
}

static bool expect_variable(const cn_tensor *tensor, const char *who)
{
    if (!tensor)
        return false;
    return tensor->variable ||
           cn_fail(CN_EINVAL, "%s: expected a variable, found the result of '%s'", who,
                   tensor->op->name);
}

/* The value of a variable, or of a view of one, is copied: the variable may be written before it is
 * read. */
static cn_tensor *apart(cn_tensor *value)
{
    const cn_tensor *base = value;
    while (base && base->op->traits & CN_VIEW)
        base = base->inputs[0];
    return base && base->variable ? cn_copy(value) : value;
}

cn_tensor *cn_assign_(cn_tensor *variable, cn_tensor *value)
{
    if (!variable || !value || !expect_variable(variable, "cn_assign"))
        return NULL;
    if (!cn_shape_matches(value->shape, variable->shape))
        return cn_fail_null(
            CN_EINVAL, "cn_assign: variable '%s' has shape %s, found a value of shape %s",
            variable->variable->path, cn_shape_text(variable->shape), cn_shape_text(value->shape));
    value = apart(cn_cast(cn_trace_read(value), variable->dtype));
    return value && cn_trace_assign(variable, value) ? value : NULL;
}

void cn_variable_put(cn_variable_state *variable, cn_buffer *buffer)
{
    cn_replace(&variable->buffer, buffer);
}

bool cn_variable_own(cn_variable_state *variable)
{
    cn_buffer *old = variable->buffer;
    if (!old->owner && atomic_load_explicit(&old->object.refs, memory_order_acquire) == 1)
        return true;
    cn_scope_begin(); /* or the scope would hold the new buffer too */
    cn_buffer *own = cn_buffer_new(old->size);
    if (own) {
        memcpy(own->data, old->data, old->size);
        cn_variable_put(variable, own);
    }
    cn_scope_end();
    return own != NULL;
}

bool cn_set_data(cn_tensor *variable, const void *data)
{
    if (!data || !expect_variable(variable, "cn_set_data") || !cn_variable_own(variable->variable))
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
