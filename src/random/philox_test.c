#include "random/philox.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"

enum { N = 200000 };
static const uint32_t key[2] = {12345, 678};
static float sample[N];

/* The vectors published with Random123 (kat_vectors, philox4x32 10). */
TEST(philox_known_answers)
{
    static const uint32_t cases[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
        {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d,
         0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09,
         0x94fdcceb, 0x5001e420, 0x24126ea1},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t out[4];
        cn_philox_block(cases[i] + 4, cases[i], out);
        CHECK(memcmp(out, cases[i] + 6, sizeof out) == 0);
    }
    uint32_t bits[4];
    cn_philox_bits((uint32_t[2]){0, 0}, 0, 4, bits);
    CHECK(memcmp(bits, cases[0] + 6, sizeof bits) == 0);
}

static int ascending(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov: sqrt(n) times the largest distance to the distribution function; above 2 it
 * has probability 7e-4. Sorts the sample. */
static double distance(double (*cdf)(double))
{
    double worst = 0;
    qsort(sample, N, sizeof *sample, ascending);
    for (int i = 0; i < N; i++) {
        double p = cdf(sample[i]);
        worst = fmax(worst, fmax(fabs(p - (double)i / N), fabs(p - (i + 1.0) / N)));
    }
    return worst * sqrt(N);
}

/* Mean and variance lie within five standard errors (given the fourth central moment in variances).
 */
static bool moments(double mean, double variance, double kurtosis)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < N; i++)
        sum += sample[i];
    for (int i = 0; i < N; i++)
        squares += (sample[i] - mean) * (sample[i] - mean);
    return fabs(sum / N - mean) < 5 * sqrt(variance / N) &&
           fabs(squares / N - variance) < 5 * variance * sqrt((kurtosis - 1) / N);
}

static double uniform_cdf(double x)
{
    return x;
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x * sqrt(0.5));
}

static double truncated_cdf(double x)
{
    return (normal_cdf(x) - normal_cdf(-2)) / (normal_cdf(2) - normal_cdf(-2));
}

static double gamma_half_cdf(double x) /* alpha 1/2: the square of a normal, halved */
{
    return erf(sqrt(x));
}

static double gamma_three_cdf(double x)
{
    return 1 - exp(-x) * (1 + x + x * x / 2);
}

static double beta_cdf(double x) /* alpha 2, beta 3 */
{
    return x * x * (6 - 8 * x + 3 * x * x);
}

TEST(philox_continuous_distributions)
{
    float half = 0.5f, two = 2, three = 3;
    cn_philox_uniform(key, 0, N, sample);
    CHECK(moments(0.5, 1.0 / 12, 1.8));
    CHECK(distance(uniform_cdf) < 2 && sample[0] >= 0 && sample[N - 1] < 1);
    cn_philox_normal(key, 0, N, sample);
    CHECK(moments(0, 1, 3));
    CHECK(distance(normal_cdf) < 2 && sample[N - 1] < 6.67f);
    cn_philox_truncated_normal(key, 0, N, sample);
    CHECK(distance(truncated_cdf) < 2 && sample[0] > -2 && sample[N - 1] < 2);
    cn_philox_gamma(key, 0, N, &half, 0, sample);
    CHECK(distance(gamma_half_cdf) < 2);
    cn_philox_gamma(key, 0, N, &three, 0, sample);
    CHECK(moments(3, 3, 5));
    CHECK(distance(gamma_three_cdf) < 2);
    cn_philox_beta(key, 0, N, &two, 0, &three, 0, sample);
    CHECK(distance(beta_cdf) < 2);
}

TEST(philox_binomial_by_both_methods)
{
    static const float cases[][2] = {
        {10, 0.3f}, {10, 0.9f}, {40, 0.5f}, {1000, 0.2f}, {100000, 0.75f}};
    for (int i = 0; i < 5; i++) {
        double n = cases[i][0], p = cases[i][1], variance = n * p * (1 - p);
        cn_philox_binomial(key, 0, N, &cases[i][0], 0, &cases[i][1], 0, sample);
        CHECK(moments(n * p, variance, 3 + (1 - 6 * p * (1 - p)) / variance));
    }
    /* 40 trials at 1/2: every frequency, by chi-squared (41 classes; the tails are pooled). */
    double chi = 0, mass = 0x1p-40, counts[41] = {0};
    float n = 40, p = 0.5f;
    cn_philox_binomial(key, 0, N, &n, 0, &p, 0, sample);
    for (int i = 0; i < N; i++)
        counts[(int)sample[i]]++;
    for (int k = 0; k <= 40; k++) {
        if (mass * N > 10)
            chi += (counts[k] - mass * N) * (counts[k] - mass * N) / (mass * N);
        mass *= (40.0 - k) / (k + 1);
    }
    CHECK(chi < 60);
}

TEST(philox_arguments_out_of_range_give_nan)
{
    float bad[] = {-1, NAN, 0, 1.5f}, one = 1, out[4];
    cn_philox_gamma(key, 0, 4, bad, 1, out);
    CHECK(isnan(out[0]) && isnan(out[1]) && isnan(out[2]) && !isnan(out[3]));
    cn_philox_binomial(key, 0, 4, &one, 0, bad, 1, out);
    CHECK(isnan(out[0]) && isnan(out[1]) && out[2] == 0 && isnan(out[3]));
}

/* Whatever the pieces, the elements are the same. */
TEST(philox_does_not_depend_on_the_split)
{
    enum { M = 1003 };
    float whole[M], parts[M], alpha = 0.7f;
    int64_t integers[M], pieces[M];
    void (*const fills[])(const uint32_t *, uint64_t, size_t, float *) = {
        cn_philox_uniform, cn_philox_normal, cn_philox_truncated_normal};
    for (int f = 0; f < 3; f++) {
        fills[f](key, 5, M, whole);
        for (size_t at = 0, step = 1; at < M; at += step, step = step * 3 % 101)
            fills[f](key, 5 + at, at + step < M ? step : M - at, parts + at);
        CHECK(memcmp(whole, parts, sizeof whole) == 0);
    }
    cn_philox_gamma(key, 0, M, &alpha, 0, whole);
    cn_philox_gamma(key, 500, 1, &alpha, 0, parts);
    CHECK(whole[500] == parts[0]);
    cn_philox_integers(key, 0, M, -7, 20, integers);
    for (int i = 0; i < M; i++)
        cn_philox_integers(key, (uint64_t)i, 1, -7, 20, pieces + i);
    CHECK(memcmp(integers, pieces, sizeof integers) == 0);
    /* Longer than one piece of the pool's: the same again. */
    cn_philox_normal(key, 0, N, sample);
    cn_philox_normal(key, N - M, M, whole);
    CHECK(memcmp(sample + N - M, whole, sizeof whole) == 0);
}

TEST(philox_integers_and_masks)
{
    static int64_t numbers[N];
    static uint8_t mask[N];
    static double doubles[N];
    double counts[20] = {0}, chi = 0, ones = 0, sum = 0;
    cn_philox_integers(key, 0, N, -7, 20, numbers);
    for (int i = 0; i < N; i++) {
        REQUIRE(numbers[i] >= -7 && numbers[i] < 13);
        counts[numbers[i] + 7]++;
    }
    for (int k = 0; k < 20; k++)
        chi += (counts[k] - N / 20.0) * (counts[k] - N / 20.0) / (N / 20.0);
    CHECK(chi < 50);
    cn_philox_bernoulli(key, 0, N, 0.3, mask);
    for (int i = 0; i < N; i++)
        ones += mask[i];
    CHECK(fabs(ones - 0.3 * N) < 5 * sqrt(0.21 * N));
    cn_philox_bernoulli(key, 0, N, 1, mask);
    CHECK(memchr(mask, 0, N) == NULL);
    cn_philox_bernoulli(key, 0, N, 0, mask);
    CHECK(memchr(mask, 1, N) == NULL);
    cn_philox_uniform_double(key, 0, N, doubles);
    for (int i = 0; i < N; i++)
        sum += doubles[i];
    CHECK(fabs(sum / N - 0.5) < 5 * sqrt(1.0 / 12 / N));
}

TEST(philox_categorical_follows_the_logits)
{
    enum { SAMPLES = 50000 };
    static int64_t out[2 * SAMPLES];
    float logits[2][4] = {{0, 1, 2, -INFINITY}, {-1000, -1000, -INFINITY, -1001}};
    double counts[2][4] = {{0}};
    cn_philox_categorical(key, 2, SAMPLES, 4, logits[0], out);
    for (int i = 0; i < 2 * SAMPLES; i++)
        counts[i / SAMPLES][out[i]]++;
    for (int row = 0; row < 2; row++)
        for (int k = 0; k < 4; k++) {
            double total = 0, mass = exp(logits[row][k] - logits[row][row ? 0 : 2]);
            for (int j = 0; j < 4; j++)
                total += exp(logits[row][j] - logits[row][row ? 0 : 2]);
            double p = mass / total;
            CHECK(fabs(counts[row][k] - p * SAMPLES) <= 5 * sqrt(p * (1 - p) * SAMPLES));
        }
}

TEST(philox_permutations_are_fair)
{
    int seen[24] = {0};
    for (uint32_t draw = 0; draw < 24000; draw++) {
        uint32_t own[2];
        int64_t order[4];
        cn_philox_key(99, draw, own);
        cn_philox_permutation(own, 4, order);
        int number = 0;
        for (int i = 0; i < 4; i++) {
            int smaller = 0;
            for (int j = i + 1; j < 4; j++)
                smaller += order[j] < order[i];
            number = number * (4 - i) + smaller;
        }
        seen[number]++;
    }
    double chi = 0;
    for (int i = 0; i < 24; i++)
        chi += (seen[i] - 1000.0) * (seen[i] - 1000.0) / 1000;
    CHECK(chi < 60);
}

TEST(philox_long_permutation_holds_every_number)
{
    static int64_t order[N];
    static bool seen[N];
    int64_t fixed = 0;
    cn_philox_permutation(key, N, order);
    for (int64_t i = 0; i < N; i++) {
        REQUIRE(order[i] >= 0 && order[i] < N && !seen[order[i]]);
        seen[order[i]] = true;
        fixed += order[i] == i;
    }
    CHECK(fixed < 8);
    CHECK(cn_philox_below(UINT64_MAX, 10) == 9 &&
          cn_philox_below(UINT64_MAX, UINT64_MAX) == UINT64_MAX - 1);
}
