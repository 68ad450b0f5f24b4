/* Random tensors. keras.random */
#include "random/draw.h"

#include <string.h>

#include "ops/products.h"

static bool random_infer(const cn_tensor *node, cn_results *results)
{
    const cn_random_attrs *at = node->attrs;
    cn_shape *y = &results->shape[0];
    y->rank = at->rank;
    for (int i = 0; i < at->rank; i++) {
        int of_like = at->distribution == CN_PERMUTATION ? at->like_axis : i;
        y->dim[i] = at->dim[i];
        if (y->dim[i] == CN_ANY && node->n_inputs > 1)
            y->dim[i] = node->inputs[1]->shape.dim[of_like];
    }
    results->dtype[0] = (cn_dtype)at->dtype;
    return true;
}

const cn_op cn_op_random = {.name = "random",
                            .traits = CN_NO_GRADIENT,
                            .attrs = sizeof(cn_random_attrs),
                            .infer = random_infer,
                            .run = cn_random_kernel};

/* ---- making a node ---- */

/* The seed that is given, checked, or the next of this process's generator. */
static cn_tensor *key_of(cn_tensor *seed, const char *who)
{
    if (!seed)
        return cn_next_seed();
    if (!cn_shape_matches(seed->shape, cn_shape(2)) || seed->dtype != CN_UINT32)
        return cn_fail_null(CN_EINVAL, "%s: expected a seed uint32 (2,), found %s %s", who,
                            cn_dtype_name(seed->dtype), cn_shape_text(seed->shape));
    return seed;
}

/* Sizes that are known are written down; only others are left to `like`. */
static bool set_shape(cn_random_attrs *at, cn_shape shape, const cn_tensor *like, bool *needs_like,
                      const char *who)
{
    at->rank = shape.rank;
    *needs_like = false;
    for (int i = 0; i < shape.rank; i++) {
        int64_t dim = shape.dim[i];
        if (dim == CN_ANY && like && like->shape.rank == shape.rank) {
            dim = like->shape.dim[i];
            *needs_like |= dim == CN_ANY;
        } else if (dim < 0) {
            return cn_fail(CN_EINVAL, "%s: expected a shape without unknown dimensions, found %s",
                           who, cn_shape_text(shape));
        }
        at->dim[i] = dim;
    }
    return true;
}

static cn_tensor *make(const cn_random_attrs *attrs, cn_shape shape, cn_dtype dtype,
                       cn_tensor *like, cn_tensor *seed, const char *who)
{
    cn_random_attrs at = *attrs;
    bool needs_like;
    if (!dtype)
        return cn_fail_null(CN_EINVAL, "%s: expected a dtype, found none", who);
    cn_tensor *key = key_of(seed, who);
    if (!key || !set_shape(&at, shape, like, &needs_like, who))
        return NULL;
    cn_tensor *inputs[] = {key, like};
    return cn_cast(cn_apply(&cn_op_random, inputs, needs_like ? 2 : 1, &at), dtype);
}

/* Zeroed, so that equal attributes are equal bytes. */
static cn_random_attrs attributes(cn_distribution distribution, cn_dtype dtype, double a, double b)
{
    cn_random_attrs at;
    memset(&at, 0, sizeof at);
    at.distribution = (int32_t)distribution;
    at.dtype = (int32_t)dtype;
    at.a = a;
    at.b = b;
    return at;
}

/* ---- the public doors ---- */

cn_tensor *cn_random_uniform(cn_shape shape, double low, double high, cn_dtype dtype,
                             cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_UNIFORM, cn_compute_float(dtype), low, high);
    return make(&at, shape, dtype, NULL, seed, "cn_random_uniform");
}

cn_tensor *cn_random_normal(cn_shape shape, double mean, double stddev, cn_dtype dtype,
                            cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_NORMAL, cn_compute_float(dtype), mean, stddev);
    return make(&at, shape, dtype, NULL, seed, "cn_random_normal");
}

cn_tensor *cn_random_normal_like(cn_tensor *like, double mean, double stddev, cn_tensor *seed)
{
    if (!like)
        return NULL;
    cn_shape shape = like->shape;
    for (int i = 0; i < shape.rank; i++)
        shape.dim[i] = CN_ANY;
    cn_random_attrs at = attributes(CN_NORMAL, cn_compute_float(like->dtype), mean, stddev);
    return make(&at, shape, cn_result_float(like->dtype), like, seed, "cn_random_normal_like");
}

cn_tensor *cn_random_truncated_normal(cn_shape shape, double mean, double stddev, cn_dtype dtype,
                                      cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_TRUNCATED, cn_compute_float(dtype), mean, stddev);
    return make(&at, shape, dtype, NULL, seed, "cn_random_truncated_normal");
}

cn_tensor *cn_random_int(cn_shape shape, int64_t low, int64_t high, cn_dtype dtype, cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_INTEGERS, CN_INT64, 0, 0);
    at.low = low;
    at.high = high;
    if (high <= low)
        return cn_fail_null(CN_EINVAL, "cn_random_int: expected low < high, found %lld and %lld",
                            (long long)low, (long long)high);
    return make(&at, shape, dtype, NULL, seed, "cn_random_int");
}

static bool check_probability(double p, const char *who)
{
    return (p >= 0 && p <= 1) ||
           cn_fail(CN_EINVAL, "%s: expected a probability in [0, 1], found %g", who, p);
}

cn_tensor *cn_random_bernoulli(cn_shape shape, double p, cn_dtype dtype, cn_tensor *like,
                               cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_BERNOULLI, CN_BOOL, p, 0);
    if (!check_probability(p, "cn_random_bernoulli"))
        return NULL;
    return make(&at, shape, dtype, like, seed, "cn_random_bernoulli");
}

cn_tensor *cn_random_gamma(cn_shape shape, double alpha, cn_dtype dtype, cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_GAMMA, CN_FLOAT32, alpha, 0);
    return make(&at, shape, dtype, NULL, seed, "cn_random_gamma");
}

cn_tensor *cn_random_beta(cn_shape shape, double alpha, double beta, cn_dtype dtype,
                          cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_BETA, CN_FLOAT32, alpha, beta);
    return make(&at, shape, dtype, NULL, seed, "cn_random_beta");
}

cn_tensor *cn_random_binomial(cn_shape shape, double count, double p, cn_dtype dtype,
                              cn_tensor *seed)
{
    cn_random_attrs at = attributes(CN_BINOMIAL, CN_FLOAT32, count, p);
    if (!check_probability(p, "cn_random_binomial"))
        return NULL;
    return make(&at, shape, dtype, NULL, seed, "cn_random_binomial");
}

/* The places along `axis` in random order. */
cn_tensor *cn_random_shuffle(cn_tensor *x, int64_t axis, cn_tensor *seed)
{
    int which;
    if (!x || !cn_axis(axis, x->shape.rank, &which, "cn_random_shuffle"))
        return NULL;
    cn_random_attrs at = attributes(CN_PERMUTATION, CN_INT64, 0, 0);
    cn_tensor *key = key_of(seed, "cn_random_shuffle");
    at.rank = 1;
    at.dim[0] = x->shape.dim[which];
    at.like_axis = at.dim[0] == CN_ANY ? which : 0;
    cn_tensor *inputs[] = {key, x};
    return cn_gather(x, cn_apply(&cn_op_random, inputs, at.dim[0] == CN_ANY ? 2 : 1, &at), which);
}

/* ---- categories ---- */

typedef struct categorical_attrs {
    int64_t samples;
} categorical_attrs;

static bool categorical_infer(const cn_tensor *node, cn_results *results)
{
    results->shape[0] =
        cn_shape(node->inputs[0]->shape.dim[0], CN_ATTRS(categorical_attrs, node)->samples);
    results->dtype[0] = CN_INT64;
    return true;
}

const cn_op cn_op_random_categorical = {.name = "random_categorical",
                                        .traits = CN_NO_GRADIENT,
                                        .attrs = sizeof(categorical_attrs),
                                        .infer = categorical_infer,
                                        .run = cn_categorical_kernel};

cn_tensor *cn_random_categorical(cn_tensor *logits, int64_t samples, cn_tensor *seed)
{
    if (!logits)
        return NULL;
    if (logits->shape.rank != 2 || logits->shape.dim[1] == 0 || samples < 0)
        return cn_fail_null(CN_EINVAL,
                            "cn_random_categorical: expected logits (rows, classes) and 0 or more "
                            "samples, found shape %s and %lld",
                            cn_shape_text(logits->shape), (long long)samples);
    cn_tensor *key = key_of(seed, "cn_random_categorical");
    return cn_cast(cn_apply2(&cn_op_random_categorical, cn_cast(logits, CN_FLOAT32), key,
                             &(categorical_attrs){samples}),
                   CN_INT32);
}
