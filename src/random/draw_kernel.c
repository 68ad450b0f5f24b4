#include "random/draw.h"

#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "random/philox.h"

enum { GRAIN = 1 << 14 };

/* Standard numbers, already in `out`, become a + b z; uniform ones stay below `below`. */
typedef struct scaling {
    void *out;
    cn_dtype dtype;
    double a, b, below;
} scaling;

#define SCALE(name, real, limit)                                 \
    static void name(const scaling *s, size_t begin, size_t end) \
    {                                                            \
        real *out = s->out, a = (real)s->a, b = (real)s->b;      \
        const real most = (real)limit(s->below, -INFINITY);      \
        for (size_t i = begin; i < end; i++) {                   \
            real z = out[i] * b + a;                             \
            out[i] = z > most ? most : z;                        \
        }                                                        \
    }
#define FLOAT_LIMIT(x, to) nextafterf((float)(x), (float)(to))
SCALE(scale_floats, float, FLOAT_LIMIT)
SCALE(scale_doubles, double, nextafter)

static void scale_piece(void *context, size_t begin, size_t end)
{
    const scaling *s = context;
    (s->dtype == CN_FLOAT32 ? scale_floats : scale_doubles)(s, begin, end);
}

static void scale(const cn_view *y, double a, double b, double below)
{
    scaling s = {y->data, y->dtype, a, b, below};
    if (a != 0 || b != 1)
        cn_parallel_for((size_t)y->size, GRAIN, scale_piece, &s);
}

/* Uniforms 2 k and 2 k + 1 become normals in place (Box-Muller); pieces begin at even elements, and
 * an odd last one takes its partner from the sequence. */
typedef struct normal_job {
    const uint32_t *key;
    double *out;
    size_t n;
} normal_job;

static void normal_piece(void *context, size_t begin, size_t end)
{
    const normal_job *job = context;
    for (size_t i = begin; i < end; i += 2) {
        double u[2] = {job->out[i], i + 1 < job->n ? job->out[i + 1] : 0};
        if (i + 1 == job->n)
            cn_philox_uniform_double(job->key, i + 1, 1, u + 1);
        double radius = sqrt(-2 * log(1 - u[0])), angle = 6.283185307179586 * u[1];
        job->out[i] = radius * cos(angle);
        if (i + 1 < job->n)
            job->out[i + 1] = radius * sin(angle);
    }
}

static void normal(const uint32_t *key, const cn_view *y)
{
    normal_job job = {key, y->data, (size_t)y->size};
    if (y->dtype == CN_FLOAT32) {
        cn_philox_normal(key, 0, job.n, y->data);
        return;
    }
    cn_philox_uniform_double(key, 0, job.n, y->data);
    cn_parallel_for(job.n, GRAIN, normal_piece, &job);
}

/* Made in single precision, and widened in place from the end on. */
static void truncated(const uint32_t *key, const cn_view *y)
{
    float *floats = y->data;
    cn_philox_truncated_normal(key, 0, (size_t)y->size, floats);
    if (y->dtype == CN_FLOAT64)
        for (int64_t i = y->size; i-- > 0;) {
            float z;
            memcpy(&z, (char *)y->data + (size_t)i * sizeof z, sizeof z);
            double wide = z;
            memcpy((char *)y->data + (size_t)i * sizeof wide, &wide, sizeof wide);
        }
}

static void continuous(const cn_random_attrs *at, const uint32_t *key, const cn_view *y)
{
    size_t n = (size_t)y->size;
    if (at->distribution == CN_NORMAL)
        normal(key, y);
    else if (at->distribution == CN_TRUNCATED)
        truncated(key, y);
    else if (y->dtype == CN_FLOAT32)
        cn_philox_uniform(key, 0, n, y->data);
    else
        cn_philox_uniform_double(key, 0, n, y->data);
    if (at->distribution == CN_UNIFORM)
        scale(y, at->a, at->b - at->a, at->b > at->a ? at->b : INFINITY);
    else
        scale(y, at->a, at->b, INFINITY);
}

bool cn_random_kernel(const cn_kernel_args *args)
{
    const cn_random_attrs *at = args->attrs;
    const uint32_t *key = args->in[0].data;
    const cn_view *y = &args->out[0];
    size_t n = (size_t)y->size;
    float a = (float)at->a, b = (float)at->b;
    switch ((cn_distribution)at->distribution) {
    case CN_BERNOULLI:
        cn_philox_bernoulli(key, 0, n, at->a, y->data);
        break;
    case CN_INTEGERS:
        cn_philox_integers(key, 0, n, at->low, (uint64_t)at->high - (uint64_t)at->low, y->data);
        break;
    case CN_GAMMA:
        cn_philox_gamma(key, 0, n, &a, 0, y->data);
        break;
    case CN_BETA:
        cn_philox_beta(key, 0, n, &a, 0, &b, 0, y->data);
        break;
    case CN_BINOMIAL:
        cn_philox_binomial(key, 0, n, &a, 0, &b, 0, y->data);
        break;
    case CN_PERMUTATION:
        cn_philox_permutation(key, n, y->data);
        break;
    default:
        continuous(at, key, y);
    }
    return true;
}

bool cn_categorical_kernel(const cn_kernel_args *args)
{
    const cn_view *logits = &args->in[0], *y = &args->out[0];
    if (y->size)
        cn_philox_categorical(args->in[1].data, (size_t)y->dim[0], (size_t)y->dim[1],
                              (size_t)logits->dim[1], logits->data, y->data);
    return true;
}
