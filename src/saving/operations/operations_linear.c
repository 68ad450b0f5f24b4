/* Keras's products of vectors and matrices. keras.ops.numpy */
#include <string.h>

#include "saving/operations/operation_rows.h"

#define BINARY(id, expression)                       \
    static cn_tensor *id(cn_tensor *a, cn_tensor *b) \
    {                                                \
        return expression;                           \
    }

static const cn_shape flat = {1, {CN_ANY}};

BINARY(vdot, cn_sum(cn_mul(cn_reshape(a, flat), cn_reshape(b, flat))))
BINARY(outer, cn_mul(cn_expand_dims(cn_reshape(a, flat), 1), cn_reshape(b, flat)))

/* The sum over the last axes of both. */
static cn_tensor *inner(cn_tensor *a, cn_tensor *b)
{
    if (!a || !b || !a->shape.rank || !b->shape.rank)
        return cn_mul(a, b);
    return cn_tensordot(a, b, (cn_axes){{a->shape.rank - 1}}, (cn_axes){{b->shape.rank - 1}});
}

/* a's elements each times b: (a0, 1, a1, 1, …) (1, b0, 1, b1, …), with the pairs merged. */
static cn_tensor *kron(cn_tensor *a, cn_tensor *b)
{
    while (a && b && a->shape.rank < b->shape.rank)
        a = cn_expand_dims(a, 0);
    while (a && b && b->shape.rank < a->shape.rank)
        b = cn_expand_dims(b, 0);
    cn_shape shape = cn_shape_of(a);
    int rank = shape.rank;
    if (2 * rank > CN_MAX_RANK)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: the operation 'Kron' with shape %s",
                            cn_shape_text(shape));
    for (int i = 0; i < rank; i++) {
        a = cn_expand_dims(a, 2 * i + 1);
        b = cn_expand_dims(b, 2 * i);
    }
    cn_tensor *y = cn_mul(a, b);
    for (int i = 0; i < rank; i++)
        y = cn_op_merge(y, i);
    return y;
}

/* ---- cross ---- */

static cn_tensor *part(cn_list *parts, size_t i)
{
    return parts ? cn_list_item(parts, i) : NULL;
}

static cn_tensor *cross_difference(cn_list *a, cn_list *b, size_t i, size_t k)
{
    return cn_sub(cn_mul(part(a, i), part(b, k)), cn_mul(part(a, k), part(b, i)));
}

/* Vectors of 3, or of 2, whose third element is 0. */
static cn_tensor *cross(cn_operation *op)
{
    int64_t axis = cn_op_int(op, "axis", CN_UNSET);
    int64_t axis_a = axis == CN_UNSET ? cn_op_int(op, "axisa", -1) : axis;
    int64_t axis_b = axis == CN_UNSET ? cn_op_int(op, "axisb", -1) : axis;
    cn_tensor *x = cn_op_tensor(op, 0, "x1"), *y = cn_op_tensor(op, 1, "x2");
    cn_list *a = cn_unstack(x, axis_a), *b = cn_unstack(y, axis_b);
    size_t na = a ? cn_list_length(a) : 0, nb = b ? cn_list_length(b) : 0;
    if (!a || !b)
        return NULL;
    if ((na != 2 && na != 3) || (nb != 2 && nb != 3))
        return cn_fail_null(CN_EINVAL, "Cross: expected vectors of 2 or 3, found shapes %s and %s",
                            cn_shape_text(x->shape), cn_shape_text(y->shape));
    if (na == 2 && nb == 2)
        return cross_difference(a, b, 0, 1);
    if (na == 2)
        cn_list_add(a, cn_zeros_like(part(a, 0)));
    if (nb == 2)
        cn_list_add(b, cn_zeros_like(part(b, 0)));
    cn_list *c = cn_list_of(cross_difference(a, b, 1, 2), cross_difference(a, b, 2, 0),
                            cross_difference(a, b, 0, 1));
    return cn_stack(c, axis == CN_UNSET ? cn_op_int(op, "axisc", -1) : axis);
}

/* axes: n (the last n of a with the first n of b), or two lists. */
static cn_tensor *tensordot(cn_operation *op)
{
    cn_tensor *a = cn_op_tensor(op, 0, "x1"), *b = cn_op_tensor(op, 1, "x2");
    const cn_json *axes = cn_op_value(op, -1, "axes");
    cn_axes of[2] = {{{0}}, {{0}}};
    bool list = cn_json_is(axes, CN_JSON_LIST);
    int64_t n = list ? 0 : cn_json_as_int(axes, 2);
    for (int k = 0; k < 2 && list; k++) {
        const cn_json *some = cn_json_at(axes, (size_t)k);
        bool many = cn_json_is(some, CN_JSON_LIST);
        n = many ? (int64_t)some->count : 1;
        for (int64_t i = 0; i < n && i < CN_MAX_RANK; i++)
            of[k].d[i] = cn_json_as_int(many ? some->items[i] : some, 0);
    }
    if (!a || !b)
        return NULL;
    if (n < 0 || n > a->shape.rank || n > b->shape.rank)
        return cn_fail_null(CN_EINVAL, "Tensordot: %lld axes do not fit shapes %s and %s",
                            (long long)n, cn_shape_text(a->shape), cn_shape_text(b->shape));
    if (!n) {
        for (int i = 0; i < b->shape.rank && a; i++)
            a = cn_expand_dims(a, -1);
        return cn_mul(a, b);
    }
    for (int i = 0; i < n && !list; i++) {
        of[0].d[i] = a->shape.rank - n + i;
        of[1].d[i] = i;
    }
    /* zeros at the end of a list do not count: the pair of axis 0 is written first */
    for (int i = 1; i < n; i++)
        for (int k = 0; k < 2; k++)
            if (!of[k].d[i] && of[1 - k].d[i]) {
                for (int j = 0; j < 2; j++) {
                    int64_t swap = of[j].d[0];
                    of[j].d[0] = of[j].d[i];
                    of[j].d[i] = swap;
                }
                break;
            }
    return cn_tensordot(a, b, of[0], of[1]);
}

static cn_tensor *einsum(cn_operation *op)
{
    cn_list *list = cn_list_new();
    for (size_t i = 0; op->args && i < op->args->count; i++)
        if (!cn_list_add(list, cn_op_tensor_of(op, op->args->items[i])))
            return NULL;
    return cn_einsum(cn_op_text(op, "subscripts", ""), list);
}

const cn_operation_row cn_operations_linear[] = {B("Matmul", cn_matmul), B("Dot", cn_dot_product),
                                                 B("Inner", inner),      B("Outer", outer),
                                                 B("Vdot", vdot),        B("Kron", kron),
                                                 C("Cross", cross),      C("Tensordot", tensordot),
                                                 C("Einsum", einsum),    {0}};
