/* Reductions in clusters: each formula runs with them and without, to the same bits. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/config.h"
#include "ops/ops.h"
#include "plan/run_once.h"

/* y (...) from x (..., c); v (c). */
typedef cn_list *formula(cn_tensor *x, cn_tensor *v);

static cn_tensor *normal(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *rest = cn_sub(x, cn_mean(x, {-1}, true));
    cn_tensor *factor = cn_rsqrt(cn_add(cn_mean(cn_square(rest), {-1}, true), 1e-3));
    return cn_add(cn_mul(rest, cn_mul(factor, v)), v);
}

static cn_list *normalized(cn_tensor *x, cn_tensor *v)
{
    return cn_list_of(normal(cn_mul(x, 2), v));
}

static cn_list *gradient(cn_tensor *x, cn_tensor *v)
{
    return cn_gradients(cn_sum(cn_sin(normal(x, v))), cn_list_of(x, v));
}

static cn_list *softmax(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *e = cn_exp(cn_sub(x, cn_max(x, {-1}, true)));
    return cn_list_of(cn_div(e, cn_sum(e, {-1}, true)), cn_min(cn_mul(x, v), {-1}));
}

/* Others read what a row gives, and what its elements give. */
static cn_list *read_outside(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *twice = cn_mul(x, 2), *mean = cn_mean(twice, {-1}, true), *root = cn_exp(mean);
    cn_tensor *y = cn_sub(twice, root);
    return cn_list_of(twice, mean, y, cn_add(cn_sum(y), cn_mul(root, 3)), cn_sum(cn_mul(y, v)));
}

/* Under another shape: so the reduction's rows are not those of the last axis. */
static cn_list *viewed(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *flat = cn_reshape(cn_add(x, v), cn_shape(-1)), *y = cn_reshape_like(flat, x);
    cn_tensor *sum = cn_sum(y, {-1});
    return cn_list_of(cn_mul(flat, 3), cn_mul(y, cn_expand_dims(cn_exp(cn_neg(sum)), -1)));
}

/* Rows of one length, and of another. */
static cn_list *two_lengths(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *y = cn_mul(x, v), *short_rows = cn_mean(y, {-1}, true);
    cn_tensor *long_rows = cn_mean(cn_sub(y, short_rows), {-2, -1}, true);
    return cn_list_of(cn_sub(cn_sub(x, long_rows), short_rows));
}

/* Numbers of rows that stand for columns, where there are as many. */
static cn_list *as_columns(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *y = cn_mul(x, v), *mean = cn_mean(y, {-1});
    return x->shape.dim[x->shape.rank - 1] == x->shape.dim[x->shape.rank - 2]
               ? cn_list_of(cn_sub(y, mean), cn_sub(y, cn_expand_dims(mean, -1)))
               : cn_list_of(mean);
}

static cn_list *counted(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *hit = cn_greater(x, v);
    cn_tensor *count = cn_sum(hit, {-1}, true), *share = cn_mean(hit, {-1}, true);
    cn_tensor *wide = cn_sum(cn_cast(cn_mul(x, v), CN_FLOAT64), {-1}, true);
    return cn_list_of(cn_add(cn_mul(share, x), cn_cast(count, CN_FLOAT32)),
                      cn_cast(cn_sub(x, wide), CN_FLOAT32));
}

/* Numbers of rows that lie in parts of something, or shall. */
static cn_list *parts(cn_tensor *x, cn_tensor *v)
{
    cn_tensor *mean = cn_reshape(cn_mean(x, {-1}), cn_shape(-1));
    cn_list *half = cn_split(cn_concat(cn_list_of(cn_sin(mean), cn_exp(mean)), 0), 2, 0);
    cn_tensor *sum = cn_reshape(cn_sum(cn_mul(x, v), {-1}), cn_shape(-1));
    cn_tensor *y = cn_mul(cn_add(sum, cn_nth(half, 0)), cn_nth(half, 1));
    return cn_list_of(cn_concat(cn_list_of(cn_neg(y), cn_square(y)), 0));
}

static bool body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    formula *const *make = user;
    (void)variant;
    return add_outputs(outputs, (*make)(in->items[0], in->items[1]));
}

enum { ELEMENTS = 130000, ROOM = 4 * ELEMENTS };

static size_t run(formula *make, cn_shape shape, int threads, const char *off, float *result)
{
    static float x[ELEMENTS], v[ELEMENTS];
    for (int i = 0; i < ELEMENTS; i++) {
        x[i] = (float)(i * 37 % 101) / 50 - 1;
        v[i] = (float)(i * 13 % 29) / 10 - 1;
    }
    const void *inputs[] = {x, v};
    cn_view views[] = {cn_view_of(NULL, CN_FLOAT32, shape),
                       cn_view_of(NULL, CN_FLOAT32, cn_shape(shape.dim[shape.rank - 1]))};
    memset(result, 0, ROOM * sizeof *result);
    setenv("CORNU_PASSES_OFF", off, 1);
    cn_set_num_threads(threads);
    size_t steps = run_once(body, &make, views, inputs, 2, result);
    cn_set_num_threads(0);
    unsetenv("CORNU_PASSES_OFF");
    return steps;
}

static const struct {
    formula *make;
    int saved; /* steps at least, in the first shape */
} cases[] = {{normalized, 5},  {gradient, 10},  {softmax, 4}, {read_outside, 3}, {viewed, 3},
             {two_lengths, 3}, {as_columns, 1}, {counted, 0}, {parts, 2}};

TEST(rows_in_clusters_change_no_bit)
{
    const cn_shape shapes[] = {
        cn_shape(4, 64, 50), /* tiles of many rows, several for each thread */
        cn_shape(9, 7, 3),   cn_shape(64, 64),  cn_shape(2, 41, 1500), /* a row is a tile */
        cn_shape(3, 40000), /* rows that are summed in pieces */
        cn_shape(20, 6001), /* rows for which few slots have room */
        cn_shape(5000, 2),   cn_shape(1, 1, 8), cn_shape(20, 1),       cn_shape(2, 0, 3)};
    float *with = cn_mem_alloc(ROOM * sizeof *with), *without = cn_mem_alloc(ROOM * sizeof *with);
    for (size_t i = 0; with && without && i < sizeof cases / sizeof *cases; i++)
        for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
            CN_SCOPE {
                size_t steps = run(cases[i].make, shapes[k], 1, "rows", without);
                for (int threads = 1; threads <= 3; threads++) {
                    size_t now = run(cases[i].make, shapes[k], threads, "", with);
                    if (!CHECK(!memcmp(with, without, ROOM * sizeof *with)) ||
                        !CHECK(now <= steps && (k || steps - now >= (size_t)cases[i].saved)))
                        printf("case %zu, shape %zu: %zu steps of %zu\n", i, k, now, steps);
                }
            }
    cn_mem_free(with);
    cn_mem_free(without);
}

enum { SIDE = 512 };

static cn_tensor *state;

static bool turn(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    (void)user, (void)in, (void)variant;
    cn_tensor *sum = cn_sum(cn_mul(cn_ones(cn_shape(SIDE, SIDE), CN_FLOAT32), state), {-1});
    cn_tensor *next = cn_add(cn_sub(state, cn_mul(sum, 1.0 / SIDE)), 1);
    return cn_assign(state, next) && cn_list_add(outputs, cn_sum(next));
}

/* A variable that is read along each row is not written over by what rows give. */
TEST(rows_of_a_variable)
{
    CN_SCOPE {
        state = cn_variable(cn_full(cn_shape(SIDE), 3, CN_FLOAT32));
        cn_traced *t = cn_traced_new(turn, NULL, false);
        cn_plan *plan = cn_traced_plan(t, NULL, 0, 0);
        for (int i = 0; i < 3; i++) {
            cn_plan_run *run = cn_plan_begin(plan);
            CHECK(run && cn_plan_execute(run, NULL, NULL));
            cn_plan_end(plan, run);
        }
        const float *got = cn_floats(state);
        for (int i = 0; i < SIDE; i++)
            CHECK(got[i] == 1);
        cn_traced_free(t);
    }
}
