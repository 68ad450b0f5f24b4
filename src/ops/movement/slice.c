/* Slices with steps, the zeros around one (its gradient), and writing one. keras.ops.slice,
 * slice_update, flip */
#include "ops/movement/slice.h"
#include "graph/form.h"

#include <stdio.h>
#include <string.h>

#include "ops/movement/strided_copy.h"

typedef struct slice_attrs {
    cn_slice_spec spec;
    cn_shape shape;  /* of unslice's result, where its second input does not say */
    int64_t counted; /* how many elements: as many as what is written has, or the second input */
} slice_attrs;

/* Where a range begins in an axis of `dim` elements, and how many it takes. */
typedef struct extent {
    int64_t start, step, count;
} extent;

static int64_t clamp(int64_t i, int64_t low, int64_t high)
{
    return i < low ? low : i > high ? high : i;
}

/* Where the range counts exactly, it must lie within the axis. */
static bool resolve_exact(const cn_range *r, int64_t dim, extent *e)
{
    int64_t start = r->start == CN_UNSET ? (r->step < 0 ? dim - 1 : 0) : r->start;
    if (start < 0)
        start += dim;
    *e = (extent){start, r->step, r->count};
    if (r->count == 0)
        return start >= 0 && start <= dim;
    if (start < 0 || start >= dim)
        return false;
    if (r->count == 1)
        e->step = 1;
    int64_t room = r->step > 0 ? (dim - 1 - start) / r->step : start / -r->step;
    return r->count - 1 <= room;
}

static bool resolve(const cn_range *r, int64_t dim, extent *e)
{
    if (r->count != CN_ANY)
        return resolve_exact(r, dim, e);
    bool down = r->step < 0;
    int64_t low = down ? -1 : 0, high = down ? dim - 1 : dim;
    int64_t start = down ? high : 0, stop = down ? low : dim;
    if (r->start != CN_UNSET)
        start = clamp(r->start < 0 ? r->start + dim : r->start, low, high);
    if (r->stop != CN_UNSET)
        stop = clamp(r->stop < 0 ? r->stop + dim : r->stop, low, high);
    int64_t length = down ? start - stop : stop - start, stride = down ? -r->step : r->step;
    int64_t count = length <= 0 ? 0 : (length - 1) / stride + 1;
    *e = (extent){start, count > 1 ? r->step : 1, count};
    return true;
}

/* The strides through an array of shape `dim` from the first element of the slice on; returns
 * that element's place. */
static int64_t walk(const cn_slice_spec *spec, const cn_view *whole, cn_strided *copy,
                    int64_t *strides)
{
    int64_t offset = 0, row_major[CN_MAX_RANK];
    cn_row_major(whole, row_major);
    copy->rank = whole->rank;
    for (int i = 0; i < whole->rank; i++) {
        extent e;
        resolve(&spec->axis[i], whole->dim[i], &e);
        copy->dim[i] = e.count;
        strides[i] = e.step * row_major[i];
        offset += e.start * row_major[i];
    }
    return offset;
}

/* The spec with its counts as they have turned out. */
static cn_slice_spec counted(const slice_attrs *attrs, const int64_t *dim)
{
    cn_slice_spec spec = attrs->spec;
    for (int i = 0; attrs->counted && i < CN_MAX_RANK; i++)
        spec.axis[i].count = dim[i];
    return spec;
}

static bool slice_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0], *like = node->inputs[node->n_inputs - 1];
    cn_slice_spec by = counted(CN_ATTRS(slice_attrs, node), like->shape.dim), *spec = &by;
    results->dtype[0] = x->dtype;
    results->shape[0] = x->shape;
    for (int i = 0; i < x->shape.rank; i++) {
        const cn_range *r = &spec->axis[i];
        int64_t *dim = &results->shape[0].dim[i];
        extent e = {.count = r->count};
        if (*dim >= 0 && !resolve(r, *dim, &e))
            return cn_fail(CN_EINVAL,
                           "cn_slice: %lld elements from %lld in steps of %lld are not within axis "
                           "%d of shape %s",
                           (long long)r->count, (long long)r->start, (long long)r->step, i,
                           cn_shape_text(x->shape));
        *dim = e.count;
    }
    return true;
}

static cn_tensor *unslice(cn_tensor *y, const slice_attrs *attrs, cn_tensor *like);

static bool slice_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = unslice(dy[0], node->attrs, node->inputs[0]);
    return dx[0] != NULL;
}

static bool slice_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *y = &args->out[0];
    const slice_attrs *attrs = args->attrs;
    size_t size = cn_dtype_size(x->dtype);
    cn_strided copy;
    cn_slice_spec spec = counted(attrs, y->dim);
    int64_t offset = walk(&spec, x, &copy, copy.from_stride);
    cn_row_major(y, copy.to_stride);
    if (y->size)
        cn_strided_copy((const char *)x->data + offset * (int64_t)size, y->data, &copy, size);
    return true;
}

const cn_op cn_op_slice = {.name = "slice",
                           .attrs = sizeof(slice_attrs),
                           .infer = slice_infer,
                           .vjp = slice_vjp,
                           .run = slice_run};

/* ---- unslice: (y[, like]) -> zeros with y in the slice's place ---- */

static bool unslice_infer(const cn_tensor *node, cn_results *results)
{
    results->dtype[0] = node->inputs[0]->dtype;
    results->shape[0] =
        node->n_inputs > 1 ? node->inputs[1]->shape : CN_ATTRS(slice_attrs, node)->shape;
    return true;
}

static bool unslice_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const slice_attrs *attrs = node->attrs;
    dx[0] = attrs->counted ? cn_apply2(&cn_op_slice, dy[0], node->inputs[0], attrs)
                           : cn_slice_by(dy[0], &attrs->spec);
    return dx[0] != NULL;
}

static void put(const cn_slice_spec *spec, const cn_view *from, const cn_view *to)
{
    size_t size = cn_dtype_size(from->dtype);
    cn_strided copy;
    int64_t offset = walk(spec, to, &copy, copy.to_stride);
    cn_row_major(from, copy.from_stride);
    if (from->size)
        cn_strided_copy(from->data, (char *)to->data + offset * (int64_t)size, &copy, size);
}

static bool unslice_run(const cn_kernel_args *args)
{
    const slice_attrs *attrs = args->attrs;
    const cn_view *y = &args->out[0];
    memset(y->data, 0, (size_t)y->size * cn_dtype_size(y->dtype));
    cn_slice_spec spec = counted(attrs, args->in[0].dim);
    put(&spec, &args->in[0], y);
    return true;
}

const cn_op cn_op_unslice = {.name = "unslice",
                             .attrs = sizeof(slice_attrs),
                             .infer = unslice_infer,
                             .vjp = unslice_vjp,
                             .run = unslice_run};

/* ---- slice_update: (x, updates) -> x with updates in the slice's place ---- */

static bool update_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0], *u = node->inputs[1];
    const cn_slice_spec *spec = &CN_ATTRS(slice_attrs, node)->spec;
    results->dtype[0] = x->dtype;
    results->shape[0] = x->shape;
    for (int i = 0; i < x->shape.rank; i++) {
        cn_range r = spec->axis[i];
        extent e;
        r.count = u->shape.dim[i];
        if (r.count != CN_ANY && x->shape.dim[i] != CN_ANY && !resolve(&r, x->shape.dim[i], &e))
            return cn_fail(CN_EINVAL,
                           "cn_slice_update: updates of shape %s from %lld on do not fit into axis "
                           "%d of shape %s",
                           cn_shape_text(u->shape), (long long)r.start, i, cn_shape_text(x->shape));
    }
    return true;
}

static slice_attrs attrs_of(const cn_slice_spec *spec)
{
    slice_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.spec = *spec;
    return attrs;
}

extern const cn_op cn_op_slice_update;

static bool update_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    slice_attrs attrs = *CN_ATTRS(slice_attrs, node);
    cn_tensor *u = node->inputs[1];
    dx[0] = cn_apply2(&cn_op_slice_update, dy[0], cn_cast(cn_zeros_like(u), dy[0]->dtype), &attrs);
    attrs.counted = true;
    dx[1] = cn_apply2(&cn_op_slice, dy[0], u, &attrs);
    return dx[0] && dx[1];
}

static bool update_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *u = &args->in[1], *y = &args->out[0];
    slice_attrs attrs = *(const slice_attrs *)args->attrs;
    attrs.counted = true;
    cn_slice_spec spec = counted(&attrs, u->dim);
    memcpy(y->data, x->data, (size_t)x->size * cn_dtype_size(x->dtype));
    put(&spec, u, y);
    return true;
}

const cn_op cn_op_slice_update = {.name = "slice_update",
                                  .attrs = sizeof(slice_attrs),
                                  .infer = update_infer,
                                  .vjp = update_vjp,
                                  .run = update_run};

/* ---- the doors ---- */

cn_slice_spec cn_slice_whole(int rank)
{
    cn_slice_spec spec;
    memset(&spec, 0, sizeof spec);
    for (int i = 0; i < rank; i++)
        spec.axis[i] = CN_WHOLE;
    return spec;
}

static bool is_whole(const cn_slice_spec *spec, int rank)
{
    for (int i = 0; i < rank; i++) {
        const cn_range *r = &spec->axis[i];
        if (r->count != CN_ANY || r->step != 1 || r->stop != CN_UNSET ||
            (r->start != CN_UNSET && r->start != 0))
            return false;
    }
    return true;
}

/* The first place that a range does not reach, as Python would say it. */
static int64_t stop_of(const cn_range *r)
{
    if (r->count == CN_ANY)
        return r->stop;
    int64_t start = r->start == CN_UNSET ? (r->step < 0 ? -1 : 0) : r->start;
    int64_t stop = start + r->count * r->step;
    return (start < 0) == (stop < 0) ? stop : CN_UNSET;
}

size_t cn_range_text(const cn_range *r, char *text, size_t size)
{
    const int64_t parts[] = {r->start, stop_of(r), r->step};
    static const char *const names[] = {"start", "stop", "step"};
    size_t n = (size_t)snprintf(text, size, "{\"class_name\": \"__slice__\", \"config\": {");
    for (int i = 0; i < 3; i++) {
        char number[32] = "null";
        if (parts[i] != CN_UNSET)
            snprintf(number, sizeof number, "%lld", (long long)parts[i]);
        n += (size_t)snprintf(text + n, size - n, "%s\"%s\": %s", i ? ", " : "", names[i], number);
    }
    return n + (size_t)snprintf(text + n, size - n, "}}");
}

static cn_tensor *formed(cn_tensor *y, cn_tensor *x, const cn_slice_spec *spec)
{
    char key[CN_MAX_RANK * CN_RANGE_TEXT] = "[\"$0\", [";
    size_t n = strlen(key);
    for (int i = 0; y && y->symbolic && i < x->shape.rank; i++) {
        n += (size_t)snprintf(key + n, sizeof key - n, "%s", i ? ", " : "");
        n += cn_range_text(&spec->axis[i], key + n, sizeof key - n);
    }
    snprintf(key + n, sizeof key - n, "]]");
    return CN_FORMED_BY(y, "GetItem", cn_list_of(x), key, "%s", "");
}

cn_tensor *cn_slice_by(cn_tensor *x, const cn_slice_spec *spec)
{
    if (!x || is_whole(spec, x->shape.rank))
        return cn_unchanged(x);
    slice_attrs attrs = attrs_of(spec);
    return formed(cn_apply1(&cn_op_slice, x, &attrs), x, spec);
}

cn_tensor *cn_slice_axis(cn_tensor *x, int axis, int64_t start, int64_t stop, int64_t step)
{
    if (!x)
        return NULL;
    cn_slice_spec spec = cn_slice_whole(x->shape.rank);
    spec.axis[axis] = (cn_range){start, stop, step, CN_ANY};
    return cn_slice_by(x, &spec);
}

static cn_tensor *unslice(cn_tensor *y, const slice_attrs *from, cn_tensor *like)
{
    if (!y || !like)
        return NULL;
    slice_attrs attrs = *from;
    if (!cn_shape_known(like->shape))
        return cn_apply2(&cn_op_unslice, y, like, &attrs);
    attrs.shape.rank = like->shape.rank;
    memcpy(attrs.shape.dim, like->shape.dim, (size_t)like->shape.rank * sizeof(int64_t));
    return cn_apply1(&cn_op_unslice, y, &attrs);
}

cn_tensor *cn_unslice(cn_tensor *y, const cn_slice_spec *spec, cn_tensor *like)
{
    slice_attrs attrs = attrs_of(spec);
    return unslice(y, &attrs, like);
}

cn_tensor *cn_strided_slice(cn_tensor *x, const int64_t *start, const int64_t *size,
                            const int64_t *step)
{
    if (!x)
        return NULL;
    cn_slice_spec spec = cn_slice_whole(x->shape.rank);
    for (int i = 0; i < x->shape.rank; i++) {
        spec.axis[i] = (cn_range){start[i], CN_UNSET, step && step[i] ? step[i] : 1, size[i]};
        if (size[i] < CN_ANY || (step && step[i] == INT64_MIN))
            return cn_fail_null(
                CN_EINVAL, "cn_strided_slice: expected a size, or CN_ANY, for axis %d, found %lld",
                i, (long long)size[i]);
    }
    return cn_slice_by(x, &spec);
}

cn_tensor *cn_slice_update(cn_tensor *x, const int64_t *start, cn_tensor *updates)
{
    if (!x || !updates)
        return NULL;
    if (x->shape.rank != updates->shape.rank)
        return cn_fail_null(CN_EINVAL,
                            "cn_slice_update: expected updates of the rank of x %s, found %s",
                            cn_shape_text(x->shape), cn_shape_text(updates->shape));
    slice_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    for (int i = 0; i < x->shape.rank; i++)
        attrs.spec.axis[i] = (cn_range){start[i], CN_UNSET, 1, CN_ANY};
    cn_tensor *y = cn_apply2(&cn_op_slice_update, x, cn_cast(updates, x->dtype), &attrs);
    return CN_FORMED_BY(y, "SliceUpdate", cn_list_of(x, updates),
                        cn_fmt("[\"$0\", %s, \"$1\"]", cn_ints_text(start, x->shape.rank)), "%s",
                        "");
}

cn_tensor *cn_flip(cn_tensor *x, cn_axes axes)
{
    unsigned mask;
    if (!x || !cn_axes_mask(axes, x->shape.rank, &mask, "cn_flip"))
        return NULL;
    cn_slice_spec spec = cn_slice_whole(x->shape.rank);
    for (int i = 0; i < x->shape.rank; i++)
        if (mask >> i & 1)
            spec.axis[i].step = -1;
    return cn_slice_by(x, &spec);
}
