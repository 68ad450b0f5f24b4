/* y[r] = the sum of dy[k] over all k with indices[k] = r, in their order.
 * indices (...), dy (..., row's shape), y (rows, row's shape): the gradient of cn_gather.
 *
 * Lists say which k meet at each row. Clusters compute the sums where they need them: an optimizer
 * reads zeros where nothing met, and no memory ever holds these zeros. */
#include <string.h>

#include "backend/cpu/loops/loops.h"
#include "ops/index/gather.h"

enum { SHORTEST = 16 }; /* elements of a row that are worth a list */

/* ---- row_lists: (indices, dy), rows ---- */

static bool lists_infer(const cn_tensor *node, cn_results *results)
{
    results->count = 2;
    results->shape[0] = cn_shape(CN_ANY);
    results->shape[0].dim[0] = *CN_ATTRS(int64_t, node);
    results->shape[1] = node->inputs[0]->shape;
    results->dtype[0] = results->dtype[1] = CN_INT64;
    return true;
}

/* 1 + the first k of each row, and for each k 1 + the next of its row. 0 ends. */
static bool lists_run(const cn_kernel_args *args)
{
    const int64_t *indices = args->in[0].data;
    int64_t *first = args->out[0].data, *next = args->out[1].data, rows = args->out[0].size;
    if (!cn_check_indices(&args->in[0], 0, rows))
        return false;
    memset(first, 0, (size_t)rows * sizeof *first);
    for (int64_t k = args->in[0].size; k--;) {
        int64_t *row = &first[indices[k] < 0 ? indices[k] + rows : indices[k]];
        next[k] = *row;
        *row = k + 1;
    }
    return true;
}

const cn_op cn_op_row_lists = {.name = "row_lists",
                               .traits = CN_NO_GRADIENT | CN_FALLIBLE,
                               .attrs = sizeof(int64_t) /* rows */,
                               .infer = lists_infer,
                               .run = lists_run};

/* ---- row_sums: (dy, indices, lists) ---- */

static bool sums_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = CN_ATTRS(cn_gather_attrs, node)->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static bool sums_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_gather(dy[0], node->inputs[1], 0);
    return dx[0] != NULL;
}

static void sum_rows(void *out, const void *const *in, size_t n, const void *attrs)
{
    const cn_gather_attrs *a = attrs;
    const int64_t *first = in[2], *next = in[3];
    size_t place = *(const size_t *)in[4], inner = (size_t)a->inner;
    size_t size = cn_dtype_size((cn_dtype)a->dtype), row = place / inner, at = place % inner;
    cn_loop_kernel add = cn_loop_get(CN_LOOP_add, (cn_dtype)a->dtype);
    memset(out, 0, n * size);
    for (char *y = out; n; row++, at = 0) {
        size_t run = inner - at < n ? inner - at : n;
        for (int64_t k = first[row]; k; k = next[k - 1]) {
            const char *x = (const char *)in[0] + ((size_t)(k - 1) * inner + at) * size;
            add(y, (const void *[]){y, x}, run, NULL);
        }
        y += run * size;
        n -= run;
    }
}

static cn_loop_kernel sums_loop(const cn_tensor *node)
{
    (void)node;
    return sum_rows;
}

const cn_op cn_op_row_sums = {.name = "row_sums",
                              .traits = CN_PLACED | CN_COSTLY,
                              .attrs = sizeof(cn_gather_attrs),
                              .infer = sums_infer,
                              .vjp = sums_vjp,
                              .loop = sums_loop};

static cn_tensor *by_lists(cn_tensor *dy, cn_tensor *indices, const cn_gather_attrs *attrs)
{
    /* lists read dy only so that they are not made, and hold memory, long before */
    cn_tensor *lists = cn_apply2(&cn_op_row_lists, indices, dy, attrs->shape.dim);
    cn_tensor *inputs[] = {dy, indices, lists, lists ? cn_nth_result(lists, 1) : NULL};
    return cn_apply(&cn_op_row_sums, inputs, 4, attrs);
}

/* ---- the builders ---- */

static cn_tensor *sum(cn_tensor *dy, cn_tensor *indices, int axis, const cn_shape *shape,
                      cn_tensor *like)
{
    if (!dy || !(indices = cn_indices(indices, "cn_scatter")))
        return NULL;
    cn_gather_attrs attrs;
    memset(&attrs, 0, sizeof attrs);
    attrs.axis = axis;
    attrs.shape.rank = shape->rank;
    memcpy(attrs.shape.dim, shape->dim, (size_t)shape->rank * sizeof shape->dim[0]);
    int64_t rows = shape->rank && !axis && !like ? shape->dim[0] : 0;
    attrs.inner = rows ? cn_shape_size(*shape) / rows : 0;
    attrs.dtype = cn_computable(dy->dtype);
    cn_tensor *inputs[] = {cn_cast(dy, cn_computable(dy->dtype)), indices, like};
    return cn_cast(attrs.inner < SHORTEST
                       ? cn_apply(&cn_op_gather_sum, inputs, like ? 3 : 2, &attrs)
                       : by_lists(inputs[0], indices, &attrs),
                   dy->dtype);
}

cn_tensor *cn_gather_sum(cn_tensor *dy, cn_tensor *indices, int axis, cn_tensor *like)
{
    bool known = like && cn_shape_known(like->shape);
    return like ? sum(dy, indices, axis, known ? &like->shape : &CN_SCALAR, known ? NULL : like)
                : NULL;
}

cn_tensor *cn_gather_sum_to(cn_tensor *dy, cn_tensor *indices, int axis, cn_shape shape)
{
    return sum(dy, indices, axis, &shape, NULL);
}
