/* Tests of what oneDNN computes where it is installed; CORNU_ONEDNN_LIBRARY=path tests that file.
 */
#include "backend/cpu/onednn/conv.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend/cpu/onednn/library.h"
#include "base/alloc.h"
#include "base/test.h"
#include "cornu.h"
#include "graph/tensor.h"

static bool installed(void)
{
    setenv("CORNU_ONEDNN", "1", 1);
    bool there = cn_dnnl_get() && cn_isa_limit(CN_ISA_AVX512) == CN_ISA_AVX512;
    if (!there)
        printf("skipped: no oneDNN (libdnnl.so.3 or .2), or no AVX-512\n");
    return there;
}

static float *numbers(ptrdiff_t count, unsigned seed)
{
    float *to = cn_mem_alloc((size_t)count * sizeof *to);
    for (ptrdiff_t i = 0; to && i < count; i++) {
        seed = seed * 1664525u + 1013904223u;
        to[i] = (float)((int)(seed >> 16 & 255) - 128) / 256;
    }
    return to;
}

typedef struct data {
    cn_conv_shape s;
    ptrdiff_t nx, nw, ny;
    float *x, *w, *columns, *plus, *want, *y; /* columns: three numbers for each filter */
    cn_epilogue end;
} data;

static data make_data(const cn_conv_shape *s)
{
    data d = {.s = *s};
    d.nx = s->in[CN_HEIGHT] * s->in[CN_WIDTH] * s->channels;
    d.nw = cn_conv_taps(s) * s->channels * s->filters;
    d.ny = cn_conv_pixels(s) * s->filters;
    d.x = numbers(d.nx, 1), d.w = numbers(d.nw, 2), d.columns = numbers(3 * s->filters, 3);
    d.plus = numbers(d.ny, 4), d.want = numbers(d.ny, 5), d.y = numbers(d.ny, 6);
    d.end = (cn_epilogue){
        d.columns + s->filters, d.columns + 2 * s->filters, d.plus, d.y, s->filters, CN_ACT_RELU};
    return d;
}

static void free_data(data *d)
{
    float *all[] = {d->x, d->w, d->columns, d->plus, d->want, d->y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        cn_mem_free(all[i]);
}

/* Two orders of a sum of k terms up to 1/4 differ by k / 4 half units at most, however large its
 * parts. */
static bool same(const data *d)
{
    double k = (double)(cn_conv_taps(&d->s) * d->s.channels);
    return check_close(d->y, d->want, (size_t)d->ny, FLT_EPSILON, k / 8 * FLT_EPSILON);
}

static bool run(cn_onednn_conv *c, data *d, bool more)
{
    memset(d->y, 0xff, (size_t)d->ny * sizeof *d->y); /* NaNs */
    return CHECK(cn_onednn_conv_run(c, d->x, d->w, more ? d->columns : NULL,
                                    more ? CN_ACT_NONE : CN_ACT_RELU, more ? &d->end : NULL, d->y));
}

static bool run_own(data *d, bool more)
{
    cn_epilogue end = d->end;
    end.y = d->want;
    return CHECK(cn_conv_forward(&d->s, d->x, d->w, more ? d->columns : NULL,
                                 more ? CN_ACT_NONE : CN_ACT_RELU, more ? &end : NULL, NULL,
                                 d->want));
}

/* As our own kernels, with the same bits for any number of threads, and with new weights. */
static void check_shape(const cn_conv_shape *s, bool more)
{
    data d = make_data(s);
    uint64_t changes = 7;
    CN_SCOPE {
        cn_onednn_conv *c;
        REQUIRE(cn_onednn_conv_new(s, more, &changes, &c) && CHECK(c != NULL));
        for (int i = 0; i < 2; i++) {
            REQUIRE(run_own(&d, more));
            cn_set_num_threads(1);
            REQUIRE(run(c, &d, more) && same(&d));
            memcpy(d.want, d.y, (size_t)d.ny * sizeof *d.y);
            cn_set_num_threads(3);
            REQUIRE(run(c, &d, more));
            CHECK(memcmp(d.want, d.y, (size_t)d.ny * sizeof *d.y) == 0);
            cn_set_num_threads(0);
            for (ptrdiff_t k = 0; k < d.nw; k++)
                d.w[k] = -d.w[k];
            changes++;
        }
    }
    free_data(&d);
}

#define SHAPE(c, f, size, k, step, pad)                                                       \
    {                                                                                         \
        .channels = (c), .filters = (f), .in = {1, 1, size, size}, .kernel = {1, 1, k, k},    \
        .stride = {1, 1, step, step}, .dilation = CN_CONV_ONES, .before = {0, 0, pad, (pad)}, \
        .after = {                                                                            \
            0,                                                                                \
            0,                                                                                \
            pad,                                                                              \
            (pad)                                                                             \
        }                                                                                     \
    }

TEST(onednn_conv_is_ours)
{
    static const cn_conv_shape shapes[] = {
        SHAPE(64, 72, 37, 3, 1, 1),   SHAPE(64, 256, 48, 1, 1, 0),   SHAPE(256, 144, 61, 1, 2, 0),
        SHAPE(256, 256, 14, 3, 1, 1), SHAPE(1024, 832, 13, 1, 2, 0), SHAPE(128, 64, 29, 5, 2, 2),
    };
    if (!installed())
        return;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_shape(&shapes[i], false);
        check_shape(&shapes[i], true);
    }
    cn_isa_limit(CN_ISA_AMX);
}

TEST(onednn_conv_leaves_the_rest_to_us)
{
    cn_conv_shape all[] = {SHAPE(64, 64, 8, 3, 1, 1), SHAPE(64, 72, 37, 3, 1, 2),
                           SHAPE(64, 72, 37, 3, 1, 2)};
    all[1].in[CN_BATCH] = 2;
    all[2].dilation[CN_HEIGHT] = 2;
    uint64_t changes = 0;
    cn_onednn_conv *c;
    if (!installed())
        return;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        CHECK(cn_onednn_conv_new(&all[i], false, &changes, &c) && !c);
    cn_isa_limit(CN_ISA_AMX);
}

/* Batches of two are ours: what both say agrees, whatever has written the weights. */
static void check_model(cn_model *m, const float *x)
{
    enum { OUT = 30 * 30 * 64 };
    float *both = numbers(2 * OUT, 1), *one = numbers(OUT, 2);
    if (CHECK(cn_predict_into(m, x, 1, one) && cn_predict_into(m, x, 2, both)))
        check_close(one, both, OUT, 1e-5, 576 / 8 * FLT_EPSILON);
    cn_mem_free(both);
    cn_mem_free(one);
}

static void change_weights(cn_model *m, cn_tensor *kernel, const float *x, const float *w)
{
    cn_shape in = cn_shape(1, 32, 32, 64), out = cn_shape(1, 30, 30, 64);
    const char *path = cn_test_path("onednn.weights.h5");
    check_model(m, x);
    REQUIRE(cn_save_weights(m, path));
    REQUIRE(cn_set_data(kernel, w));
    check_model(m, x);
    CN_SCOPE {
        REQUIRE(cn_assign(kernel, cn_mul(kernel, cn_full(kernel->shape, 0.5, CN_FLOAT32))));
    }
    check_model(m, x);
    for (int i = 0; i < 3; i++) /* structures are planned when they are met again */
        CN_SCOPE {
            REQUIRE(cn_assign(kernel, cn_sub(kernel, cn_full(kernel->shape, 0.1, CN_FLOAT32))));
        }
    check_model(m, x);
    REQUIRE(cn_compile(m, "sgd(0.1)", .loss = {"mse"}));
    CN_SCOPE {
        REQUIRE(
            cn_train_on_batch(m, cn_full(in, 1, CN_FLOAT32), cn_full(out, 9, CN_FLOAT32), NULL));
    }
    check_model(m, x);
    REQUIRE(cn_load_weights(m, path));
    check_model(m, x);
}

TEST(onednn_sees_new_weights)
{
    if (!installed())
        return;
    float *x = numbers(2 * 32 * 32 * 64, 3), *w = numbers(9 * 64 * 64, 4);
    CN_SCOPE {
        cn_model *m = cn_sequential(cn_input(32, 32, 64), cn_conv2d(64, {3}));
        cn_list *weights = cn_weights(m);
        if (CHECK(weights))
            change_weights(m, weights->items[0], x, w);
    }
    cn_mem_free(x);
    cn_mem_free(w);
    cn_isa_limit(CN_ISA_AMX);
}
