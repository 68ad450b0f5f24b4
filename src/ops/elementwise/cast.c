/* x in another dtype. keras.ops.cast
 *
 * While layers of a mixed policy are called, what comes out in bfloat16 is computed in float32 and
 * cast at the end, loosely: an op of such a layer that needs it takes what it was before. A chain
 * of layers then is the graph that it would be in float32, and casts that nobody looks at go. */
#include "backend/cpu/loops/loops.h"
#include "ops/ops.h"

typedef struct cast_attrs {
    int32_t from, to; /* what cn_loop_cast's loops expect first */
    int32_t loose;
} cast_attrs;

static bool cast_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = (cn_dtype)CN_ATTRS(cast_attrs, node)->to;
    return true;
}

static bool cast_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    if (cn_dtype_is_float(node->inputs[0]->dtype) && cn_dtype_is_float(node->dtype))
        dx[0] = cn_cast(dy[0], node->inputs[0]->dtype);
    return true;
}

static cn_loop_kernel cast_loop(const cn_tensor *node)
{
    return cn_loop_cast(node->inputs[0]->dtype, node->dtype);
}

const cn_op cn_op_cast = {.name = "cast",
                          .traits = CN_ELEMENTWISE | CN_TAME,
                          .attrs = sizeof(cast_attrs),
                          .infer = cast_infer,
                          .vjp = cast_vjp,
                          .loop = cast_loop};

/* ---- loosely ---- */

static _Thread_local bool loose;

static bool is_loose(const cn_tensor *x)
{
    return x->op == &cn_op_cast && CN_ATTRS(cast_attrs, x)->loose;
}

/* What takes bfloat16 as it is, such as a reshape: the same of what its inputs were before. */
static cn_tensor *of_floats(cn_tensor *made)
{
    enum { MOST = 16 };
    cn_tensor *inputs[MOST], *y;
    bool any = false;
    for (int i = 0; i < made->n_inputs; i++)
        any |= is_loose(made->inputs[i]);
    if (!any || made->dtype != CN_BFLOAT16 || made->results || made->n_inputs > MOST ||
        made->op->traits & CN_IMPURE || cn_extras_of(made->op)->bodies)
        return made;
    for (int i = 0; i < made->n_inputs; i++) {
        cn_tensor *x = made->inputs[i];
        inputs[i] = x->dtype == CN_BFLOAT16 ? cn_cast(x, CN_FLOAT32) : x;
    }
    y = cn_apply(made->op, inputs, made->n_inputs, made->attrs);
    return y && y->dtype != CN_FLOAT32 ? made : cn_cast(y, CN_BFLOAT16);
}

bool cn_cast_loosely(bool on)
{
    bool before = loose;
    loose = on;
    cn_apply_then(on ? of_floats : NULL);
    return before;
}

/* ---- the door ---- */

cn_tensor *cn_cast(cn_tensor *x, cn_dtype dtype)
{
    if (!x || (x->dtype == dtype && !x->weak))
        return cn_unchanged(x);
    if (dtype == CN_NO_DTYPE)
        return cn_fail_null(CN_EINVAL, "cn_cast: expected a dtype, found none");
    if (loose && dtype == CN_FLOAT32 && is_loose(x))
        return cn_unchanged(x->inputs[0]);
    bool narrows = x->dtype == CN_FLOAT32 && dtype == CN_BFLOAT16;
    cast_attrs attrs = {x->dtype, dtype, loose && narrows};
    if (x->op == &cn_op_constant && !x->shape.rank && !x->origin) { /* a number: at once */
        cn_buffer *buffer = cn_buffer_new(cn_dtype_size(dtype));
        if (buffer)
            cn_loop_cast(x->dtype, dtype)(buffer->data, &(const void *){x->value->data}, 1, &attrs);
        return cn_constant(buffer, CN_SCALAR, dtype);
    }
    return x->dtype == dtype ? x : cn_apply1(&cn_op_cast, x, &attrs);
}
