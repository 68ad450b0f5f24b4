/* Making variables and assigning to them. keras.Variable */
#include "graph/trace.h"
#include "ops/ops.h"

cn_tensor *cn_variable_new(const cn_variable_options *o)
{
    if (!o->value)
        return NULL;
    cn_dtype dtype = o->dtype ? o->dtype : o->value->dtype;
    const void *data = cn_data(cn_cast(o->value, dtype));
    cn_shape shape = cn_shape_of(o->value);
    cn_tensor *variable = data ? cn_variable_make(o->name, shape, dtype, o->trainable) : NULL;
    return variable && cn_set_data(variable, data) ? variable : NULL;
}

/* In a trace a variable that was not assigned yet reads as itself, and would read as its new value
 * later: a view of it keeps what it is now. */
cn_tensor *cn_value_now(cn_tensor *variable)
{
    cn_tensor *now = cn_trace_read(variable);
    return now && now == variable ? cn_stop_gradient(variable) : now;
}

cn_tensor *cn_unchanged(cn_tensor *x)
{
    return x && x->variable ? cn_regroup(x, x->shape) : x;
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
    if (!variable || !value || !cn_expect_variable(variable, "cn_assign"))
        return NULL;
    if (!cn_shape_matches(value->shape, variable->shape))
        return cn_fail_null(
            CN_EINVAL, "cn_assign: variable '%s' has shape %s, found a value of shape %s",
            variable->variable->path, cn_shape_text(variable->shape), cn_shape_text(value->shape));
    value = apart(cn_cast(cn_trace_read(value), variable->dtype));
    return value && cn_trace_assign(variable, value) ? value : NULL;
}

cn_tensor *cn_assign_add_(cn_tensor *variable, cn_tensor *value)
{
    return cn_expect_variable(variable, "cn_assign_add")
               ? cn_assign_(variable, cn_add(variable, value))
               : NULL;
}

cn_tensor *cn_assign_sub_(cn_tensor *variable, cn_tensor *value)
{
    return cn_expect_variable(variable, "cn_assign_sub")
               ? cn_assign_(variable, cn_sub(variable, value))
               : NULL;
}
