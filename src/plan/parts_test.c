/* What is split and joined where it lies, and what is not: each runs with the pass and without. */
#include <stdio.h>
#include <stdlib.h>

#include "base/test.h"
#include "ops/ops.h"
#include "plan/run_once.h"

typedef cn_tensor *formula(cn_tensor *x);

static cn_tensor *piece(cn_tensor *x, int64_t count, int64_t axis, size_t i)
{
    return cn_list_item(cn_split(x, count, axis), i);
}

static cn_tensor *gates(cn_tensor *x)
{
    cn_list *g = cn_split(x, 4, -1);
    return cn_add(cn_mul(cn_sigmoid(cn_nth(g, 0)), cn_nth(g, 3)), cn_tanh(cn_nth(g, 2)));
}

static cn_tensor *swapped(cn_tensor *x)
{
    cn_list *g = cn_split(x, 2, 1);
    return cn_concat(cn_list_of(cn_mul(cn_nth(g, 1), cn_nth(g, 0)), cn_neg(cn_nth(g, 0))), 1);
}

/* Pieces of what a cluster makes, and parts that two clusters write: one needs the other's sum. */
static cn_tensor *along_first_axis(cn_tensor *x)
{
    cn_list *g = cn_split(cn_mul(x, 2), 2, 0);
    cn_tensor *a = cn_exp(cn_nth(g, 0)), *total = cn_sum(cn_mul(cn_nth(g, 1), 3));
    return cn_concat(cn_list_of(cn_sub(cn_nth(g, 1), total), cn_neg(a)), 0);
}

/* A piece that is also read as it is. */
static cn_tensor *summed(cn_tensor *x)
{
    cn_tensor *a = piece(x, 2, -1, 0), *b = piece(x, 2, -1, 1);
    return cn_mul(cn_add(a, cn_sum(b)), b);
}

static cn_tensor *broadcast(cn_tensor *x)
{
    cn_list *rows = cn_split(cn_mul(x, 2), 4, 0);
    return cn_sub(cn_mul(x, 2), cn_nth(rows, 2));
}

static cn_tensor *short_rows(cn_tensor *x)
{
    return cn_concat(cn_list_of(cn_neg(piece(x, 8, -1, 7)), cn_exp(piece(x, 8, -1, 0))), -1);
}

static cn_tensor *split_of_concat(cn_tensor *x)
{
    cn_tensor *y = cn_concat(cn_list_of(cn_neg(x), cn_exp(x)), -1);
    return cn_add(cn_mul(piece(y, 2, -1, 1), 2), piece(y, 2, -1, 0));
}

static cn_tensor *part_twice(cn_tensor *x)
{
    cn_tensor *y = cn_neg(x);
    return cn_concat(cn_list_of(y, y), -1);
}

/* The sum is as large as the buffer of what is split, whose last readers these are. */
static cn_tensor *wider(cn_tensor *x)
{
    cn_tensor *y = cn_matmul(x, cn_ones(cn_shape(64, 64), CN_FLOAT32));
    cn_tensor *a = cn_cast(piece(y, 2, -1, 0), CN_FLOAT64),
              *b = cn_cast(piece(y, 2, -1, 1), CN_FLOAT64);
    return cn_cast(cn_sub(cn_neg(b), cn_mul(a, 2)), CN_FLOAT32);
}

static bool body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    formula *const *make = user;
    (void)variant;
    return cn_list_add(outputs, (*make)(in->items[0]));
}

static size_t run(formula *make, float *result)
{
    float x[256];
    for (int i = 0; i < 256; i++)
        x[i] = (float)(i * 37 % 101) / 50 - 1;
    const void *inputs[] = {x};
    cn_view view = cn_view_of(NULL, CN_FLOAT32, cn_shape(4, 64));
    return run_once(body, &make, &view, inputs, 1, result);
}

TEST(parts_of_wholes)
{
    static const struct {
        formula *make;
        size_t with, without;
    } cases[] = {{gates, 1, 2},           {swapped, 1, 3},    {along_first_axis, 4, 6},
                 {summed, 3, 3},          {broadcast, 3, 3},  {short_rows, 3, 3},
                 {split_of_concat, 3, 4}, {part_twice, 2, 2}, {wider, 2, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CN_SCOPE {
            float parts[512] = {0}, copies[512] = {0};
            size_t with = run(cases[i].make, parts);
            setenv("CORNU_PASSES_OFF", "parts", 1);
            size_t without = run(cases[i].make, copies);
            unsetenv("CORNU_PASSES_OFF");
            if (!CHECK(with == cases[i].with && without == cases[i].without))
                printf("case %zu: %zu, %zu\n", i, with, without);
            check_close(parts, copies, 512, 0, 0);
        }
}

static cn_tensor *state;

static bool turn(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    (void)user, (void)in, (void)variant;
    cn_list *g = cn_split(state, 2, -1);
    cn_tensor *next = cn_concat(cn_list_of(cn_mul(cn_nth(g, 1), 2), cn_add(cn_nth(g, 0), 1)), -1);
    return cn_assign(state, next) && cn_list_add(outputs, cn_sum(next));
}

/* What is read in parts is not written over before it is read. */
TEST(parts_of_a_variable)
{
    CN_SCOPE {
        state = cn_variable(cn_ones(cn_shape(2, 32), CN_FLOAT32));
        cn_traced *t = cn_traced_new(turn, NULL, false);
        cn_plan *plan = cn_traced_plan(t, NULL, 0, 0);
        double left = 1, right = 1;
        for (int i = 0; i < 3; i++) {
            cn_plan_run *run = cn_plan_begin(plan);
            CHECK(run && cn_plan_execute(run, NULL, NULL));
            cn_plan_end(plan, run);
            double was = left;
            left = 2 * right;
            right = was + 1;
        }
        const float *got = cn_floats(state);
        for (int i = 0; i < 64; i++)
            CHECK(got[i] == (float)(i % 32 < 16 ? left : right));
        cn_traced_free(t);
    }
}
