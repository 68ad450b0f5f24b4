/* Arrays of tensors: two tensors, the elements (places, …) and which of them were written, bool
 * (places,). tf.TensorArray */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "ops/flow/while_loop.h"

/* ---- an empty one ---- */

typedef struct array_attrs {
    int64_t size;
    int32_t dtype, grows;
    int64_t filled;   /* all true, one for each row of the first input */
    cn_shape element; /* without a first input whose shape it is */
} array_attrs;

static bool array_infer(const cn_tensor *node, cn_results *results)
{
    const array_attrs *a = CN_ATTRS(array_attrs, node);
    cn_shape element = node->n_inputs ? node->inputs[0]->shape : a->element;
    if (element.rank == CN_MAX_RANK && !a->filled)
        return cn_fail(CN_EUNSUPPORTED, "not supported: an array of tensors of rank %d",
                       CN_MAX_RANK);
    results->shape[0] = a->filled ? cn_shape(element.dim[0]) : cn_shape_insert(element, 0, a->size);
    results->dtype[0] = (cn_dtype)a->dtype;
    return true;
}

static bool array_run(const cn_kernel_args *args)
{
    const cn_view *y = &args->out[0];
    bool filled = ((const array_attrs *)args->attrs)->filled;
    memset(y->data, filled, (size_t)y->size * cn_dtype_size(y->dtype));
    return true;
}

static const cn_op cn_op_tensor_array = {.name = "tensor_array",
                                         .traits = CN_NO_GRADIENT,
                                         .attrs = sizeof(array_attrs),
                                         .infer = array_infer,
                                         .run = array_run};

static cn_tensor *empty(const cn_tensor_array_options *o, cn_tensor *like, cn_dtype dtype,
                        cn_shape element)
{
    array_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.size = o->size;
    attrs.dtype = dtype;
    attrs.grows = o->dynamic_size;
    attrs.element.rank = element.rank;
    memcpy(attrs.element.dim, element.dim, (size_t)element.rank * sizeof element.dim[0]);
    return cn_apply(&cn_op_tensor_array, &like, like ? 1 : 0, &attrs);
}

cn_tensor *cn_tensor_array_with(const cn_tensor_array_options *o)
{
    cn_mark_at(o->at, "cn_tensor_array");
    cn_shape element = o->element_shape ? *o->element_shape : CN_SCALAR;
    if (o->size < 0)
        return cn_fail_null(CN_EINVAL, "cn_tensor_array: expected size >= 0, found %lld",
                            (long long)o->size);
    if (!o->like && !cn_shape_known(element))
        return cn_fail_null(
            CN_EINVAL,
            "cn_tensor_array: expected a known element_shape, found %s; .like takes "
            "the shape of a tensor",
            cn_shape_text(element));
    return cn_tuple(cn_list_of(empty(o, cn_trace_read(o->like), o->dtype, element),
                               empty(o, NULL, CN_BOOL, CN_SCALAR)));
}

/* ---- rows like those of another, without one ---- */

typedef struct row_attrs {
    int64_t rows; /* of the result of array_write, where they are known; else CN_ANY */
    int64_t grows;
} row_attrs;

/* x's rows, as many as `like` has: zeros where x has none, and at the index. */
static bool fit_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->shape[0].dim[0] = node->inputs[1]->shape.dim[0];
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static size_t row_bytes(const cn_view *view)
{
    size_t bytes = cn_dtype_size(view->dtype);
    for (int i = 1; i < view->rank; i++)
        bytes *= (size_t)view->dim[i];
    return bytes;
}

static bool fit_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *y = &args->out[0];
    size_t row = row_bytes(y);
    int64_t at = *(const int64_t *)args->in[2].data;
    int64_t common = x->dim[0] < y->dim[0] ? x->dim[0] : y->dim[0];
    memcpy(y->data, x->data, (size_t)common * row);
    memset((char *)y->data + (size_t)common * row, 0, (size_t)(y->dim[0] - common) * row);
    if (at >= 0 && at < y->dim[0])
        memset((char *)y->data + (size_t)at * row, 0, row);
    return true;
}

static bool fit_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx);

static const cn_op cn_op_fit_rows = {
    .name = "fit_rows", .infer = fit_infer, .vjp = fit_vjp, .run = fit_run};

static bool fit_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_apply(&cn_op_fit_rows, (cn_tensor *[]){dy[0], node->inputs[0], node->inputs[2]}, 3,
                     NULL);
    return dx[0] != NULL;
}

/* ---- writing ---- */

static bool write_infer(const cn_tensor *node, cn_results *results)
{
    const row_attrs *a = CN_ATTRS(row_attrs, node);
    const cn_tensor *rows = node->inputs[0], *value = node->inputs[3];
    cn_shape element = cn_shape_remove(rows->shape, 0);
    if (!cn_shape_matches(element, value->shape) && !cn_shape_matches(value->shape, element))
        return cn_fail(CN_EINVAL, "cn_array_write: expected a value of shape %s, found %s",
                       cn_shape_text(element), cn_shape_text(value->shape));
    results->count = 2;
    for (int i = 0; i < 2; i++) {
        results->shape[i] = node->inputs[i]->shape;
        results->dtype[i] = node->inputs[i]->dtype;
        if (a->grows)
            results->shape[i].dim[0] = a->rows;
    }
    return true;
}

/* Copies the rows of input k into result k, which may have more. *to: where they are now; NULL:
 * nobody wants them. */
static bool copy_rows(const cn_kernel_args *args, int k, int64_t rows, char **to)
{
    const cn_view *from = &args->in[k];
    cn_shape shape = {.rank = from->rank};
    memcpy(shape.dim, from->dim, sizeof shape.dim);
    shape.dim[0] = rows;
    bool late = args->out[k].size < 0;
    *to = late ? cn_result_room(args, k, shape) : args->out[k].data;
    if (!*to)
        return !late;
    size_t row = row_bytes(from), old = (size_t)from->dim[0] * row;
    memcpy(*to, from->data, old);
    memset(*to + old, 0, (size_t)rows * row - old);
    return true;
}

static bool check_place(const cn_kernel_args *args, int64_t at, int64_t size, bool grows)
{
    if (at < 0 || (at >= size && !grows))
        return cn_fail(CN_EINVAL, "cn_array_write: the place %lld is outside an array of %lld",
                       (long long)at, (long long)size);
    if (at < size && ((const bool *)args->in[1].data)[at])
        return cn_fail(CN_EINVAL, "cn_array_write: place %lld was written before", (long long)at);
    return true;
}

static bool write_run(const cn_kernel_args *args)
{
    int64_t at = *(const int64_t *)args->in[2].data, size = args->in[0].dim[0];
    bool grows = ((const row_attrs *)args->attrs)->grows;
    if (!check_place(args, at, size, grows))
        return false;
    int64_t rows = at >= size ? at + 1 : size;
    char *values, *written;
    if (!copy_rows(args, 0, rows, &values) || !copy_rows(args, 1, rows, &written))
        return false;
    size_t row = row_bytes(&args->in[0]);
    if (values)
        memcpy(values + (size_t)at * row, args->in[3].data, row);
    if (written)
        written[at] = true;
    return true;
}

static bool write_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    if (!dy[0])
        return true;
    cn_tensor *at = node->inputs[2];
    dx[0] = cn_apply(&cn_op_fit_rows, (cn_tensor *[]){dy[0], node->inputs[0], at}, 3, NULL);
    dx[3] = cn_gather(dy[0], at, 0);
    return dx[0] && dx[3];
}

static const cn_op cn_op_array_write = {.name = "array_write",
                                        .traits = CN_LATE,
                                        .attrs = sizeof(row_attrs),
                                        .infer = write_infer,
                                        .vjp = write_vjp,
                                        .run = write_run};

/* ---- the public doors ---- */

bool cn_array_grows(const cn_tensor *tensor)
{
    const cn_tensor *node = tensor->op == &cn_op_nth ? tensor->inputs[0] : tensor;
    if (node->op == &cn_op_tensor_array)
        return CN_ATTRS(array_attrs, node)->grows;
    return node->op == &cn_op_array_write && CN_ATTRS(row_attrs, node)->grows;
}

static bool check_array(const cn_tensor *array, const char *who)
{
    if (!array)
        return false;
    if (array->op == &cn_op_tuple && array->n_inputs == 2 && array->inputs[0]->shape.rank &&
        array->inputs[1]->shape.rank == 1 && array->inputs[1]->dtype == CN_BOOL)
        return true;
    return cn_fail(CN_EINVAL, "%s: expected an array of cn_tensor_array, found '%s'", who,
                   array->op->name);
}

static cn_tensor *place_of(cn_tensor *index, const char *who)
{
    cn_tensor *at = cn_indices(index, who);
    return at ? cn_reshape(at, CN_SCALAR) : NULL;
}

/* May it grow: an array that was made to, or one of open size inside of a loop? */
static bool may_grow(const cn_tensor *rows)
{
    return cn_array_grows(rows) || rows->shape.dim[0] == CN_ANY;
}

/* Eager code knows the place, and so the size that comes out. */
static bool find_rows(row_attrs *attrs, const cn_tensor *rows, cn_tensor *at)
{
    attrs->rows = rows->shape.dim[0];
    if (!attrs->grows)
        return true;
    attrs->rows = CN_ANY;
    if (cn_tracing() || rows->symbolic || at->symbolic)
        return true;
    double place = cn_item(at);
    if (isnan(place))
        return false;
    attrs->rows = place >= (double)rows->shape.dim[0] ? (int64_t)place + 1 : rows->shape.dim[0];
    return true;
}

cn_tensor *cn_array_write_(cn_tensor *array, cn_tensor *index, cn_tensor *value)
{
    if (!index || !value || !check_array(array, "cn_array_write"))
        return NULL;
    cn_tensor *rows = array->inputs[0], *at = place_of(index, "cn_array_write");
    row_attrs attrs = {.grows = may_grow(rows)};
    if (!at || !find_rows(&attrs, rows, at))
        return NULL;
    cn_tensor *inputs[] = {rows, array->inputs[1], at, cn_cast(value, rows->dtype)};
    cn_tensor *y = cn_apply(&cn_op_array_write, inputs, 4, &attrs);
    return y ? cn_tuple(cn_list_of(y, cn_nth_result(y, 1))) : NULL;
}

cn_tensor *cn_array_read_(cn_tensor *array, cn_tensor *index)
{
    if (!index || !check_array(array, "cn_array_read"))
        return NULL;
    return cn_gather(array->inputs[0], place_of(index, "cn_array_read"), 0);
}

cn_tensor *cn_array_stack(cn_tensor *array)
{
    return check_array(array, "cn_array_stack") ? array->inputs[0] : NULL;
}

cn_tensor *cn_array_unstack(cn_tensor *x)
{
    cn_tensor *rows = cn_trace_read(x);
    if (!rows)
        return NULL;
    if (!rows->shape.rank)
        return cn_fail_null(CN_EINVAL, "cn_array_unstack: expected a first axis, found a scalar");
    array_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.dtype = CN_BOOL;
    attrs.filled = true;
    return cn_tuple(cn_list_of(rows, cn_apply1(&cn_op_tensor_array, rows, &attrs)));
}

cn_tensor *cn_array_size(cn_tensor *array)
{
    if (!check_array(array, "cn_array_size"))
        return NULL;
    return cn_slice(cn_shape_tensor(array->inputs[0]), "0");
}
