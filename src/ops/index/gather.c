/* Rows by index, and rows summed by index. keras.ops.take */
#include "ops/index/gather.h"
#include "graph/form.h"

#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "base/threads.h"

cn_tensor *cn_indices(cn_tensor *indices, const char *who)
{
    if (indices && !cn_dtype_is_int(indices->dtype))
        return cn_fail_null(CN_EINVAL, "%s: expected indices of an integer dtype, found %s", who,
                            cn_dtype_name(indices->dtype));
    return cn_cast(indices, CN_INT64);
}

bool cn_index_outside(const char *who, int64_t index, const cn_view *indices, int64_t at, int axis,
                      int64_t dim)
{
    cn_shape place = {.rank = indices->rank};
    for (int i = indices->rank; i--;) {
        place.dim[i] = at % indices->dim[i];
        at /= indices->dim[i];
    }
    return cn_fail(CN_EINVAL, "%s: the index %lld at %s is outside axis %d of size %lld", who,
                   (long long)index, cn_shape_text(place), axis, (long long)dim);
}

bool cn_check_indices(const cn_view *indices, int axis, int64_t rows)
{
    const int64_t *index = indices->data;
    for (int64_t i = 0; i < indices->size; i++)
        if (index[i] < -rows || index[i] >= rows)
            return cn_index_outside("cn_gather", index[i], indices, i, axis, rows);
    return true;
}

/* An array as (outer, rows, inner) around the axis; indices hold n. */
typedef struct gather_job {
    const int64_t *indices;
    const char *from;
    char *to;
    cn_dtype dtype;
    int64_t outer, rows, inner, n, pieces;
} gather_job;

static bool describe(gather_job *job, const cn_view *whole, const cn_view *indices, int axis)
{
    *job = (gather_job){.indices = indices->data, .dtype = whole->dtype, .outer = 1, .inner = 1};
    job->n = indices->size;
    job->rows = whole->dim[axis];
    for (int i = 0; i < whole->rank; i++)
        if (i != axis)
            *(i < axis ? &job->outer : &job->inner) *= whole->dim[i];
    return cn_check_indices(indices, axis, job->rows);
}

static size_t grain_for(int64_t inner)
{
    return inner >= 16384 ? 1 : (size_t)(16384 / (inner ? inner : 1));
}

/* ---- gather ---- */

static bool gather_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *x = node->inputs[0], *indices = node->inputs[1];
    int axis = (int)CN_ATTRS(cn_gather_attrs, node)->axis, rank = indices->shape.rank;
    cn_shape *y = &results->shape[0];
    if (x->shape.rank - 1 + rank > CN_MAX_RANK)
        return cn_fail(CN_EINVAL,
                       "cn_gather: axis %d of shape %s by indices of shape %s makes more than %d "
                       "axes",
                       axis, cn_shape_text(x->shape), cn_shape_text(indices->shape), CN_MAX_RANK);
    y->rank = 0;
    for (int i = 0; i < x->shape.rank; i++) {
        for (int k = 0; i == axis && k < rank; k++)
            y->dim[y->rank++] = indices->shape.dim[k];
        if (i != axis)
            y->dim[y->rank++] = x->shape.dim[i];
    }
    results->dtype[0] = x->dtype;
    return true;
}

static bool gather_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    int axis = (int)CN_ATTRS(cn_gather_attrs, node)->axis;
    dx[0] = cn_gather_sum(dy[0], node->inputs[1], axis, node->inputs[0]);
    return dx[0] != NULL;
}

static void gather_rows(void *context, size_t begin, size_t end)
{
    const gather_job *job = context;
    size_t row = (size_t)job->inner * cn_dtype_size(job->dtype);
    for (size_t i = begin; i < end; i++) {
        int64_t index = job->indices[(int64_t)i % job->n], outer = (int64_t)i / job->n;
        if (index < 0)
            index += job->rows;
        memcpy(job->to + i * row, job->from + (size_t)(outer * job->rows + index) * row, row);
    }
}

/* Single elements, without the cost of a call for each. */
static void gather_words(void *context, size_t begin, size_t end)
{
    const gather_job *job = context;
    const uint32_t *from = (const void *)job->from;
    uint32_t *to = (void *)job->to;
    for (size_t i = begin; i < end; i++) {
        int64_t index = job->indices[(int64_t)i % job->n], outer = (int64_t)i / job->n;
        to[i] = from[outer * job->rows + (index < 0 ? index + job->rows : index)];
    }
}

static bool gather_run(const cn_kernel_args *args)
{
    gather_job job;
    const cn_gather_attrs *attrs = args->attrs;
    if (!describe(&job, &args->in[0], &args->in[1], (int)attrs->axis))
        return false;
    job.from = args->in[0].data;
    job.to = args->out[0].data;
    bool words = job.inner == 1 && cn_dtype_size(job.dtype) == 4;
    cn_parallel_for((size_t)(job.outer * job.n), grain_for(job.inner),
                    words ? gather_words : gather_rows, &job);
    return true;
}

const cn_op cn_op_gather = {.name = "gather",
                            .traits = CN_FALLIBLE,
                            .attrs = sizeof(cn_gather_attrs),
                            .infer = gather_infer,
                            .vjp = gather_vjp,
                            .run = gather_run};

cn_tensor *cn_gather_(cn_tensor *x, cn_tensor *indices, int64_t axis)
{
    int at;
    if (!x || !indices || !cn_axis(axis, x->shape.rank, &at, "cn_gather"))
        return NULL;
    cn_gather_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.axis = at;
    cn_tensor *y = cn_apply2(&cn_op_gather, x, cn_indices(indices, "cn_gather"), &attrs);
    return CN_FORMED(y, "Take", cn_list_of(x, indices), "\"axis\": %d", at);
}

bool cn_takes_checked_rows(const cn_tensor *y)
{
    return y->op == &cn_op_gather && !y->value && !y->symbolic &&
           y->inputs[1]->op == &cn_op_checked_ids && !CN_ATTRS(cn_gather_attrs, y)->axis;
}

/* ---- gather_sum: (dy, indices[, like]) ---- */

static bool sum_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] =
        node->n_inputs > 2 ? node->inputs[2]->shape : CN_ATTRS(cn_gather_attrs, node)->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static bool sum_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_gather(dy[0], node->inputs[1], CN_ATTRS(cn_gather_attrs, node)->axis);
    return dx[0] != NULL;
}

/* Each piece clears rows of its own, which are then near, and sums into them in the order of the
 * indices, so that the result does not depend on the number of threads. */
static void sum_rows(void *context, size_t begin, size_t end)
{
    const gather_job *job = context;
    size_t row = (size_t)job->inner * cn_dtype_size(job->dtype);
    cn_loop_kernel add = cn_loop_get(CN_LOOP_add, job->dtype);
    for (size_t i = begin; i < end; i++) {
        int64_t outer = (int64_t)i / job->pieces, piece = (int64_t)i % job->pieces;
        int64_t low = job->rows * piece / job->pieces;
        int64_t high = job->rows * (piece + 1) / job->pieces;
        const char *from = job->from + (size_t)(outer * job->n) * row;
        char *to = job->to + (size_t)(outer * job->rows) * row;
        memset(to + (size_t)low * row, 0, (size_t)(high - low) * row);
        for (int64_t k = 0; k < job->n; k++) {
            int64_t at = job->indices[k] < 0 ? job->indices[k] + job->rows : job->indices[k];
            char *y = to + (size_t)at * row;
            if (at >= low && at < high)
                add(y, (const void *[]){y, from + (size_t)k * row}, (size_t)job->inner, NULL);
        }
    }
}

static bool sum_run(const cn_kernel_args *args)
{
    gather_job job;
    const cn_view *y = &args->out[0];
    const cn_gather_attrs *attrs = args->attrs;
    if (!describe(&job, y, &args->in[1], (int)attrs->axis))
        return false;
    int64_t work = (job.n + job.rows) * job.inner;
    job.from = args->in[0].data;
    job.to = y->data;
    job.pieces = job.outer >= 8 || work <= 16384 ? 1
                 : job.inner < 16                ? 2
                                                 : 8; /* each looks at all */
    cn_parallel_for((size_t)(job.outer * job.pieces), job.pieces > 1 ? 1 : grain_for(work),
                    sum_rows, &job);
    return true;
}

const cn_op cn_op_gather_sum = {.name = "gather_sum",
                                .traits = CN_FALLIBLE,
                                .attrs = sizeof(cn_gather_attrs),
                                .infer = sum_infer,
                                .vjp = sum_vjp,
                                .run = sum_run};
