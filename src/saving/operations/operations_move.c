/* Keras's operations that move elements of one tensor. keras.ops.numpy, nn */
#include <string.h>

#include "saving/operations/operation_rows.h"

#define CALL(id, expression)               \
    static cn_tensor *id(cn_operation *op) \
    {                                      \
        return expression;                 \
    }

static bool read_shape(cn_operation *op, const char *name, cn_shape *shape)
{
    *shape = CN_SCALAR;
    shape->rank = cn_op_ints(op, -1, name, shape->dim);
    return shape->rank >= 0;
}

static cn_tensor *reshape(cn_operation *op)
{
    cn_shape shape;
    return read_shape(op, "newshape", &shape) ? cn_reshape(X, shape) : NULL;
}

static cn_tensor *broadcast_to(cn_operation *op)
{
    cn_shape shape;
    return read_shape(op, "shape", &shape) ? cn_broadcast_to(X, shape) : NULL;
}

static cn_tensor *transpose(cn_operation *op)
{
    cn_tensor *x = X;
    cn_axes perm = CN_ALL_AXES;
    if (!cn_op_value(op, -1, "axes"))
        return cn_transpose_(x, perm);
    perm = (cn_axes){{0}};
    int n = cn_op_ints(op, -1, "axes", perm.d);
    if (x && n >= 0 && n != x->shape.rank)
        return cn_fail_null(CN_EINVAL, "Transpose: expected %d axes for shape %s, found %d",
                            x->shape.rank, cn_shape_text(x->shape), n);
    return n < 0 ? NULL : n ? cn_transpose_(x, perm) : x;
}

CALL(ravel, cn_reshape(X, cn_shape(CN_ANY)))
CALL(swapaxes, cn_swapaxes(X, cn_op_int(op, "axis1", 0), cn_op_int(op, "axis2", 1)))
CALL(tril, cn_tril(X, cn_op_int(op, "k", 0)))
CALL(triu, cn_triu(X, cn_op_int(op, "k", 0)))

/* All moved axes at once, in the order of their destinations. */
static cn_tensor *moveaxis(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t from[CN_MAX_RANK], to[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, "source", from), m = cn_op_ints(op, -1, "destination", to);
    int rank = cn_rank(x), perm[CN_MAX_RANK], source, place, next = 0;
    unsigned moved = 0;
    if (!x || n < 0 || n != m)
        return cn_fail_null(CN_EINVAL, "Moveaxis: as many destinations as sources");
    for (int i = 0; i < rank; i++)
        perm[i] = -1;
    for (int i = 0; i < n; i++) {
        if (!cn_axis(from[i], rank, &source, op->name) || !cn_axis(to[i], rank, &place, op->name))
            return NULL;
        perm[place] = source;
        moved |= 1u << source;
    }
    cn_axes axes = {{0}};
    for (int i = 0; i < rank; i++) {
        while (perm[i] < 0 && moved >> next & 1)
            next++;
        axes.d[i] = perm[i] < 0 ? next++ : perm[i];
    }
    return cn_transpose_(x, axes);
}

static cn_tensor *expand_dims(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t axes[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, "axis", axes), rank = cn_rank(x) + n;
    unsigned mask = 0;
    for (int i = 0; i < n; i++) {
        int axis;
        if (!cn_axis(axes[i], rank, &axis, op->name))
            return NULL;
        mask |= 1u << axis;
    }
    for (int i = 0; i < rank; i++)
        if (mask >> i & 1)
            x = cn_expand_dims(x, i);
    return n < 0 ? NULL : x;
}

static cn_tensor *squeeze(cn_operation *op)
{
    unsigned mask;
    cn_tensor *x = X;
    if (!cn_op_value(op, -1, "axis"))
        return cn_squeeze(x, CN_UNSET);
    if (!x || !cn_op_axes_mask(op, "axis", x->shape.rank, &mask))
        return NULL;
    for (int i = x->shape.rank; i--;)
        if (mask >> i & 1)
            x = cn_squeeze(x, i);
    return x;
}

static cn_tensor *flip_mask(cn_tensor *x, unsigned mask)
{
    return mask ? cn_flip(x, cn_axes_of_mask(mask)) : x;
}

static cn_tensor *flip(cn_operation *op)
{
    unsigned mask;
    cn_tensor *x = X;
    return x && cn_op_axes_mask(op, "axis", x->shape.rank, &mask) ? flip_mask(x, mask) : NULL;
}
CALL(fliplr, flip_mask(X, 2))
CALL(flipud, flip_mask(X, 1))

static cn_tensor *rot90(cn_operation *op)
{
    cn_tensor *x = cn_op_tensor(op, 0, "array");
    int64_t axes[CN_MAX_RANK] = {0, 1};
    int a, b, turns = (int)((cn_op_int(op, "k", 1) % 4 + 4) % 4);
    if (!x || cn_op_ints(op, -1, "axes", axes) < 0 ||
        !cn_axis(axes[0], x->shape.rank, &a, op->name) ||
        !cn_axis(axes[1], x->shape.rank, &b, op->name))
        return NULL;
    if (turns == 1)
        return cn_swapaxes(flip_mask(x, 1u << b), a, b);
    if (turns == 3)
        return flip_mask(cn_swapaxes(x, a, b), 1u << b);
    return turns ? flip_mask(x, 1u << a | 1u << b) : x;
}

static cn_tensor *roll(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t shift[CN_MAX_RANK], axis[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, "shift", shift), m = cn_op_ints(op, -1, "axis", axis);
    if (!x || n < 0 || m < 0)
        return NULL;
    if (!n)
        return cn_fail_null(CN_EFORMAT, "Roll: the argument 'shift' is missing");
    if (!cn_op_value(op, -1, "axis"))
        return cn_reshape_like(cn_roll(cn_reshape(x, cn_shape(CN_ANY)), shift[0], 0), x);
    for (int i = 0; i < (n > m ? n : m); i++)
        x = cn_roll(x, shift[i < n ? i : n - 1], axis[i < m ? i : m - 1]);
    return x;
}

/* Shorter lists stand for the last axes; x gets leading axes where it has fewer. */
static cn_tensor *tile(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t repeats[CN_MAX_RANK];
    int n = cn_op_ints(op, -1, "repeats", repeats);
    while (x && x->shape.rank < n)
        x = cn_expand_dims(x, 0);
    cn_dims dims = {{0}};
    for (int i = 0; x && i < x->shape.rank; i++) {
        int k = i - (x->shape.rank - n);
        dims.d[i] = k < 0 ? 1 : repeats[k];
    }
    return n < 0 ? NULL : cn_tile(x, dims);
}

static cn_tensor *repeat(cn_operation *op)
{
    const cn_json *repeats = cn_op_value(op, -1, "repeats");
    if (cn_json_is(repeats, CN_JSON_LIST) && repeats->count == 1)
        repeats = repeats->items[0];
    if (!cn_json_is_number(repeats))
        return cn_op_refuse(op, "different repeats for each element");
    return cn_repeat(X, cn_json_as_int(repeats, 1), cn_op_int(op, "axis", CN_UNSET));
}

/* pad_width: n, [before, after] for all axes, [[before, after]], or a pair for each axis. */
static bool read_widths(cn_operation *op, int rank, int64_t *before, int64_t *after)
{
    const cn_json *width = cn_op_value(op, -1, "pad_width"), *first = cn_json_at(width, 0);
    bool nested = cn_json_is(first, CN_JSON_LIST);
    if (nested && width->count != 1 && width->count != (size_t)rank)
        return cn_fail(CN_EINVAL, "Pad: expected a pair of widths for each of %d axes, found %zu",
                       rank, width->count);
    for (int i = 0; i < rank; i++) {
        const cn_json *pair = nested ? cn_json_at(width, width->count == 1 ? 0 : (size_t)i) : width;
        bool list = cn_json_is(pair, CN_JSON_LIST);
        before[i] = cn_json_as_int(list ? cn_json_at(pair, 0) : pair, -1);
        after[i] = cn_json_as_int(!list              ? pair
                                  : pair->count == 1 ? cn_json_at(pair, 0)
                                                     : cn_json_at(pair, 1),
                                  -1);
    }
    return true;
}

static cn_tensor *pad(cn_operation *op)
{
    cn_tensor *x = X;
    int64_t before[CN_MAX_RANK], after[CN_MAX_RANK];
    if (!x || !read_widths(op, x->shape.rank, before, after))
        return NULL;
    const cn_json *value = cn_op_value(op, 1, "constant_values");
    if (value && !cn_json_is_number(value))
        return cn_op_refuse(op, "constant_values that are no number");
    return cn_pad(x, before, after, cn_op_text(op, "mode", "constant"),
                  cn_json_as_double(value, 0));
}

/* ---- blocks of space and depth ---- */

static bool channels_first(cn_operation *op)
{
    return !strcmp(cn_op_text(op, "data_format", "channels_last"), "channels_first");
}

enum { LARGEST_BLOCK = 1 << 15 };

/* x with its channels last, and the size of a block. */
static cn_tensor *images_of(cn_operation *op, int64_t *block)
{
    cn_tensor *x = X;
    *block = cn_op_int(op, "block_size", 1);
    if (!x || x->shape.rank != 4 || *block < 1 || *block > LARGEST_BLOCK)
        return x ? cn_fail_null(CN_EINVAL, "%s: expected images, found shape %s", op->name,
                                cn_shape_text(x->shape))
                 : NULL;
    return channels_first(op) ? cn_transpose(x, {0, 2, 3, 1}) : x;
}

/* (N, H, W, b b C) -> (N, H b, W b, C) */
static cn_tensor *depth_to_space(cn_operation *op)
{
    int64_t b;
    cn_tensor *x = images_of(op, &b);
    if (x && x->shape.dim[3] % (b * b))
        return cn_fail_null(CN_EINVAL,
                            "DepthToSpace: the channels of shape %s do not divide by %lld",
                            cn_shape_text(x->shape), (long long)(b * b));
    int64_t channels = x ? x->shape.dim[3] / (b * b) : 0;
    cn_tensor *y = cn_op_split(cn_op_split(x, 3, channels), 3, b); /* (N, H, W, b, b, C) */
    y = cn_op_merge(cn_transpose(y, {0, 1, 3, 2, 4, 5}), 3);
    y = cn_op_merge(y, 1);
    return channels_first(op) ? cn_transpose(y, {0, 3, 1, 2}) : y;
}

/* (N, H b, W b, C) -> (N, H, W, b b C) */
static cn_tensor *space_to_depth(cn_operation *op)
{
    int64_t b;
    cn_tensor *x = images_of(op, &b);
    cn_tensor *y = cn_op_split(cn_op_split(x, 2, b), 1, b); /* (N, H, b, W, b, C) */
    y = cn_op_merge(cn_op_merge(cn_transpose(y, {0, 1, 3, 2, 4, 5}), 4), 3);
    return channels_first(op) ? cn_transpose(y, {0, 3, 1, 2}) : y;
}

const cn_operation_row cn_operations_move[] = {C("Reshape", reshape),
                                               C("Ravel", ravel),
                                               C("BroadcastTo", broadcast_to),
                                               C("Transpose", transpose),
                                               C("Swapaxes", swapaxes),
                                               C("Moveaxis", moveaxis),
                                               C("ExpandDims", expand_dims),
                                               C("Squeeze", squeeze),
                                               C("Flip", flip),
                                               C("Fliplr", fliplr),
                                               C("Flipud", flipud),
                                               C("Rot90", rot90),
                                               C("Roll", roll),
                                               C("Tile", tile),
                                               C("Repeat", repeat),
                                               C("Pad", pad),
                                               C("Tril", tril),
                                               C("Triu", triu),
                                               C("DepthToSpace", depth_to_space),
                                               C("SpaceToDepth", space_to_depth),
                                               {0}};
