/* The same values again and again, or moved round. keras.ops.tile, repeat, roll */
#include "ops/ops.h"
#include "graph/form.h"

#include <string.h>

#include "ops/movement/strided_copy.h"

static const int64_t most = (int64_t)1 << 40; /* repeats */

/* x (…, d, …) broadcast along a new axis of size n before `at`, which is then merged with the old
 * axis `axis`. Where x has no room for another axis the others are merged first. */
static cn_tensor *again(cn_tensor *x, int64_t n, int axis, bool whole)
{
    if (!x || n == 1)
        return cn_unchanged(x);
    int rank = x->shape.rank;
    if (rank == CN_MAX_RANK) {
        cn_shape three = {3, {1, x->shape.dim[axis], 1}}, back = x->shape;
        for (int i = 0; i < rank; i++)
            if (i != axis && x->shape.dim[i] >= 0)
                three.dim[i < axis ? 0 : 2] *= x->shape.dim[i];
        if (!cn_shape_known(x->shape))
            return cn_fail_null(CN_EUNSUPPORTED,
                                "not supported: repeating a tensor of %d axes with unknown "
                                "dimensions, found shape %s",
                                rank, cn_shape_text(x->shape));
        back.dim[axis] = cn_shape_size(cn_shape(back.dim[axis], n));
        return cn_reshape(again(cn_reshape(x, three), n, 1, whole), back);
    }
    int at = whole ? axis : axis + 1;
    cn_tensor *y = cn_expand_dims(x, at);
    cn_shape wide = y ? y->shape : CN_SCALAR, merged = cn_same_dims(rank + 1);
    wide.dim[at] = n;
    merged = cn_shape_remove(merged, axis);
    merged.dim[axis] = CN_ANY;
    return cn_regroup(cn_broadcast_to(y, wide), merged);
}

cn_tensor *cn_tile(cn_tensor *x, cn_dims repeats)
{
    if (!x)
        return NULL;
    for (int i = 0; i < CN_MAX_RANK; i++)
        if (repeats.d[i] < 0 || repeats.d[i] > most || (repeats.d[i] > 1 && i >= x->shape.rank))
            return cn_fail_null(CN_EINVAL,
                                "cn_tile: expected repeats of at least 0 for the %d axes of shape "
                                "%s, found %lld for axis %d",
                                x->shape.rank, cn_shape_text(x->shape), (long long)repeats.d[i], i);
    cn_tensor *y = x;
    for (int i = 0; i < x->shape.rank && y; i++)
        y = again(y, repeats.d[i], i, true);
    return CN_FORMED(y, "Tile", cn_list_of(x), "\"repeats\": %s",
                     cn_ints_text(repeats.d, x->shape.rank));
}

cn_tensor *cn_repeat(cn_tensor *x, int64_t repeats, int64_t axis)
{
    int at = 0;
    if (!x)
        return NULL;
    if (repeats < 0 || repeats > most)
        return cn_fail_null(CN_EINVAL, "cn_repeat: expected repeats of at least 0, found %lld",
                            (long long)repeats);
    if (axis != CN_UNSET && !cn_axis(axis, x->shape.rank, &at, "cn_repeat"))
        return NULL;
    bool flat = axis == CN_UNSET;
    cn_tensor *y = again(flat ? cn_reshape(x, cn_shape(CN_ANY)) : x, repeats, at, false);
    return CN_FORMED(y, "Repeat", cn_list_of(x), "\"repeats\": %lld, \"axis\": %s",
                     (long long)repeats, flat ? "null" : cn_fmt("%d", at));
}

/* ---- roll ---- */

typedef struct roll_attrs {
    int64_t shift, axis;
} roll_attrs;

static bool roll_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static bool roll_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const roll_attrs *attrs = CN_ATTRS(roll_attrs, node);
    dx[0] = cn_roll(dy[0], -attrs->shift, attrs->axis);
    return dx[0] != NULL;
}

/* Two blocks for each place in the outer axes: what moves on, and what comes round. */
static bool roll_run(const cn_kernel_args *args)
{
    const roll_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0];
    int64_t dim = x->dim[attrs->axis], inner = 1;
    if (!x->size)
        return true;
    for (int i = (int)attrs->axis + 1; i < x->rank; i++)
        inner *= x->dim[i];
    int64_t row = dim * inner, shift = (attrs->shift % dim + dim) % dim * inner;
    size_t size = cn_dtype_size(x->dtype);
    const char *from = x->data;
    char *to = args->out[0].data;
    cn_strided on = {2, {x->size / row, row - shift}, {row, 1}, {row, 1}}, round = on;
    round.dim[1] = shift;
    cn_strided_copy(from, to + (size_t)shift * size, &on, size);
    cn_strided_copy(from + (size_t)(row - shift) * size, to, &round, size);
    return true;
}

const cn_op cn_op_roll = {.name = "roll",
                          .attrs = sizeof(roll_attrs),
                          .infer = roll_infer,
                          .vjp = roll_vjp,
                          .run = roll_run};

cn_tensor *cn_roll(cn_tensor *x, int64_t shift, int64_t axis)
{
    int at;
    if (!x || !cn_axis(axis, x->shape.rank, &at, "cn_roll"))
        return NULL;
    if (shift <= -INT64_MAX)
        return cn_fail_null(CN_EINVAL, "cn_roll: a shift too large: %lld", (long long)shift);
    cn_tensor *y = shift ? cn_apply1(&cn_op_roll, x, &(roll_attrs){shift, at}) : cn_unchanged(x);
    return CN_FORMED(y, "Roll", cn_list_of(x), "\"shift\": %lld, \"axis\": %d", (long long)shift,
                     at);
}
