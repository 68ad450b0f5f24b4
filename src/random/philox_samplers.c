/* Distributions that take an unknown number of tries: element e has a sequence of its own, the
 * blocks whose counter is (e, try, purpose). Fills of philox.c use purpose 0. */
#include <math.h>
#include <stdbool.h>

#include "base/threads.h"
#include "random/philox.h"

enum { GRAIN = 1 << 10, PURPOSE_NORMAL = 1, PURPOSE_GAMMA, PURPOSE_SECOND_GAMMA, PURPOSE_BINOMIAL };

typedef struct sampler {
    const uint32_t *key;
    uint64_t first;
    const float *a, *b;
    size_t a_stride, b_stride;
    float *out;
} sampler;

/* Four uniforms in (0, 1). */
static void tries(const sampler *s, uint64_t element, uint32_t attempt, uint32_t purpose,
                  double u[4])
{
    uint32_t counter[4] = {(uint32_t)element, (uint32_t)(element >> 32), attempt, purpose},
             words[4];
    cn_philox_block(s->key, counter, words);
    for (int i = 0; i < 4; i++)
        u[i] = ((double)words[i] + 0.5) * 0x1p-32;
}

static const double two_pi = 6.283185307179586;

/* One or the other of two independent normals from two uniforms. */
static double box_muller(const double u[2], bool other)
{
    double radius = sqrt(-2 * log(u[0])), angle = two_pi * u[1];
    return radius * (other ? sin(angle) : cos(angle));
}

static float truncated_normal(const sampler *s, uint64_t element)
{
    for (uint32_t attempt = 0;; attempt++) { /* each misses with probability 4e-6 */
        double u[4];
        tries(s, element, attempt, PURPOSE_NORMAL, u);
        for (int i = 0; i < 4; i++) { /* most need no more than the first */
            float z = (float)box_muller(u + (i & 2), i & 1);
            if (fabsf(z) < 2)
                return z;
        }
    }
}

static void truncated_normal_piece(void *context, size_t begin, size_t end)
{
    const sampler *s = context;
    for (size_t i = begin; i < end; i++)
        s->out[i] = truncated_normal(s, s->first + i);
}

void cn_philox_truncated_normal(const uint32_t key[2], uint64_t first, size_t n, float *out)
{
    sampler s = {.key = key, .first = first, .out = out};
    cn_parallel_for(n, GRAIN, truncated_normal_piece, &s);
}

/* The logarithm of a gamma variate (Marsaglia and Tsang 2000): small shapes underflow, their
 * logarithms do not. Shapes below 1 are drawn at alpha + 1 and scaled by u^(1 / alpha). */
static double log_gamma_variate(const sampler *s, uint64_t element, uint32_t purpose, double alpha)
{
    if (!(alpha > 0) || isinf(alpha))
        return alpha > 0 ? INFINITY : NAN;
    double d = (alpha < 1 ? alpha + 1 : alpha) - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (uint32_t attempt = 0;; attempt++) {
        double u[4];
        tries(s, element, attempt, purpose, u);
        double z = box_muller(u, false), root = 1 + c * z, v = root * root * root;
        if (root > 0 && log(u[2]) < 0.5 * z * z + d - d * v + d * log(v))
            return log(d * v) + (alpha < 1 ? log(u[3]) / alpha : 0);
    }
}

static void gamma_piece(void *context, size_t begin, size_t end)
{
    const sampler *s = context;
    for (size_t i = begin; i < end; i++) {
        double alpha = s->a[i * s->a_stride];
        s->out[i] = (float)exp(log_gamma_variate(s, s->first + i, PURPOSE_GAMMA, alpha));
    }
}

void cn_philox_gamma(const uint32_t key[2], uint64_t first, size_t n, const float *alpha,
                     size_t alpha_stride, float *out)
{
    sampler s = {.key = key, .first = first, .a = alpha, .a_stride = alpha_stride, .out = out};
    cn_parallel_for(n, GRAIN, gamma_piece, &s);
}

/* X / (X + Y) of two gamma variates. */
static void beta_piece(void *context, size_t begin, size_t end)
{
    const sampler *s = context;
    for (size_t i = begin; i < end; i++) {
        double alpha = s->a[i * s->a_stride], beta = s->b[i * s->b_stride];
        double x = log_gamma_variate(s, s->first + i, PURPOSE_GAMMA, alpha);
        double y = log_gamma_variate(s, s->first + i, PURPOSE_SECOND_GAMMA, beta);
        s->out[i] = (float)(1 / (1 + exp(y - x)));
    }
}

void cn_philox_beta(const uint32_t key[2], uint64_t first, size_t n, const float *alpha,
                    size_t alpha_stride, const float *beta, size_t beta_stride, float *out)
{
    sampler s = {key, first, alpha, beta, alpha_stride, beta_stride, out};
    cn_parallel_for(n, GRAIN, beta_piece, &s);
}

/* log(k!) - [(k + 1/2) log(k + 1) - (k + 1) + log(2 pi) / 2]: Stirling's remainder at k + 1. */
static double stirling_rest(double k)
{
    double t = k + 1, square = t * t;
    if (k < 9) {
        double product = 1;
        for (int i = 2; i <= (int)k; i++)
            product *= i;
        return log(product) - ((k + 0.5) * log(t) - t + 0.5 * log(two_pi));
    }
    return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / t;
}

/* Few successes expected: walk up the distribution function. */
static double binomial_by_inversion(const sampler *s, uint64_t element, double n, double p)
{
    double u[4], q = 1 - p, mass = exp(n * log1p(-p)), k = 0;
    tries(s, element, 0, PURPOSE_BINOMIAL, u);
    double left = u[0] + (u[1] - 0.5) * 0x1p-32;
    while (left > mass && k < n && mass > 0) {
        left -= mass;
        mass *= (n - k) * p / ((k + 1) * q);
        k++;
    }
    return k;
}

/* Transformed rejection (Hoermann 1993, BTRS), for n p >= 10 and p <= 1/2. */
static double binomial_by_rejection(const sampler *s, uint64_t element, double n, double p)
{
    double deviation = sqrt(n * p * (1 - p)), b = 1.15 + 2.53 * deviation;
    double a = -0.0873 + 0.0248 * b + 0.01 * p, c = n * p + 0.5, r = p / (1 - p);
    double alpha = (2.83 + 5.1 / b) * deviation, limit = 0.92 - 4.2 / b, m = floor((n + 1) * p);
    for (uint32_t attempt = 0;; attempt++) {
        double w[4];
        tries(s, element, attempt, PURPOSE_BINOMIAL, w);
        double u = w[0] + (w[2] - 0.5) * 0x1p-32 - 0.5, v = w[1], us = 0.5 - fabs(u);
        double k = floor((2 * a / us + b) * u + c);
        if (us >= 0.07 && v <= limit)
            return k;
        if (!(k >= 0 && k <= n))
            continue;
        double bound = (m + 0.5) * log((m + 1) / (r * (n - m + 1))) +
                       (n + 1) * log((n - m + 1) / (n - k + 1)) +
                       (k + 0.5) * log(r * (n - k + 1) / (k + 1)) + stirling_rest(m) +
                       stirling_rest(n - m) - stirling_rest(k) - stirling_rest(n - k);
        if (log(v * alpha / (a / (us * us) + b)) <= bound)
            return k;
    }
}

static double binomial(const sampler *s, uint64_t element, double n, double p)
{
    if (!(n >= 0 && p >= 0 && p <= 1) || isinf(n))
        return NAN;
    n = floor(n);
    double small = p > 0.5 ? 1 - p : p;
    double k = n * small < 10 ? binomial_by_inversion(s, element, n, small)
                              : binomial_by_rejection(s, element, n, small);
    return p > 0.5 ? n - k : k;
}

static void binomial_piece(void *context, size_t begin, size_t end)
{
    const sampler *s = context;
    for (size_t i = begin; i < end; i++)
        s->out[i] = (float)binomial(s, s->first + i, s->a[i * s->a_stride], s->b[i * s->b_stride]);
}

void cn_philox_binomial(const uint32_t key[2], uint64_t first, size_t n, const float *counts,
                        size_t counts_stride, const float *p, size_t p_stride, float *out)
{
    sampler s = {key, first, counts, p, counts_stride, p_stride, out};
    cn_parallel_for(n, GRAIN, binomial_piece, &s);
}
