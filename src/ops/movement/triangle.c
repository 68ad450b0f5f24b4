/* The lower and upper triangles of matrices. keras.ops.tril, triu */
#include "ops/ops.h"
#include "graph/form.h"

#include <string.h>

#include "base/threads.h"

typedef struct triangle_attrs {
    int64_t k, upper;
} triangle_attrs;

static bool triangle_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] = node->inputs[0]->shape;
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

static bool triangle_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[0] = cn_apply1(node->op, dy[0], node->attrs);
    return dx[0] != NULL;
}

/* Row by row: what is kept, and zeros before or behind it. */
static void keep_rows(void *context, size_t begin, size_t end)
{
    const cn_kernel_args *args = context;
    const triangle_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0];
    int64_t rows = x->dim[x->rank - 2], columns = x->dim[x->rank - 1];
    size_t size = cn_dtype_size(x->dtype), row = (size_t)columns * size;
    for (size_t i = begin; i < end; i++) {
        int64_t cut = (int64_t)i % rows + attrs->k + !attrs->upper;
        size_t bytes = (size_t)(cut < 0 ? 0 : cut > columns ? columns : cut) * size;
        const char *from = (const char *)x->data + i * row;
        char *to = (char *)args->out[0].data + i * row;
        memcpy(to, from, row);
        memset(attrs->upper ? to : to + bytes, 0, attrs->upper ? bytes : row - bytes);
    }
}

static bool triangle_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    int64_t columns = x->dim[x->rank - 1];
    if (x->size)
        cn_parallel_for((size_t)(x->size / columns),
                        columns >= 16384 ? 1 : (size_t)(16384 / columns), keep_rows, (void *)args);
    return true;
}

const cn_op cn_op_triangle = {.name = "triangle",
                              .attrs = sizeof(triangle_attrs),
                              .infer = triangle_infer,
                              .vjp = triangle_vjp,
                              .run = triangle_run};

static cn_tensor *triangle(cn_tensor *x, int64_t k, bool upper, const char *who)
{
    const int64_t most = (int64_t)1 << 60;
    if (x && x->shape.rank < 2)
        return cn_fail_null(CN_EINVAL, "%s: expected matrices, found shape %s", who,
                            cn_shape_text(x->shape));
    k = k < -most ? -most : k > most ? most : k;
    cn_tensor *y = cn_apply1(&cn_op_triangle, x, &(triangle_attrs){k, upper});
    return CN_FORMED(y, upper ? "Triu" : "Tril", cn_list_of(x), "\"k\": %lld", (long long)k);
}

cn_tensor *cn_tril(cn_tensor *x, int64_t k)
{
    return triangle(x, k, false, "cn_tril");
}

cn_tensor *cn_triu(cn_tensor *x, int64_t k)
{
    return triangle(x, k, true, "cn_triu");
}
