#include "backend/cpu/gemm/gemm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "cornu/config.h"

enum { MOST = 1 << 19 };

static float a[MOST], b[MOST], c[MOST], first[MOST], want[MOST];
static double a2[MOST], b2[MOST], c2[MOST], want2[MOST];

static void fill(void)
{
    unsigned state = 1;
    for (int i = 0; i < MOST; i++) {
        state = state * 1664525u + 1013904223u;
        a2[i] = a[i] = (float)((int)(state >> 16 & 255) - 128) / 64;
        state = state * 1664525u + 1013904223u;
        b2[i] = b[i] = (float)((int)(state >> 16 & 255) - 128) / 64;
    }
}

/* Three loops, in double; `start` is what C held before. */
static void naive(const cn_gemm *g, const double *start, double *out)
{
    for (ptrdiff_t p = 0; p < g->batch; p++)
        for (ptrdiff_t i = 0; i < g->m; i++)
            for (ptrdiff_t j = 0; j < g->n; j++) {
                double sum = 0;
                const double *x = (const double *)g->a + p * g->stride_a;
                const double *y = (const double *)g->b + p * g->stride_b;
                for (ptrdiff_t k = 0; k < g->k; k++)
                    sum += (g->transpose_a ? x[k * g->lda + i] : x[i * g->lda + k]) *
                           (g->transpose_b ? y[j * g->ldb + k] : y[k * g->ldb + j]);
                ptrdiff_t at = p * g->stride_c + i * g->ldc + j;
                sum = g->alpha * sum + (g->beta != 0 ? g->beta * start[at] : 0);
                sum += g->bias ? ((const double *)g->bias)[j] : 0;
                sum = g->activation == CN_ACT_RELU && sum < 0 ? 0 : sum;
                out[at] = g->end ? fmax(0, sum * b2[7 + j] + b2[11 + j] + a2[13 + at]) : sum;
            }
}

/* Of the C above, which naive() knows. */
static cn_epilogue end_of(const void *x, const void *y, const void *z, const void *all,
                          ptrdiff_t columns)
{
    return (cn_epilogue){x, y, z, all, columns, CN_ACT_RELU};
}

static cn_gemm to_float(const cn_gemm *g)
{
    cn_gemm f = *g;
    f.size = sizeof(float);
    f.a = a;
    f.b = b;
    f.c = c;
    f.bias = g->bias ? b : NULL;
    f.end = NULL;
    return f;
}

/* Everything outside of C must stay: C starts as a copy of A and all of it is compared. */
static bool agrees(const cn_gemm *g, int threads, size_t size)
{
    memcpy(c2, a2, size * sizeof *c2);
    memcpy(c, a, size * sizeof *c);
    memcpy(want2, a2, size * sizeof *want2);
    naive(g, a2, want2);
    for (size_t i = 0; i < size; i++)
        want[i] = (float)want2[i];
    cn_gemm f = to_float(g);
    cn_gemm d = *g;
    cn_epilogue f_end = end_of(b + 7, b + 11, a + 13, c, g->ldc);
    cn_epilogue d_end = end_of(b2 + 7, b2 + 11, a2 + 13, c2, g->ldc);
    f.end = g->end ? &f_end : NULL;
    d.end = g->end ? &d_end : NULL;
    cn_set_num_threads(threads);
    bool ok = CHECK(cn_gemm_run(&f)) && CHECK(cn_gemm_run(&d));
    cn_set_num_threads(0);
    double slack = 1e-6 * sqrt((double)g->k + 1) * 16;
    return ok && check_close(c, want, size, 1e-5, slack) &&
           cn_test_close_double(c2, want2, size, 1e-13, slack * 1e-7, __FILE__, __LINE__);
}

static cn_gemm shape(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int form)
{
    cn_gemm g = CN_GEMM(m, n, k, a2, b2, c2);
    g.transpose_a = form & 1;
    g.transpose_b = form & 2;
    g.lda = (form & 1 ? m : k) + (form & 4 ? 3 : 0);
    g.ldb = (form & 2 ? k : n) + (form & 4 ? 5 : 0);
    g.ldc = n + (form & 4 ? 1 : 0);
    if (form & 8) {
        g.bias = b2;
        g.activation = CN_ACT_RELU;
    }
    static const cn_epilogue some;
    g.end = form & 32 ? &some : NULL; /* agrees() knows which */
    g.alpha = form & 4 ? 0.5 : 1;
    g.beta = form & 16 ? (form & 8 ? -1.5 : 1) : 0;
    g.stride_c = m * g.ldc;
    return g;
}

static bool all_forms(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int threads)
{
    for (int form = 0; form < 64; form++) {
        cn_gemm g = shape(m, n, k, form);
        if (!agrees(&g, threads, (size_t)(m * g.ldc + 40)))
            return false;
    }
    return true;
}

TEST(gemm_odd_sizes)
{
    static const ptrdiff_t sizes[] = {0, 1, 2, 3, 5, 13, 17, 33, 67};
    fill();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        for (int i = 0; i < 9; i++)
            for (int j = 0; j < 9; j++)
                for (int k = 0; k < 9; k += 1 + (i + j) % 3)
                    REQUIRE(all_forms(sizes[i], sizes[j], sizes[k], 1));
    }
    cn_isa_limit(CN_ISA_AMX);
}

TEST(gemm_larger_sizes)
{
    static const ptrdiff_t sizes[][3] = {
        {131, 67, 300}, {300, 131, 67}, {67, 300, 260},  {1, 700, 300}, {700, 1, 300},
        {4, 130, 520},  {60, 37, 1000}, {260, 270, 257}, {7, 11, 2100}, {2, 700, 400},
        {7, 300, 900},  {11, 550, 500}, {16, 260, 1030}}; /* few rows, a large B */
    fill();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        for (int i = 0; i < 13; i++)
            for (int form = i % 2; form < 64; form += 5) {
                cn_gemm g = shape(sizes[i][0], sizes[i][1], sizes[i][2], form);
                REQUIRE(agrees(&g, 3, (size_t)(g.m * g.ldc + 40)));
            }
    }
    cn_isa_limit(CN_ISA_AMX);
}

TEST(gemm_batches)
{
    fill();
    for (int form = 0; form < 64; form++) {
        cn_gemm g = shape(13, 19, 7, form);
        g.batch = 37;
        g.stride_a = 13 * 7 + 60;
        g.stride_b = form % 3 ? 19 * 7 + 100 : 0;
        REQUIRE(agrees(&g, 3, (size_t)(37 * g.stride_c + 40)));
    }
}

/* A product's bits are the same for any number of threads. */
TEST(gemm_same_for_any_threads)
{
    static const ptrdiff_t sizes[][3] = {{131, 260, 700}, {16, 20, 9000}, {1, 1000, 500},
                                         {1000, 1, 500},  {3, 900, 300},  {500, 40, 600},
                                         {90, 70, 2000},  {9, 500, 600}};
    fill();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        for (int i = 0; i < 8; i++)
            for (int form = 0; form < 4; form++) {
                cn_gemm g = shape(sizes[i][0], sizes[i][1], sizes[i][2], form);
                cn_gemm f = to_float(&g);
                for (int threads = 1; threads <= 5; threads += threads < 3 ? 1 : 2) {
                    cn_set_num_threads(threads);
                    REQUIRE(cn_gemm_run(&f));
                    size_t bytes = (size_t)(g.m * g.n) * sizeof(float);
                    memcpy(threads == 1 ? want : first, c, bytes);
                    REQUIRE(threads == 1 || !memcmp(want, first, bytes));
                }
            }
    }
    cn_set_num_threads(0);
    cn_isa_limit(CN_ISA_AMX);
}

TEST(gemm_keeps_nan_and_ignores_old_c)
{
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AVX512; level++) {
        float x[3] = {1, NAN, -1}, y[1] = {1}, z[3] = {NAN, NAN, NAN};
        double x2[3] = {1, NAN, -1}, y2[1] = {1}, z2[3] = {NAN, NAN, NAN};
        cn_gemm g = CN_GEMM(3, 1, 1, x, y, z), g2 = CN_GEMM(3, 1, 1, x2, y2, z2);
        g.activation = g2.activation = CN_ACT_RELU;
        cn_isa_limit(level);
        REQUIRE(cn_gemm_run(&g) && cn_gemm_run(&g2));
        CHECK(z[0] == 1 && isnan(z[1]) && z[2] == 0);
        CHECK(z2[0] == 1 && isnan(z2[1]) && z2[2] == 0);
    }
    cn_isa_limit(CN_ISA_AVX512);
}

/* A product in strips of rows, several of one turn, has the bits of the whole. */
static void check_rows(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int form, uint64_t turn)
{
    cn_gemm g = CN_GEMM(m, n, k, a, b + form, want);
    const ptrdiff_t strip = 33 + form;
    g.transpose_a = form & 1;
    g.transpose_b = form & 2;
    g.lda = g.transpose_a ? m : k;
    g.ldb = g.transpose_b ? k : n;
    g.bfloat16 = form & 4;
    REQUIRE(cn_gemm_has_strips(n, k) && cn_gemm_run(&g));
    for (ptrdiff_t i = 0; i < m; i += strip)
        cn_gemm_rows(&g, i, m - i < strip ? m - i : strip, c + i * n, turn);
    CHECK(!memcmp(c, want, (size_t)(m * n) * sizeof *c));
}

TEST(gemm_rows_are_those_of_the_whole)
{
    static const struct {
        ptrdiff_t m, n, k;
    } sizes[] = {{203, 85, 24}, {784, 128, 32}, {60, 2048, 40}, {100, 16, 256}, {130, 50, 1}};
    uint64_t turn = 0;
    fill();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            for (int form = 0; form < 8; form++) {
                cn_isa_limit(level);
                check_rows(sizes[s].m, sizes[s].n, sizes[s].k, form, ++turn);
            }
    CHECK(!cn_gemm_has_strips(128, 257) && !cn_gemm_has_strips(1024, 200));
}

/* What is kept of B serves as well as B does, more than once. */
static void check_kept(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, int form)
{
    cn_gemm g = shape(m, n, k, form), f = to_float(&g);
    size_t size = (size_t)(m * f.ldc), room = cn_gemm_kept(m, n, k);
    cn_epilogue end = end_of(b + 7, b + 11, a + 13, c, f.ldc);
    f.end = g.end ? &end : NULL;
    REQUIRE(room && room <= sizeof first);
    for (int turn = 0; turn < 3; turn++) {
        memcpy(c, a, size * sizeof *c);
        if (turn)
            cn_gemm_keep(&f, first, turn > 1);
        REQUIRE(cn_gemm_run(&f));
        if (!turn)
            memcpy(want, c, size * sizeof *c);
        check_close(c, want, size, 1e-5, 1e-6 * sqrt((double)k) * 16);
    }
}

TEST(gemm_keeps_what_it_has_packed)
{
    static const ptrdiff_t sizes[][3] = {
        {16, 512, 128}, {13, 300, 70}, {40, 130, 513}, {26, 97, 200}, {600, 131, 267}};
    fill();
    for (cn_isa level = CN_ISA_PLAIN; level <= CN_ISA_AMX; level++) {
        cn_isa_limit(level);
        cn_set_num_threads(1 + level % 2);
        for (int i = 0; i < 5; i++)
            for (int form = 0; form < 64; form += 2)
                check_kept(sizes[i][0], sizes[i][1], sizes[i][2], form);
    }
    cn_isa_limit(CN_ISA_AMX);
    cn_set_num_threads(0);
    CHECK(!cn_gemm_kept(1, 512, 512) && !cn_gemm_kept(32, 4096, 1024));
}
