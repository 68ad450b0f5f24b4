/* NumPy's matrix product: a (..., m, k), b (..., k, n) -> (..., m, n), the leading axes broadcast.
 * keras.ops.matmul */
#include "ops/products.h"
#include "graph/form.h"

#include "backend/cpu/gemm/gemm.h"
#include "backend/cpu/sizes.h"
#include "base/threads.h"
#include "ops/epilogue.h"
#include "ops/window/conv.h"

/* ---- shapes ---- */

/* The axis of k in either operand; a vector has but one. */
static int64_t inner_a(cn_shape a, bool transposed)
{
    return a.dim[a.rank < 2 ? 0 : a.rank - 1 - transposed];
}

static int64_t inner_b(cn_shape b, bool transposed)
{
    return b.dim[b.rank < 2 ? 0 : b.rank - 2 + transposed];
}

static bool check_inner(cn_shape a, cn_shape b, bool transpose_a, bool transpose_b)
{
    static const char *const note[] = {"", " (transposed)"};
    int64_t ka = inner_a(a, transpose_a), kb = inner_b(b, transpose_b);
    return ka == kb || ka < 0 || kb < 0 ||
           cn_fail(CN_EINVAL,
                   "cn_matmul: shapes %s%s and %s%s do not fit: the inner dimensions are %lld and "
                   "%lld",
                   cn_shape_text(a), note[transpose_a], cn_shape_text(b), note[transpose_b],
                   (long long)ka, (long long)kb);
}

/* The leading axes of both, broadcast. */
static bool join_leading(cn_shape a, cn_shape b, cn_shape *y)
{
    y->rank = (a.rank > b.rank ? a.rank : b.rank) - 2;
    for (int i = 0; i < y->rank; i++) {
        int at = i - (y->rank - (a.rank - 2)), bt = i - (y->rank - (b.rank - 2));
        int64_t da = at < 0 ? 1 : a.dim[at], db = bt < 0 ? 1 : b.dim[bt];
        if (da != db && da > 1 && db > 1)
            return cn_fail(CN_EINVAL,
                           "cn_matmul: the leading axes of shapes %s and %s do not broadcast",
                           cn_shape_text(a), cn_shape_text(b));
        y->dim[i] = da == 1 || (da < 0 && db != 1) ? db : da;
    }
    return true;
}

static bool matmul_infer(const cn_tensor *node, cn_results *results)
{
    const cn_matmul_attrs *at = node->attrs;
    cn_shape a = node->inputs[0]->shape, b = node->inputs[1]->shape, *y = &results->shape[0];
    if (!check_inner(a, b, at->transpose_a, at->transpose_b) || !join_leading(a, b, y))
        return false;
    y->dim[y->rank++] = a.dim[a.rank - 2 + at->transpose_a];
    y->dim[y->rank++] = b.dim[b.rank - 1 - at->transpose_b];
    results->dtype[0] = node->inputs[0]->dtype;
    return true;
}

/* ---- kernels ---- */

/* The leading axes, joined where both operands allow it, with the elements from one matrix to the
 * next (0 where it is repeated). */
typedef struct layout {
    int64_t m, n, k, outer, inner; /* products: outer * inner */
    int count;
    int64_t dim[CN_MAX_RANK], step_a[CN_MAX_RANK], step_b[CN_MAX_RANK];
} layout;

/* Inner axes come first: the one that is added lies outside of the last. */
static void add_axis(layout *l, int64_t dim, int64_t step_a, int64_t step_b)
{
    int last = l->count - 1;
    if (dim == 1)
        return;
    if (l->count && step_a == l->step_a[last] * l->dim[last] &&
        step_b == l->step_b[last] * l->dim[last]) {
        l->dim[last] *= dim;
        return;
    }
    l->dim[l->count] = dim;
    l->step_a[l->count] = step_a;
    l->step_b[l->count++] = step_b;
}

/* The step along axis i of y (counted from its end) in x; *step grows to the next axis's. */
static int64_t step_of(const cn_view *x, int i, int64_t *step)
{
    int64_t dim = i < x->rank ? x->dim[x->rank - 1 - i] : 1, now = dim == 1 ? 0 : *step;
    *step *= dim;
    return now;
}

static layout describe(const cn_kernel_args *args)
{
    const cn_matmul_attrs *at = args->attrs;
    const cn_view *a = &args->in[0], *b = &args->in[1], *y = &args->out[0];
    layout l = {.m = y->dim[y->rank - 2], .n = y->dim[y->rank - 1], .outer = 1};
    l.k = a->dim[a->rank - 1 - (at->transpose_a != 0)];
    int64_t step_a = l.m * l.k, step_b = l.k * l.n;
    for (int i = 2; i < y->rank; i++) {
        int64_t sa = step_of(a, i, &step_a), sb = step_of(b, i, &step_b);
        add_axis(&l, y->dim[y->rank - 1 - i], sa, sb);
    }
    if (l.count == 1 && !at->transpose_a && l.step_b[0] == 0 && l.step_a[0] == l.m * l.k) {
        l.m *= l.dim[0]; /* one b for all: one tall product */
        l.count = 0;
    }
    l.inner = l.count ? l.dim[0] : 1;
    for (int i = 1; i < l.count; i++)
        l.outer *= l.dim[i];
    return l;
}

/* Where the i-th run of `inner` products starts. */
static void locate(const layout *l, int64_t i, int64_t *a, int64_t *b)
{
    *a = *b = 0;
    for (int k = 1; k < l->count; k++) {
        int64_t at = i % l->dim[k];
        i /= l->dim[k];
        *a += at * l->step_a[k];
        *b += at * l->step_b[k];
    }
}

/* The first of the products, without its epilogue. */
static cn_gemm plain(const cn_kernel_args *args, int64_t m, int64_t n, int64_t k)
{
    const cn_matmul_attrs *at = args->attrs;
    cn_gemm g = CN_GEMM(m, n, k, args->in[0].data, args->in[1].data, (float *)NULL);
    g.size = cn_dtype_size(args->in[0].dtype);
    g.transpose_a = at->transpose_a;
    g.transpose_b = at->transpose_b;
    g.bfloat16 = at->bfloat16;
    g.lda = at->transpose_a ? m : k;
    g.ldb = at->transpose_b ? k : n;
    return g;
}

static bool run_float(const cn_kernel_args *args, const layout *l)
{
    const cn_matmul_attrs *at = args->attrs;
    const char *a = args->in[0].data, *b = args->in[1].data;
    char *y = args->out[0].data;
    cn_epilogue room;
    cn_gemm g = plain(args, l->m, l->n, l->k);
    g.bias = cn_bias_of(args, at->epilogue);
    g.activation = cn_activation_of(at->epilogue);
    g.end = cn_epilogue_of(args, at->epilogue, &room);
    g.batch = l->inner;
    g.stride_a = l->count ? l->step_a[0] : 0;
    g.stride_b = l->count ? l->step_b[0] : 0;
    g.stride_c = l->m * l->n;
    if (args->scratch)
        cn_gemm_keep(&g, args->scratch, args->again);
    g.keep = l->count ? NULL : args->prepared;
    g.keep_split = true;
    bool ok = true;
    for (int64_t i = 0, size = (int64_t)g.size; ok && i < l->outer; i++) {
        int64_t from_a, from_b;
        locate(l, i, &from_a, &from_b);
        g.a = a + from_a * size;
        g.b = b + from_b * size;
        g.c = y + i * l->inner * g.stride_c * size;
        ok = cn_gemm_run(&g);
    }
    return ok;
}

typedef struct int_job {
    const cn_kernel_args *args;
    const layout *l;
} int_job;

/* Rows [begin, end) of the result, sums modulo 2^bits. */
#define INT_PRODUCT(name, type, unsigned_type)                                              \
    static void name(void *context, size_t begin, size_t end)                               \
    {                                                                                       \
        const int_job *job = context;                                                       \
        const layout *l = job->l;                                                           \
        const cn_matmul_attrs *at = job->args->attrs;                                       \
        int64_t down_a = at->transpose_a ? 1 : l->k, along_a = at->transpose_a ? l->m : 1;  \
        int64_t down_b = at->transpose_b ? 1 : l->n, along_b = at->transpose_b ? l->k : 1;  \
        for (size_t row = begin; row < end; row++) {                                        \
            int64_t product = (int64_t)row / l->m, in_run = product % l->inner, a_at, b_at; \
            locate(l, product / l->inner, &a_at, &b_at);                                    \
            a_at += (l->count ? in_run * l->step_a[0] : 0) + (int64_t)row % l->m * down_a;  \
            b_at += l->count ? in_run * l->step_b[0] : 0;                                   \
            const type *a = (const type *)job->args->in[0].data + a_at;                     \
            const type *b = (const type *)job->args->in[1].data + b_at;                     \
            type *y = (type *)job->args->out[0].data + (int64_t)row * l->n;                 \
            for (int64_t j = 0; j < l->n; j++) {                                            \
                unsigned_type sum = 0;                                                      \
                for (int64_t k = 0; k < l->k; k++)                                          \
                    sum += (unsigned_type)a[k * along_a] *                                  \
                           (unsigned_type)b[k * down_b + j * along_b];                      \
                y[j] = (type)sum;                                                           \
            }                                                                               \
        }                                                                                   \
    }
INT_PRODUCT(run_int32, int32_t, uint32_t)
INT_PRODUCT(run_int64, int64_t, uint64_t)

static bool matmul_kernel(const cn_kernel_args *args)
{
    if (!args->out[0].size)
        return true;
    layout l = describe(args);
    if (cn_dtype_is_float(args->out[0].dtype))
        return run_float(args, &l);
    int_job job = {args, &l};
    int64_t work = l.n * (l.k + 1);
    cn_parallel_for((size_t)(l.outer * l.inner * l.m), (size_t)(65536 / work + 1),
                    args->out[0].dtype == CN_INT32 ? run_int32 : run_int64, &job);
    return true;
}

/* ---- gradients ---- */

static cn_tensor *product(cn_tensor *a, cn_tensor *b, bool transpose_a, bool transpose_b,
                          bool bfloat16)
{
    return cn_apply2(&cn_op_matmul, a, b,
                     &(cn_matmul_attrs){transpose_a, transpose_b, 0, bfloat16});
}

/* x as a matrix: all axes but the last as one. */
static cn_tensor *as_rows(cn_tensor *x)
{
    return cn_merge_axes(x, 0, x->shape.rank - 1);
}

/* One matrix b for a whole batch of a: one product over all rows, not a sum of products. */
static cn_tensor *gradient_of_b(const cn_matmul_attrs *at, cn_tensor *a, cn_tensor *b,
                                cn_tensor *dy)
{
    bool transpose_a = at->transpose_a;
    if (b->shape.rank == 2 && a->shape.rank > 2 && !transpose_a) {
        a = as_rows(a);
        dy = as_rows(dy);
    }
    if (!a || !dy)
        return NULL;
    return cn_sum_like(at->transpose_b ? product(dy, a, true, transpose_a, at->bfloat16)
                                       : product(a, dy, !transpose_a, false, at->bfloat16),
                       b);
}

static bool matmul_vjp(const cn_tensor *node, cn_tensor *const *dys, cn_tensor **dx)
{
    const cn_matmul_attrs *at = node->attrs;
    cn_tensor *a = node->inputs[0], *b = node->inputs[1];
    cn_tensor *dy = cn_epilogue_vjp(node, at->epilogue, dys[0], dx);
    if (!dy)
        return false;
    dx[0] = cn_sum_like(at->transpose_a ? product(b, dy, at->transpose_b, true, at->bfloat16)
                                        : product(dy, b, false, !at->transpose_b, at->bfloat16),
                        a);
    dx[1] = gradient_of_b(at, a, b, dy);
    return dx[0] && dx[1];
}

static int64_t inner_of(const cn_tensor *node)
{
    return inner_a(node->inputs[0]->shape, CN_ATTRS(cn_matmul_attrs, node)->transpose_a);
}

static size_t matmul_keeps(const cn_tensor *node)
{
    cn_shape y = node->shape;
    return node->dtype == CN_FLOAT32 && y.rank == 2
               ? cn_gemm_kept(y.dim[0], y.dim[1], inner_of(node))
               : 0;
}

/* Weights of some rows are kept as those of a convolution of single pixels are. */
static bool matmul_claim(const cn_tensor *node, const cn_tensor *memory, void **prepared)
{
    enum { FEW = 16, LEAST = 1 << 14, SIDE = 32 };
    const cn_matmul_attrs *at = node->attrs;
    const cn_shape *b = &node->inputs[1]->shape, *y = &node->shape;
    int64_t n = b->dim[b->rank - 1], k = b->dim[0], rows = n > 0 ? cn_shape_size(*y) / n : 0;
    if (!memory->variable || node->dtype != CN_FLOAT32 || at->transpose_a || at->transpose_b ||
        b->rank != 2 || cn_shape_size(*b) != cn_shape_size(memory->shape) || rows <= FEW ||
        rows > CN_KEPT_FEW || n < SIDE || k < SIDE || n * k < LEAST || n * k > CN_GEMM_LARGE)
        return true;
    cn_conv_shape s = {.channels = k,
                       .filters = n,
                       .in = {rows, 1, 1, 1},
                       .kernel = CN_CONV_ONES,
                       .stride = CN_CONV_ONES,
                       .dilation = CN_CONV_ONES};
    return cn_conv_keep_variable(&s, memory->variable, prepared);
}

/* An even number of strips, that two threads share evenly. */
static size_t strip_size(const cn_tensor *node)
{
    enum { SIZE = 1 << 14, MOST = 2 * SIZE, ROWS = 32 };
    const cn_shape *y = &node->shape;
    int64_t m = y->dim[0], n = y->dim[y->rank - 1], size = cn_shape_size(*y);
    if (y->rank != 2 || node->dtype != CN_FLOAT32 || CN_ATTRS(cn_matmul_attrs, node)->epilogue ||
        !cn_shape_known(node->inputs[0]->shape) || size < SIZE ||
        !cn_gemm_has_strips(n, inner_of(node)))
        return 0;
    int64_t rows = cn_most(ROWS, cn_divide_up(m, 2 * cn_divide_up(size, MOST)));
    return rows * n <= MOST ? (size_t)(rows * n) : 0;
}

static size_t strip_work(const cn_tensor *node)
{
    return 2 * (size_t)inner_of(node);
}

static void run_rows(const cn_kernel_args *args, size_t from, size_t n, void *out, uint64_t turn)
{
    const cn_matmul_attrs *at = args->attrs;
    const cn_view *a = &args->in[0], *b = &args->in[1];
    ptrdiff_t k = b->dim[at->transpose_b != 0], columns = b->dim[!at->transpose_b];
    cn_gemm g = plain(args, a->dim[at->transpose_a != 0], columns, k);
    cn_gemm_rows(&g, (ptrdiff_t)from / columns, (ptrdiff_t)n / columns, out, turn);
}

static double matmul_flops(const cn_kernel_args *args)
{
    const cn_matmul_attrs *at = args->attrs;
    const cn_view *a = &args->in[0];
    return 2.0 * (double)args->out[0].size * (double)a->dim[a->rank - 1 - at->transpose_a];
}

const cn_op cn_op_matmul = {
    .name = "matmul",
    .attrs = sizeof(cn_matmul_attrs),
    .infer = matmul_infer,
    .vjp = matmul_vjp,
    .run = matmul_kernel,
    .extras = &(const cn_op_extras){
        .strips = &(const cn_strips){CN_GEMM_SCRATCH, strip_size, strip_work, run_rows},
        .flops = matmul_flops,
        .claim = matmul_claim,
        .keeps = matmul_keeps,
        .epilogue = 1 + offsetof(cn_matmul_attrs, epilogue)}};

/* ---- the public doors ---- */

/* int8 products add up in int32, as Keras has it; other dtypes keep themselves. */
static cn_dtype result_dtype(const cn_tensor *a, const cn_tensor *b)
{
    cn_dtype dtype = cn_promote(a, b);
    return dtype == CN_INT8 ? CN_INT32 : dtype;
}

static cn_dtype compute_dtype(cn_dtype dtype)
{
    if (cn_dtype_is_float(dtype))
        return cn_compute_float(dtype);
    return dtype == CN_INT64 || dtype == CN_UINT64 || dtype == CN_UINT32 ? CN_INT64 : CN_INT32;
}

cn_tensor *cn_matmul_t(cn_tensor *a, cn_tensor *b, bool transpose_a, bool transpose_b)
{
    if (!a || !b)
        return NULL;
    if (!a->shape.rank || !b->shape.rank)
        return cn_fail_null(CN_EINVAL,
                            "cn_matmul: expected two tensors of rank 1 or more, found shapes %s "
                            "and %s",
                            cn_shape_text(a->shape), cn_shape_text(b->shape));
    cn_tensor *left = a, *right = b;
    bool row = a->shape.rank == 1, column = b->shape.rank == 1;
    transpose_a = transpose_a && !row;
    transpose_b = transpose_b && !column;
    if (!check_inner(a->shape, b->shape, transpose_a, transpose_b))
        return NULL;
    cn_dtype dtype = result_dtype(a, b), compute = compute_dtype(dtype);
    a = cn_cast(row ? cn_expand_dims(a, 0) : a, compute);
    b = cn_cast(column ? cn_expand_dims(b, 1) : b, compute);
    if (!a || !b)
        return NULL;
    cn_tensor *y = product(a, b, transpose_a, transpose_b, dtype == CN_BFLOAT16);
    if (y && column)
        y = cn_squeeze(y, -1);
    if (y && row)
        y = cn_squeeze(y, column ? -1 : -2);
    y = cn_cast(y, dtype);
    if (!transpose_a && !transpose_b)
        return CN_FORMED(y, "Matmul", cn_list_of(left, right), "%s", "");
    return CN_FORMED(y, "Einsum", cn_list_of(left, right), "\"subscripts\": \"%s,%s->...%s%s\"",
                     row           ? "j"
                     : transpose_a ? "...ji"
                                   : "...ij",
                     column        ? "j"
                     : transpose_b ? "...kj"
                                   : "...jk",
                     row ? "" : "i", column ? "" : "k");
}

cn_tensor *cn_matmul(cn_tensor *a, cn_tensor *b)
{
    return cn_matmul_t(a, b, false, false);
}
