#include "ops/product/linalg.h"

#include <math.h>
#include <string.h>

#include "backend/cpu/loops/loops.h"

typedef struct linalg_attrs {
    int64_t lower, transposed;
} linalg_attrs;

/* ---- kernels on one matrix in double, row-major ---- */

/* PA = LU in place; returns the sign of the permutation, 0 where a pivot is 0. */
static double factor(double *a, int64_t *perm, int64_t n)
{
    double sign = 1;
    for (int64_t i = 0; i < n; i++)
        perm[i] = i;
    for (int64_t k = 0; k < n; k++) {
        int64_t best = k;
        for (int64_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[best * n + k]))
                best = i;
        for (int64_t j = 0; best != k && j < n; j++) {
            double swap = a[k * n + j];
            a[k * n + j] = a[best * n + j];
            a[best * n + j] = swap;
        }
        if (best != k) {
            int64_t swap = perm[k];
            perm[k] = perm[best];
            perm[best] = swap;
            sign = -sign;
        }
        if (a[k * n + k] == 0)
            sign = 0;
        for (int64_t i = k + 1; i < n && a[k * n + k] != 0; i++) {
            double f = a[i * n + k] /= a[k * n + k];
            for (int64_t j = k + 1; j < n; j++)
                a[i * n + j] -= f * a[k * n + j];
        }
    }
    return sign;
}

/* x := t^-1 x for one triangle of t, read at t[i * row + k * column]; x (n, m). */
static void substitute(const double *t, int64_t row, int64_t column, bool lower, bool unit,
                       double *x, int64_t n, int64_t m)
{
    for (int64_t s = 0; s < n; s++) {
        int64_t i = lower ? s : n - 1 - s;
        for (int64_t k = lower ? 0 : i + 1; k < (lower ? i : n); k++)
            for (int64_t j = 0; j < m; j++)
                x[i * m + j] -= t[i * row + k * column] * x[k * m + j];
        for (int64_t j = 0; j < m && !unit; j++)
            x[i * m + j] /= t[i * row + i * column];
    }
}

static void cholesky(double *a, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double sum = a[i * n + j];
            for (int64_t k = 0; k < j && j <= i; k++)
                sum -= a[i * n + k] * a[j * n + k];
            a[i * n + j] = j > i ? 0 : j == i ? sqrt(sum) : sum / a[j * n + j];
        }
}

/* ---- between tensors and doubles ---- */

/* Scratch: a matrix, a right side, its permuted copy and the permutation. */
static size_t scratch(const cn_tensor *node)
{
    cn_shape a = node->inputs[0]->shape, b = node->inputs[node->n_inputs - 1]->shape;
    size_t n = (size_t)a.dim[a.rank - 1], m = (size_t)b.dim[b.rank - 1];
    return (n * n + 2 * n * m + n) * sizeof(double);
}

static void load(double *to, const cn_view *from, int64_t at, int64_t count)
{
    if (!count)
        return; /* nor is there memory */
    const char *data = (const char *)from->data + (size_t)at * cn_dtype_size(from->dtype);
    cn_loop_cast(from->dtype, CN_FLOAT64)(to, &(const void *){data}, (size_t)count,
                                          (int32_t[]){from->dtype, CN_FLOAT64});
}

static void store(const cn_view *to, int64_t at, const double *from, int64_t count)
{
    if (!count || !to->data)
        return;
    char *data = (char *)to->data + (size_t)at * cn_dtype_size(to->dtype);
    cn_loop_cast(CN_FLOAT64, to->dtype)(data, &(const void *){from}, (size_t)count,
                                        (int32_t[]){CN_FLOAT64, to->dtype});
}

static bool same_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *last = node->inputs[node->n_inputs - 1];
    results->shape[0] = last->shape;
    results->dtype[0] = last->dtype;
    return true;
}

/* ---- cholesky ---- */

static bool cholesky_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    int64_t n = x->dim[x->rank - 1];
    double *a = args->scratch;
    for (int64_t at = 0; at < x->size; at += n * n) {
        load(a, x, at, n * n);
        cholesky(a, n);
        store(&args->out[0], at, a, n * n);
    }
    return true;
}

/* x with its lower triangle alone, and half of its diagonal. */
static cn_tensor *half_lower(cn_tensor *x)
{
    return cn_mul(cn_add(cn_tril(x, 0), cn_tril(x, -1)), 0.5);
}

/* L^-T P(L^T dL) L^-1, made symmetric. */
static bool cholesky_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    cn_tensor *l = (cn_tensor *)node;
    cn_tensor *p = half_lower(cn_matmul_t(l, dy[0], true, false));
    cn_tensor *left = cn_solve_triangular(l, p, true, true); /* L^-T P */
    cn_tensor *s = cn_solve_triangular(l, cn_swapaxes(left, -1, -2), true, true);
    dx[0] = cn_mul(cn_add(s, cn_swapaxes(s, -1, -2)), 0.5);
    return dx[0] != NULL;
}

const cn_op cn_op_cholesky = {.name = "cholesky",
                              .infer = same_infer,
                              .vjp = cholesky_vjp,
                              .run = cholesky_run,
                              .extras = &(const cn_op_extras){.scratch = scratch}};

/* ---- solve ---- */

static bool solve_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0], *b = &args->in[1];
    int64_t n = x->dim[x->rank - 1], m = b->dim[b->rank - 1], each = n * m;
    double *a = args->scratch, *right = a + n * n, *y = right + each;
    int64_t *perm = (int64_t *)(void *)(y + each);
    for (int64_t i = 0; each && i < b->size / each; i++) {
        load(a, x, i * n * n, n * n);
        load(right, b, i * each, each);
        factor(a, perm, n);
        for (int64_t k = 0; k < n; k++)
            memcpy(y + k * m, right + perm[k] * m, (size_t)m * sizeof *y);
        substitute(a, n, 1, true, true, y, n, m);
        substitute(a, n, 1, false, false, y, n, m);
        store(&args->out[0], i * each, y, each);
    }
    return true;
}

static bool solve_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    dx[1] = cn_solve(cn_swapaxes(node->inputs[0], -1, -2), dy[0]);
    dx[0] = cn_neg(cn_matmul_t(dx[1], (cn_tensor *)node, false, true));
    return dx[0] && dx[1];
}

const cn_op cn_op_solve = {.name = "solve",
                           .infer = same_infer,
                           .vjp = solve_vjp,
                           .run = solve_run,
                           .extras = &(const cn_op_extras){.scratch = scratch}};

/* ---- solve_triangular ---- */

static bool triangular_run(const cn_kernel_args *args)
{
    const linalg_attrs *attrs = args->attrs;
    const cn_view *x = &args->in[0], *b = &args->in[1];
    int64_t n = x->dim[x->rank - 1], m = b->dim[b->rank - 1], each = n * m;
    double *a = args->scratch, *y = a + n * n;
    for (int64_t i = 0; each && i < b->size / each; i++) {
        load(a, x, i * n * n, n * n);
        load(y, b, i * each, each);
        substitute(a, attrs->transposed ? 1 : n, attrs->transposed ? n : 1,
                   attrs->lower != attrs->transposed, false, y, n, m);
        store(&args->out[0], i * each, y, each);
    }
    return true;
}

static bool triangular_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    const linalg_attrs *attrs = CN_ATTRS(linalg_attrs, node);
    cn_tensor *y = (cn_tensor *)node, *a = node->inputs[0];
    cn_tensor *db = cn_solve_triangular(a, dy[0], attrs->lower, !attrs->transposed);
    cn_tensor *da = cn_neg(attrs->transposed ? cn_matmul_t(y, db, false, true)
                                             : cn_matmul_t(db, y, false, true));
    dx[0] = attrs->lower ? cn_tril(da, 0) : cn_triu(da, 0);
    dx[1] = db;
    return dx[0] && dx[1];
}

const cn_op cn_op_solve_triangular = {.name = "solve_triangular",
                                      .attrs = sizeof(linalg_attrs),
                                      .infer = same_infer,
                                      .vjp = triangular_vjp,
                                      .run = triangular_run,
                                      .extras = &(const cn_op_extras){.scratch = scratch}};

/* ---- slogdet ---- */

static bool slogdet_infer(const cn_tensor *node, cn_results *results)
{
    const cn_tensor *a = node->inputs[0];
    results->count = 2;
    for (int i = 0; i < 2; i++) {
        results->shape[i] = a->shape;
        results->shape[i].rank -= 2;
        results->dtype[i] = a->dtype;
    }
    return true;
}

static bool slogdet_run(const cn_kernel_args *args)
{
    const cn_view *x = &args->in[0];
    int64_t n = x->dim[x->rank - 1], count = args->out[0].size;
    double *a = args->scratch;
    for (int64_t i = 0; i < count; i++) {
        double logarithm = 0;
        load(a, x, i * n * n, n * n);
        double sign = factor(a, (int64_t *)(void *)(a + n * n), n);
        for (int64_t k = 0; k < n; k++) {
            logarithm += log(fabs(a[k * n + k]));
            sign = a[k * n + k] < 0 ? -sign : sign;
        }
        store(&args->out[0], i, &sign, 1);
        store(&args->out[1], i, &logarithm, 1);
    }
    return true;
}

static bool slogdet_vjp(const cn_tensor *node, cn_tensor *const *dy, cn_tensor **dx)
{
    if (!dy[1])
        return true; /* the sign is constant almost everywhere */
    cn_tensor *weight = cn_expand_dims(cn_expand_dims(dy[1], -1), -1);
    dx[0] = cn_mul(weight, cn_swapaxes(cn_inverse(node->inputs[0]), -1, -2));
    return dx[0] != NULL;
}

const cn_op cn_op_slogdet = {.name = "slogdet",
                             .infer = slogdet_infer,
                             .vjp = slogdet_vjp,
                             .run = slogdet_run,
                             .extras = &(const cn_op_extras){.scratch = scratch}};

/* ---- the doors ---- */

static bool is_square(const cn_tensor *a, const char *who)
{
    int rank = a->shape.rank;
    int64_t rows = rank > 1 ? a->shape.dim[rank - 2] : 0,
            columns = rank > 1 ? a->shape.dim[rank - 1] : 0;
    return (rank > 1 && (rows == columns || rows < 0 || columns < 0)) ||
           cn_fail(CN_EINVAL, "%s: expected square matrices, found shape %s", who,
                   cn_shape_text(a->shape));
}

static cn_tensor *floats(cn_tensor *x)
{
    return cn_cast(x, cn_dtype_is_float(x->dtype) ? x->dtype : CN_FLOAT32);
}

static cn_tensor *system_of(const cn_op *op, cn_tensor *a, cn_tensor *b, const linalg_attrs *attrs,
                            const char *who)
{
    if (!a || !b || !is_square(a, who))
        return NULL;
    cn_shape want = a->shape;
    want.dim[want.rank - 1] = CN_ANY;
    if (!cn_shape_matches(want, b->shape))
        return cn_fail_null(
            CN_EINVAL, "%s: expected a right side of shape %s for matrices of shape %s, found %s",
            who, cn_shape_text(want), cn_shape_text(a->shape), cn_shape_text(b->shape));
    cn_dtype dtype = cn_promote(floats(a), floats(b));
    return cn_apply2(op, cn_cast(a, dtype), cn_cast(b, dtype), attrs);
}

cn_tensor *cn_cholesky(cn_tensor *a)
{
    return a && is_square(a, "cn_cholesky") ? cn_apply1(&cn_op_cholesky, floats(a), NULL) : NULL;
}

cn_tensor *cn_solve(cn_tensor *a, cn_tensor *b)
{
    return system_of(&cn_op_solve, a, b, NULL, "cn_solve");
}

cn_tensor *cn_solve_triangular(cn_tensor *a, cn_tensor *b, bool lower, bool transposed)
{
    return system_of(&cn_op_solve_triangular, a, b, &(linalg_attrs){lower, transposed},
                     "cn_solve_triangular");
}

cn_tensor *cn_inverse(cn_tensor *a)
{
    if (!a || !is_square(a, "cn_inverse"))
        return NULL;
    int64_t n = cn_dim(a, -1);
    if (n < 0)
        return cn_fail_null(CN_EUNSUPPORTED, "not supported: the inverse of matrices of shape %s",
                            cn_shape_text(a->shape));
    a = floats(a);
    return a ? cn_solve(a, cn_broadcast_like(cn_eye(n, n, a->dtype), a)) : NULL;
}

cn_tensor *cn_slogdet(cn_tensor *a)
{
    return a && is_square(a, "cn_slogdet") ? cn_apply1(&cn_op_slogdet, floats(a), NULL) : NULL;
}

cn_tensor *cn_det(cn_tensor *a)
{
    cn_tensor *sign = cn_slogdet(a);
    return cn_mul(cn_stop_gradient(sign), cn_exp(cn_nth(sign, 1)));
}
