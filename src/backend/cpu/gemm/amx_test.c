#include <float.h>
#include <math.h>
#include <string.h>

#include "backend/cpu/gemm/gemm.h"
#include "base/half.h"
#include "base/test.h"
#include "cornu/config.h"

enum { M = 70, N = 90, K = 600 };

static float a[M * K], b[K * N], plain[M * N], units[M * N], first[M * N];

/* Normally distributed, nearly. */
static void fill(float *x, size_t count, unsigned state)
{
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (int k = 0; k < 6; k++) {
            state = state * 1664525u + 1013904223u;
            sum += (state >> 8) / 16777216.0 - 0.5;
        }
        x[i] = (float)sum;
    }
}

static bool run_as(cn_isa level, float *c, bool bfloat16)
{
    cn_gemm g = CN_GEMM(M, N, K, a, b, c);
    g.bfloat16 = bfloat16;
    cn_isa_limit(level);
    bool ok = cn_gemm_run(&g);
    cn_isa_limit(CN_ISA_AMX);
    return ok;
}

static bool run(cn_isa level, float *c)
{
    return run_as(level, c, false);
}

static double error_of(const float *c)
{
    double sum = 0;
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            double exact = 0;
            for (int k = 0; k < K; k++)
                exact += (double)a[i * K + k] * b[k * N + j];
            sum += (c[i * N + j] - exact) * (c[i * N + j] - exact);
        }
    return sqrt(sum / (M * N));
}

/* Matrix units lose nothing: where this machine has some, their sums are nearer to the exact ones
 * than those of a chain of fused additions. */
TEST(amx_is_as_exact_as_floats)
{
    fill(a, M * K, 1);
    fill(b, K * N, 2);
    REQUIRE(run(CN_ISA_AVX512, plain) && run(CN_ISA_AMX, units));
    CHECK(error_of(units) <= error_of(plain));
    bool has_units = cn_isa_level() == CN_ISA_AMX;
    CHECK(has_units == (memcmp(plain, units, sizeof plain) != 0)); /* it is they that were tested */
}

static void round_all(float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = cn_bfloat16_to_float(cn_bfloat16_from_float(x[i]));
}

/* One part of each number: that of the nearest bfloat16, and exact where it is one. */
TEST(amx_takes_numbers_as_bfloat16)
{
    static float rounded[M * N];
    fill(a, M * K, 1);
    fill(b, K * N, 2);
    REQUIRE(run(CN_ISA_AVX512, plain) && run_as(CN_ISA_AMX, units, true));
    for (int i = 0; i < M * N; i++) /* of sums of 600 products of a quarter */
        CHECK(fabsf(units[i] - plain[i]) < 0.2f);
    bool has_units = cn_isa_level() == CN_ISA_AMX;
    CHECK(has_units == (error_of(units) > 1e-4));
    round_all(a, M * K);
    round_all(b, K * N);
    REQUIRE(run(CN_ISA_AVX512, plain) && run_as(CN_ISA_AMX, rounded, true));
    CHECK(error_of(rounded) <= 2 * error_of(plain));
    CHECK(!has_units || !memcmp(rounded, units, sizeof units));
}

/* What is not finite, or too large for a part, is as in floats, and only its own sums differ. */
TEST(amx_knows_infinity)
{
    static const struct {
        int at;
        float x;
    } odd[] = {{3 * K + 5, INFINITY},   {20 * K + 530, NAN},    {40 * K, -INFINITY},
               {66 * K + 599, FLT_MAX}, {50 * K + 2, -FLT_MAX}, {51 * K + 300, FLT_MIN / 8}};
    static float others[M * N];
    fill(a, M * K, 1);
    fill(b, K * N, 2);
    REQUIRE(run(CN_ISA_AMX, others));
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        a[odd[i].at] = odd[i].x;
    b[7 * N + 81] = INFINITY;
    b[8 * N + 81] = -1e-30f;
    for (int threads = 1; threads <= 3; threads++) {
        cn_set_num_threads(threads);
        REQUIRE(run(CN_ISA_AVX512, plain) && run(CN_ISA_AMX, units));
        for (int i = 0; i < M * N; i++) {
            if (isfinite(plain[i]))
                CHECK(fabsf(units[i] - plain[i]) <= 1e-4f + 1e-6f * fabsf(plain[i]));
            else
                CHECK(isnan(plain[i]) ? isnan(units[i]) : units[i] == plain[i]);
            int row = i / N;
            bool plain_row = row != 3 && row != 20 && row != 40 && row < 50 && i % N != 81;
            CHECK(!plain_row || units[i] == others[i] || i % N >= 64);
        }
    }
    cn_set_num_threads(0);
}

enum { FORMS = 6 }; /* and as many for numbers that are bfloat16 */

/* The first rows of A times the first columns of B or of its transpose, B kept or not. */
static bool run_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int form, bool keeps, float *c)
{
    bool transposed = form & 1;
    static _Alignas(64) char room[1 << 20];
    cn_gemm g = CN_GEMM(m, n, k, a, b, c);
    g.lda = K;
    g.ldb = transposed ? K : N;
    g.transpose_b = transposed;
    g.bias = b + 3;
    g.bfloat16 = form >= FORMS;
    size_t bytes = cn_gemm_kept_on_units(m, n, k);
    if (keeps && bytes && CHECK(bytes <= sizeof room))
        cn_gemm_keep(&g, room, false);
    return cn_gemm_run(&g);
}

/* What is kept of B serves as well as B does, in as many threads as there are. */
TEST(amx_keeps_what_it_has_split)
{
    static const struct {
        ptrdiff_t m, n, k;
    } sizes[] = {{16, 90, 128}, {9, 64, 600}, {13, 81, 513}, {32, 90, 100}, {70, 90, 550}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        fill(a, M * K, 1);
        fill(b, K * N, 2);
        a[5 * K + 7] = INFINITY;
        for (int form = 0; form < 2 * FORMS; form++) {
            ptrdiff_t m = sizes[s].m, n = sizes[s].n, k = sizes[s].k;
            if (form == FORMS) {
                round_all(a, M * K);
                round_all(b, K * N);
            }
            cn_set_num_threads(1);
            REQUIRE(run_kept(m, n, k, form & 1, false, plain));
            cn_set_num_threads(1 + form % FORMS / 2);
            REQUIRE(run_kept(m, n, k, form, true, units));
            for (ptrdiff_t i = 0; i < m * n; i++)
                CHECK(isfinite(plain[i]) ? fabsf(units[i] - plain[i]) <= 1e-4f
                                         : memcmp(&units[i], &plain[i], sizeof *plain) == 0);
        }
    }
    cn_set_num_threads(0);
    CHECK((cn_isa_level() == CN_ISA_AMX) == (cn_gemm_kept_on_units(16, 512, 128) > 0));
}

/* A's rows, `context`, elsewhere. */
static void copy_rows(const void *context, ptrdiff_t i, ptrdiff_t rows, ptrdiff_t k,
                      ptrdiff_t count, float *to, ptrdiff_t pitch)
{
    const float *from = (const float *)context + i * K + k;
    for (ptrdiff_t r = 0; r < rows; r++)
        memcpy(to + r * pitch, from + r * K, (size_t)count * sizeof *to);
}

/* With what is kept of B, (k, n), as floats, or B; `copies`: with rows of A that lie elsewhere, and
 * are copied. */
static bool run_floats(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, cn_kept *keep, bool copies, float *c)
{
    cn_gemm_source source = {copy_rows, a};
    const cn_epilogue end = {a, NULL, NULL, c, n, CN_ACT_RELU};
    cn_gemm g = CN_GEMM(m, n, k, a, b, c);
    g.lda = K;
    g.bias = b + 3;
    g.activation = CN_ACT_RELU;
    g.end = &end;
    g.keep = keep;
    if (copies) {
        g.a = NULL;
        g.source = &source;
    }
    return cn_gemm_run(&g);
}

/* Floats that are kept are split as they are multiplied, the same in each number of threads. */
TEST(amx_splits_kept_floats)
{
    static const struct {
        ptrdiff_t m, n, k;
    } sizes[] = {{56, 90, 600}, {70, 64, 129}, {61, 81, 513}, {70, 33, 32}, {20, 90, 550}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        ptrdiff_t m = sizes[s].m, n = sizes[s].n, k = sizes[s].k;
        uint64_t changes = 1;
        cn_kept *keep = cn_kept_new(1, k, n, &changes);
        fill(a, M * K, 1);
        fill(b, K * N, 2);
        a[5 * K + 7] = INFINITY;
        a[19 * K + 20] = NAN;
        REQUIRE(keep && run_floats(m, n, k, NULL, false, plain));
        for (int form = 0; form < 6; form++) {
            cn_set_num_threads(1 + form / 2);
            REQUIRE(run_floats(m, n, k, keep, form % 2, units));
            for (ptrdiff_t i = 0; i < m * n; i++)
                CHECK(isfinite(plain[i]) ? fabsf(units[i] - plain[i]) <= 1e-4f
                                         : memcmp(&units[i], &plain[i], sizeof *plain) == 0);
            if (form)
                CHECK(!memcmp(units, first, sizeof *units * (size_t)(m * n)));
            memcpy(first, units, sizeof *units * (size_t)(m * n));
        }
    }
    cn_set_num_threads(0);
}
