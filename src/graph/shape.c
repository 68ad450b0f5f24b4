#include "graph/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "graph/tensor.h"

int64_t cn_shape_size_(const cn_shape *shape)
{
    const int64_t most = (int64_t)1 << 62;
    int64_t size = 1;
    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] == 0)
            return 0;
    for (int i = 0; i < shape->rank; i++) {
        if (shape->dim[i] < 0)
            return CN_ANY;
        if (size > most / shape->dim[i])
            return most;
        size *= shape->dim[i];
    }
    return size;
}

bool cn_shape_equal_(const cn_shape *a, const cn_shape *b)
{
    return a->rank == b->rank && !memcmp(a->dim, b->dim, (size_t)a->rank * sizeof a->dim[0]);
}

bool cn_shape_known_(const cn_shape *shape)
{
    for (int i = 0; i < shape->rank; i++)
        if (shape->dim[i] < 0)
            return false;
    return true;
}

bool cn_shape_matches_(const cn_shape *pattern, const cn_shape *shape)
{
    if (pattern->rank != shape->rank)
        return false;
    for (int i = 0; i < shape->rank; i++)
        if (pattern->dim[i] >= 0 && shape->dim[i] >= 0 && pattern->dim[i] != shape->dim[i])
            return false;
    return true;
}

const char *cn_shape_text_(const cn_shape *shape)
{
    static _Thread_local char buffers[8][200];
    static _Thread_local int next;
    char *text = buffers[next++ % 8];
    size_t n = (size_t)snprintf(text, sizeof buffers[0], "(");
    for (int i = 0; i < shape->rank; i++) {
        n += (size_t)snprintf(text + n, sizeof buffers[0] - n, i ? ", " : "");
        if (shape->dim[i] == CN_ANY)
            n += (size_t)snprintf(text + n, sizeof buffers[0] - n, "None");
        else
            n +=
                (size_t)snprintf(text + n, sizeof buffers[0] - n, "%lld", (long long)shape->dim[i]);
    }
    snprintf(text + n, sizeof buffers[0] - n, shape->rank == 1 ? ",)" : ")");
    return text;
}

/* One dimension of a broadcast; false when they do not fit. */
static bool broadcast_dim(int64_t a, int64_t b, int64_t *out)
{
    if (a == 1 || b == 1)
        *out = a == 1 ? b : a;
    else if (a < 0 || b < 0)
        *out = a < 0 ? b : a;
    else if (a == b)
        *out = a;
    else
        return false;
    return true;
}

bool cn_shapes_broadcast_(const cn_shape *a, const cn_shape *b, cn_shape *out)
{
    cn_shape shape = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int i = 0; i < shape.rank; i++) {
        int ia = i - (shape.rank - a->rank), ib = i - (shape.rank - b->rank);
        if (!broadcast_dim(ia < 0 ? 1 : a->dim[ia], ib < 0 ? 1 : b->dim[ib], &shape.dim[i]))
            return false;
    }
    *out = shape;
    return true;
}

bool cn_broadcast_(const cn_shape *a, const cn_shape *b, cn_shape *out, const char *who)
{
    return cn_shapes_broadcast_(a, b, out) ||
           cn_fail(CN_EINVAL, "%s: shapes %s and %s do not broadcast", who, cn_shape_text(*a),
                   cn_shape_text(*b));
}

bool cn_axis(int64_t axis, int rank, int *out, const char *who)
{
    if (axis < -rank || axis >= rank)
        return cn_fail(CN_EINVAL, "%s: expected an axis in [%d, %d), found %lld", who, -rank, rank,
                       (long long)axis);
    *out = (int)(axis < 0 ? axis + rank : axis);
    return true;
}

static int count_nonzero_prefix(const int64_t *d)
{
    int count = CN_MAX_RANK;
    while (count && !d[count - 1])
        count--;
    return count;
}

int cn_dims_count_(const cn_dims *dims)
{
    return count_nonzero_prefix(dims->d);
}

int cn_axes_count_(const cn_axes *axes)
{
    if (axes->d[0] == CN_UNSET)
        return 0;
    int count = count_nonzero_prefix(axes->d);
    return count ? count : 1;
}

bool cn_axes_mask_(const cn_axes *axes, int rank, unsigned *mask, const char *who)
{
    int count = cn_axes_count_(axes);
    *mask = count ? 0 : (1u << rank) - 1;
    for (int i = 0; i < count; i++) {
        int axis;
        if (!cn_axis(axes->d[i], rank, &axis, who))
            return false;
        if (*mask >> axis & 1)
            return cn_fail(CN_EINVAL, "%s: axis %d is named twice", who, axis);
        *mask |= 1u << axis;
    }
    return true;
}

cn_shape cn_shape_insert(cn_shape shape, int axis, int64_t dim)
{
    for (int i = shape.rank; i > axis; i--)
        shape.dim[i] = shape.dim[i - 1];
    shape.dim[axis] = dim;
    shape.rank++;
    return shape;
}

cn_shape cn_shape_remove(cn_shape shape, int axis)
{
    shape.rank--;
    for (int i = axis; i < shape.rank; i++)
        shape.dim[i] = shape.dim[i + 1];
    return shape;
}
