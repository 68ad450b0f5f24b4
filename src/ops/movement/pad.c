/* More elements around a tensor. keras.ops.pad */
#include "ops/ops.h"
#include "graph/form.h"

#include <stdio.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/threads.h"
#include "ops/movement/slice.h"
#include "ops/movement/strided_copy.h"

typedef enum pad_mode { CONSTANT, REFLECT, SYMMETRIC, EDGE } pad_mode;
static const char *const mode_names[] = {"constant", "reflect", "symmetric", "edge", NULL};

typedef struct pad_attrs {
    int64_t before[CN_MAX_RANK], after[CN_MAX_RANK], mode;
    double value;
    cn_shape shape; /* of unpad's result, where its second input does not say */
} pad_attrs;

/* What lies i elements from the first one of an axis of n. */
static int64_t source(pad_mode mode, int64_t i, int64_t n)
{
    if (mode == EDGE || n == 1)
        return i < 0 ? 0 : i >= n ? n - 1 : i;
    int64_t period = mode == REFLECT ? 2 * n - 2 : 2 * n;
    i = (i % period + period) % period;
    if (i < n)
        return i;
    return mode == REFLECT ? period - i : period - 1 - i;
}

static bool pad_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0];
    const pad_attrs *attrs = CN_ATTRS(pad_attrs, node);
    results->dtype[0] = x->dtype;
    results->shape[0] = x->shape;
    for (int i = 0; i < x->shape.rank; i++) {
        int64_t more = attrs->before[i] + attrs->after[i], *dim = &results->shape[0].dim[i];
        if (*dim == 0 && more && attrs->mode != CONSTANT)
            return cn_fail(CN_EINVAL,
                           "cn_pad: axis %d of shape %s has nothing to repeat in mode "
                           "'%s'",
                           i, cn_shape_text(x->shape), mode_names[attrs->mode]);
        *dim = *dim < 0 ? CN_ANY : *dim + more;
    }
    return true;
}

static bool is_constant(const cn_tensor *node)
{
    return CN_ATTRS(pad_attrs, node)->mode == CONSTANT;
}

static cn_tensor *crop(cn_tensor *y, const pad_attrs *attrs)
{
    cn_slice_spec spec = cn_slice_whole(y->shape.rank);
    for (int i = 0; i < y->shape.rank; i++)
        spec.axis[i] =
            (cn_range){attrs->before[i], attrs->after[i] ? -attrs->after[i] : CN_UNSET, 1, CN_ANY};
    return cn_slice_by(y, &spec);
}

extern const cn_op cn_op_pad, cn_op_unpad;

static bool pad_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *x = node->inputs[0];
    pad_attrs attrs = *CN_ATTRS(pad_attrs, node);
    if (is_constant(node)) {
        dx[0] = crop(dy[0], &attrs);
        return dx[0] != NULL;
    }
    cn_tensor *wide = cn_cast(dy[0], cn_computable(dy[0]->dtype));
    bool known = cn_shape_known(x->shape);
    attrs.shape.rank = known ? x->shape.rank : 0;
    for (int i = 0; known && i < x->shape.rank; i++)
        attrs.shape.dim[i] = x->shape.dim[i];
    dx[0] = cn_cast(cn_apply(&cn_op_unpad, (cn_tensor *[]){wide, x}, known ? 1 : 2, &attrs),
                    dy[0]->dtype);
    return dx[0] != NULL;
}

/* Where row `i` of the padded array (all axes but the last) comes from: a row of x. */
static int64_t row_of(const pad_attrs *attrs, const cn_view *padded, const cn_view *x, int64_t i)
{
    int64_t row = 0, step = 1;
    for (int k = x->rank - 1; k--;) {
        int64_t at = i % padded->dim[k] - attrs->before[k];
        i /= padded->dim[k];
        row += source((pad_mode)attrs->mode, at, x->dim[k]) * step;
        step *= x->dim[k];
    }
    return row;
}

static void pad_constant(const pad_attrs *attrs, const cn_view *x, const cn_view *y)
{
    size_t size = cn_dtype_size(x->dtype);
    char value[8];
    cn_loop_cast(CN_FLOAT64, x->dtype)(value, &(const void *){&attrs->value}, 1,
                                       (int32_t[]){CN_FLOAT64, x->dtype});
    cn_loop_fill(y->data, value, size, (size_t)y->size);
    cn_strided copy = {.rank = x->rank};
    int64_t offset = 0;
    cn_row_major(x, copy.from_stride);
    cn_row_major(y, copy.to_stride);
    for (int i = 0; i < x->rank; i++) {
        copy.dim[i] = x->dim[i];
        offset += attrs->before[i] * copy.to_stride[i];
    }
    if (x->size)
        cn_strided_copy(x->data, (char *)y->data + offset * (int64_t)size, &copy, size);
}

/* Rows are copied whole, their ends element by element. */
static void pad_rows(void *context, size_t begin, size_t end)
{
    const cn_kernel_args *args = context;
    const pad_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0], *y = &args->out[0];
    int last = x->rank - 1;
    int64_t n = x->dim[last], m = y->dim[last], before = attrs->before[last];
    size_t size = cn_dtype_size(x->dtype);
    for (size_t r = begin; r < end; r++) {
        const char *from =
            (const char *)x->data + (size_t)(row_of(attrs, y, x, (int64_t)r) * n) * size;
        char *to = (char *)y->data + r * (size_t)m * size;
        memcpy(to + (size_t)before * size, from, (size_t)n * size);
        for (int64_t k = 0; k < m - n; k++) { /* what is before, then what is after */
            int64_t i = k < before ? k : k + n;
            memcpy(to + (size_t)i * size,
                   from + (size_t)source((pad_mode)attrs->mode, i - before, n) * size, size);
        }
    }
}

static bool pad_run(const cn_kernel_args *args)
{
    const pad_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0], *y = &args->out[0];
    if (attrs->mode == CONSTANT)
        return pad_constant(attrs, x, y), true;
    int64_t row = x->rank ? y->dim[x->rank - 1] : 0;
    if (y->size)
        cn_parallel_for((size_t)(y->size / row), row >= 16384 ? 1 : (size_t)(16384 / row), pad_rows,
                        (void *)args);
    return true;
}

const cn_op cn_op_pad = {
    .name = "pad", .attrs = sizeof(pad_attrs), .infer = pad_infer, .vjp = pad_vjp, .run = pad_run};

bool cn_pads_pixels(const cn_tensor *node, const int64_t **before, const int64_t **after)
{
    const pad_attrs *attrs = node->attrs;
    int last = node->shape.rank - 1;
    if (node->op != &cn_op_pad || attrs->mode != CONSTANT || attrs->value != 0 || last < 0)
        return false;
    *before = attrs->before;
    *after = attrs->after;
    return !(attrs->before[0] || attrs->after[0] || attrs->before[last] || attrs->after[last]);
}

/* ---- unpad: (dy[, like]) -> what was padded, each element the sum of its copies ---- */

static bool unpad_infer(const cn_tensor *node, cn_results *results)
{
    results->dtype[0] = node->inputs[0]->dtype;
    results->shape[0] =
        node->n_inputs > 1 ? node->inputs[1]->shape : CN_ATTRS(pad_attrs, node)->shape;
    return true;
}

static bool unpad_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    pad_attrs attrs = *CN_ATTRS(pad_attrs, node);
    memset(&attrs.shape, 0, sizeof attrs.shape);
    dx[0] = cn_apply1(&cn_op_pad, dy[0], &attrs);
    return dx[0] != NULL;
}

#define UNPAD(type)                                                                \
    do {                                                                           \
        memset(x->data, 0, (size_t)x->size * sizeof(type));                        \
        for (int64_t r = 0; r < rows; r++) {                                       \
            const type *from = (const type *)dy->data + r * m;                     \
            type *to = (type *)x->data + row_of(attrs, dy, x, r) * n;              \
            for (int64_t i = 0; i < m; i++)                                        \
                to[i >= before && i < before + n                                   \
                       ? i - before                                                \
                       : source((pad_mode)attrs->mode, i - before, n)] += from[i]; \
        }                                                                          \
    } while (0)

static bool unpad_run(const cn_kernel_args *args)
{
    const pad_attrs *attrs = args->attrs;
    const cn_view *dy = &args->in[0], *x = &args->out[0];
    int last = x->rank - 1;
    int64_t n = x->dim[last], m = dy->dim[last], before = attrs->before[last];
    int64_t rows = m ? dy->size / m : 0;
    if (x->dtype == CN_FLOAT32)
        UNPAD(float);
    else
        UNPAD(double);
    return true;
}

const cn_op cn_op_unpad = {.name = "unpad",
                           .attrs = sizeof(pad_attrs),
                           .infer = unpad_infer,
                           .vjp = unpad_vjp,
                           .run = unpad_run};

static bool read_mode(cn_str name, int64_t *mode)
{
    for (*mode = 0; mode_names[*mode]; ++*mode)
        if (!name || !strcmp(name, mode_names[*mode]))
            return true;
    return cn_fail(CN_EINVAL, "cn_pad: unknown mode '%s'%s", name,
                   cn_did_you_mean(name, mode_names));
}

static cn_tensor *formed(cn_tensor *y, cn_tensor *x, const pad_attrs *attrs)
{
    const char *args = attrs->value != 0 ? cn_fmt("[\"$0\", %.17g]", attrs->value) : NULL;
    char widths[CN_MAX_RANK * 50] = "";
    size_t n = 0;
    for (int i = 0; i < x->shape.rank; i++)
        n += (size_t)snprintf(widths + n, sizeof widths - n, "%s[%lld, %lld]", i ? ", " : "",
                              (long long)attrs->before[i], (long long)attrs->after[i]);
    return CN_FORMED_BY(y, "Pad", cn_list_of(x), args, "\"pad_width\": [%s], \"mode\": \"%s\"",
                        widths, mode_names[attrs->mode]);
}

cn_tensor *cn_pad(cn_tensor *x, const int64_t *before, const int64_t *after, cn_str mode,
                  double value)
{
    pad_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    if (!x || !read_mode(mode, &attrs.mode))
        return NULL;
    bool some = false;
    attrs.value = attrs.mode == CONSTANT ? value : 0;
    for (int i = 0; i < x->shape.rank; i++) {
        const int64_t most = (int64_t)1 << 40;
        attrs.before[i] = before[i];
        attrs.after[i] = after[i];
        some |= before[i] || after[i];
        if (before[i] < 0 || after[i] < 0 || before[i] > most || after[i] > most)
            return cn_fail_null(CN_EINVAL,
                                "cn_pad: expected widths of at least 0, found (%lld, %lld) for "
                                "axis %d of shape %s",
                                (long long)before[i], (long long)after[i], i,
                                cn_shape_text(x->shape));
    }
    return some ? formed(cn_apply1(&cn_op_pad, x, &attrs), x, &attrs) : cn_unchanged(x);
}
