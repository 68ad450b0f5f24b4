/* Products over any axes, made of transposes and one matrix product. keras.ops.tensordot, dot */
#include "ops/products.h"
#include "graph/form.h"

#include <string.h>

/* The contracted axes of one operand, in order, made non-negative; CN_ALL_AXES: all. `count` may be
 * longer than the list, whose zeros at the end were dropped then. */
static bool read_axes(cn_axes axes, const cn_tensor *x, int count, int *out)
{
    unsigned seen = 0;
    for (int i = 0; i < count; i++) {
        int64_t axis = axes.d[0] == CN_UNSET ? i : axes.d[i];
        if (!cn_axis(axis, x->shape.rank, &out[i], "cn_tensordot"))
            return false;
        if (seen >> out[i] & 1)
            return cn_fail(CN_EINVAL, "cn_tensordot: axis %d is named twice", out[i]);
        seen |= 1u << out[i];
    }
    return true;
}

static int count_axes(cn_axes axes, const cn_tensor *x)
{
    return axes.d[0] == CN_UNSET ? x->shape.rank : cn_axes_count(axes);
}

/* x with those axes last (or first), as one. */
static cn_tensor *gather_axes(cn_tensor *x, const int *axes, int count, bool last)
{
    cn_axes perm = {{0}};
    int rank = x->shape.rank, free = 0, start = last ? rank - count : 0;
    for (int i = 0; i < rank; i++) {
        bool contracted = false;
        for (int k = 0; k < count; k++)
            contracted |= axes[k] == i;
        if (!contracted)
            perm.d[(last ? 0 : count) + free++] = i;
    }
    for (int k = 0; k < count; k++)
        perm.d[start + k] = axes[k];
    return cn_merge_axes(rank ? cn_transpose_(x, perm) : x, start, count);
}

static bool check_fit(const cn_tensor *a, const cn_tensor *b, const int *of_a, const int *of_b,
                      int count)
{
    for (int i = 0; i < count; i++) {
        int64_t da = a->shape.dim[of_a[i]], db = b->shape.dim[of_b[i]];
        if (da != db && da >= 0 && db >= 0)
            return cn_fail(CN_EINVAL,
                           "cn_tensordot: axis %d of %s and axis %d of %s differ in size", of_a[i],
                           cn_shape_text(a->shape), of_b[i], cn_shape_text(b->shape));
    }
    return true;
}

static cn_tensor *formed(cn_tensor *y, cn_tensor *a, cn_tensor *b, const int *of_a, const int *of_b,
                         int count)
{
    int64_t axes_a[CN_MAX_RANK], axes_b[CN_MAX_RANK];
    for (int i = 0; i < count; i++) {
        axes_a[i] = of_a[i];
        axes_b[i] = of_b[i];
    }
    return CN_FORMED(y, "Tensordot", cn_list_of(a, b), "\"axes\": [%s, %s]",
                     cn_ints_text(axes_a, count), cn_ints_text(axes_b, count));
}

cn_tensor *cn_tensordot(cn_tensor *a, cn_tensor *b, cn_axes axes_a, cn_axes axes_b)
{
    if (!a || !b)
        return NULL;
    int of_a[CN_MAX_RANK], of_b[CN_MAX_RANK], na = count_axes(axes_a, a);
    int nb = count_axes(axes_b, b), count = na > nb ? na : nb;
    int free_a = a->shape.rank - count, free_b = b->shape.rank - count;
    if (free_a < 0 || free_b < 0 || free_a + free_b > CN_MAX_RANK)
        return cn_fail_null(CN_EINVAL, "cn_tensordot: shapes %s and %s over %d axes do not fit",
                            cn_shape_text(a->shape), cn_shape_text(b->shape), count);
    if (!read_axes(axes_a, a, count, of_a) || !read_axes(axes_b, b, count, of_b) ||
        !check_fit(a, b, of_a, of_b, count))
        return NULL;
    cn_tensor *left = gather_axes(a, of_a, count, true);   /* (free_a..., k) */
    cn_tensor *right = gather_axes(b, of_b, count, false); /* (k, free_b...) */
    cn_tensor *like = right;
    left = free_a ? left : cn_expand_dims(left, 0);
    right = cn_merge_axes(right, 1, free_b);
    cn_tensor *y = cn_matmul(left, right);
    y = cn_split_axis(y, free_a ? free_a : 1, like, 1, free_b);
    y = free_a ? y : cn_squeeze(y, 0);
    return formed(y, a, b, of_a, of_b, count);
}

cn_tensor *cn_dot_product(cn_tensor *a, cn_tensor *b)
{
    if (!a || !b)
        return NULL;
    if (!a->shape.rank || !b->shape.rank)
        return cn_mul(a, b);
    if (b->shape.rank <= 2)
        return cn_matmul(a, b);
    return cn_tensordot(a, b, (cn_axes){{-1}}, (cn_axes){{-2}});
}
