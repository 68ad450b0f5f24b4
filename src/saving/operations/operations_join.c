/* Keras's operations that join tensors and take them apart. keras.ops.numpy, core */
#include <string.h>

#include "saving/operations/operation_rows.h"

static cn_tensor *concatenate(cn_operation *op)
{
    return cn_concat(cn_op_tensors(op, 0, "xs"), cn_op_int(op, "axis", 0));
}

static cn_tensor *stack(cn_operation *op)
{
    return cn_stack(cn_op_tensors(op, 0, "x"), cn_op_int(op, "axis", 0));
}

/* All with at least `rank` axes: (n,) becomes (1, n), and (1, n, 1) for three. */
static cn_list *at_least(const cn_list *tensors, int rank)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; tensors && i < cn_list_length(tensors); i++) {
        cn_tensor *x = cn_list_item(tensors, i);
        while (x && x->shape.rank < rank)
            x = cn_expand_dims(x, x->shape.rank == 2 ? 2 : 0);
        if (!cn_list_add(list, x))
            return NULL;
    }
    return tensors ? list : NULL;
}

static cn_tensor *hstack(cn_operation *op)
{
    cn_list *xs = at_least(cn_op_tensors(op, 0, "xs"), 1);
    bool rows = xs && cn_list_length(xs) && cn_rank(cn_list_item(xs, 0)) == 1;
    return cn_concat(xs, rows ? 0 : 1);
}

static cn_tensor *vstack(cn_operation *op)
{
    return cn_concat(at_least(cn_op_tensors(op, 0, "xs"), 2), 0);
}

static cn_tensor *dstack(cn_operation *op)
{
    return cn_concat(at_least(cn_op_tensors(op, 0, "xs"), 3), 2);
}

static cn_tensor *append(cn_operation *op)
{
    cn_tensor *a = cn_op_tensor(op, 0, "x1"), *b = cn_op_tensor(op, 1, "x2");
    if (cn_op_value(op, -1, "axis"))
        return cn_concat(cn_list_of(a, b), cn_op_int(op, "axis", 0));
    cn_shape flat = cn_shape(CN_ANY);
    return cn_concat(cn_list_of(cn_reshape(a, flat), cn_reshape(b, flat)), 0);
}

static cn_tensor *give(cn_operation *op, cn_list *results)
{
    op->results = results;
    return results && cn_list_length(results) ? cn_list_item(results, 0) : NULL;
}

/* Pieces of which the first ones may be longer by one. */
static cn_list *uneven(cn_tensor *x, int64_t pieces, int64_t axis)
{
    int64_t places[64], at = 0, dim = cn_dim(x, (int)axis);
    if (!x || dim < 0 || pieces < 1 || pieces > 64)
        return cn_fail_null(
            CN_EINVAL, "ArraySplit: expected 1 to 64 pieces of a known axis, found %lld pieces",
            (long long)pieces);
    for (int64_t i = 0; i + 1 < pieces; i++)
        places[i] = at += dim / pieces + (i < dim % pieces);
    return cn_split_at(x, places, (size_t)pieces - 1, axis);
}

static cn_tensor *split_along(cn_operation *op, int64_t axis, bool even)
{
    cn_tensor *x = cn_op_tensor(op, 0, "x");
    const cn_json *pieces = cn_op_value(op, -1, "indices_or_sections");
    int64_t places[256];
    if (!cn_json_is(pieces, CN_JSON_LIST)) {
        int64_t n = cn_json_as_int(pieces, 0);
        return give(op, even ? cn_split(x, n, axis) : uneven(x, n, axis));
    }
    if (pieces->count > 256)
        return cn_op_refuse(op, "more than 256 places");
    for (size_t i = 0; i < pieces->count; i++)
        places[i] = cn_json_as_int(pieces->items[i], 0);
    return give(op, cn_split_at(x, places, pieces->count, axis));
}

static cn_tensor *split(cn_operation *op)
{
    return split_along(op, cn_op_int(op, "axis", 0), true);
}

static cn_tensor *array_split(cn_operation *op)
{
    return split_along(op, cn_op_int(op, "axis", 0), false);
}

static cn_tensor *vsplit(cn_operation *op)
{
    return split_along(op, 0, true);
}

static cn_tensor *hsplit(cn_operation *op)
{
    return split_along(op, 1, true);
}

static cn_tensor *dsplit(cn_operation *op)
{
    return split_along(op, 2, true);
}

static cn_tensor *unstack(cn_operation *op)
{
    return give(op, cn_unstack(cn_op_tensor(op, 0, "x"), cn_op_int(op, "axis", 0)));
}

/* Vectors along axes of their own, broadcast to one grid; "xy" swaps the first two axes. */
static cn_tensor *meshgrid(cn_operation *op)
{
    int n = op->args ? (int)op->args->count : 0;
    bool swap = !strcmp(cn_op_text(op, "indexing", "xy"), "xy") && n > 1;
    cn_tensor *xs[CN_MAX_RANK], *grid = NULL;
    if (n < 1 || n > CN_MAX_RANK)
        return cn_op_refuse(op, "more than 8 vectors, or none");
    for (int i = 0; i < n; i++) {
        cn_tensor *x = cn_reshape(cn_op_tensor_of(op, op->args->items[i]), cn_shape(CN_ANY));
        int axis = swap && i < 2 ? 1 - i : i;
        for (int k = 0; k < n && x; k++)
            x = k == axis ? x : cn_expand_dims(x, k < axis ? 0 : -1);
        xs[i] = x;
        cn_tensor *blank = cn_zeros_like(x);
        grid = grid ? cn_add(grid, blank) : blank;
    }
    cn_list *results = cn_list_new();
    for (int i = 0; i < n; i++)
        if (!cn_list_add(results, cn_broadcast_like(xs[i], grid)))
            return NULL;
    return give(op, results);
}

const cn_operation_row cn_operations_join[] = {C("Concatenate", concatenate),
                                               C("Stack", stack),
                                               C("Hstack", hstack),
                                               C("Vstack", vstack),
                                               C("Dstack", dstack),
                                               C("Append", append),
                                               C("Split", split),
                                               C("ArraySplit", array_split),
                                               C("Vsplit", vsplit),
                                               C("Hsplit", hsplit),
                                               C("Dsplit", dsplit),
                                               C("Unstack", unstack),
                                               C("Meshgrid", meshgrid),
                                               {0}};
