/* What products take in, and what they leave: each chain runs with the pass and without. */
#include <stdlib.h>

#include "base/test.h"
#include "ops/ops.h"
#include "plan/run_once.h"

typedef cn_tensor *chain(cn_tensor *y, cn_tensor *row, cn_tensor *like);

/* conv, bias, BatchNormalization, residual, relu */
static cn_tensor *residual_block(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    y = cn_add(cn_mul(cn_add(y, row), cn_reshape(row, cn_shape(1, 3))), cn_neg(row));
    return cn_relu(cn_add(y, like));
}

static cn_tensor *residual_then_bias(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    return cn_add(row, cn_add(like, y));
}

/* A third row, and a scale behind a shift, find no room. */
static cn_tensor *too_many(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    (void)like;
    return cn_mul(cn_add(cn_add(cn_add(y, row), row), cn_neg(row)), row);
}

/* What lies between is read again: it stays. */
static cn_tensor *read_twice(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    y = cn_add(y, row);
    return cn_mul(cn_relu(y), cn_sub(like, y));
}

static cn_tensor *of_other_shape(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    (void)row;
    return cn_add(cn_add(y, cn_sum(like, {1}, true)), cn_full(cn_shape(2, 1, 1), 3, CN_FLOAT32));
}

static cn_tensor *gated(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    y = cn_mul(cn_add(y, row), cn_neg(row));
    (void)like;
    return cn_mul(cn_sigmoid(y), y);
}

/* And what is read once more, or another's sigmoid. */
static cn_tensor *gated_otherwise(cn_tensor *y, cn_tensor *row, cn_tensor *like)
{
    cn_tensor *gate = cn_sigmoid(cn_add(y, row));
    return cn_add(cn_mul(gate, cn_add(y, row)), cn_mul(gate, like));
}

static bool body(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    chain *const *make = user;
    (void)variant;
    cn_tensor *y = cn_matmul(in->items[0], in->items[1]);
    return cn_list_add(outputs, (*make)(y, in->items[2], in->items[3]));
}

static size_t run(chain *make, float *result)
{
    static const float x[8] = {1, -2, 3, .5f, -1, 2, 0, 1}, row[3] = {.5f, -2, 3};
    static const float w[12] = {1, 2, 3, 4, 5, 6, -1, -2, -3, 0, 1, 0};
    static const float like[6] = {-7, 5, 4, -3, 2, 1};
    const void *inputs[] = {x, w, row, like};
    cn_view views[] = {
        cn_view_of(NULL, CN_FLOAT32, cn_shape(2, 4)), cn_view_of(NULL, CN_FLOAT32, cn_shape(4, 3)),
        cn_view_of(NULL, CN_FLOAT32, cn_shape(3)), cn_view_of(NULL, CN_FLOAT32, cn_shape(2, 3))};
    return run_once(body, &make, views, inputs, 4, result);
}

TEST(what_products_take_in)
{
    static const struct {
        chain *make;
        size_t steps;
    } cases[] = {{residual_block, 2}, /* the negated row is a step of its own */
                 {residual_then_bias, 1},
                 {too_many, 3}, /* as here, and the cluster behind */
                 {gated, 2},    /* and the negated row */
                 {gated_otherwise, 2},
                 {read_twice, 2},
                 {of_other_shape, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CN_SCOPE {
            float fused[12] = {0}, plain[12] = {0};
            CHECK(run(cases[i].make, fused) == cases[i].steps);
            setenv("CORNU_PASSES_OFF", "epilogue", 1);
            run(cases[i].make, plain);
            unsetenv("CORNU_PASSES_OFF");
            check_close(fused, plain, 12, 0, 0); /* the very numbers */
        }
}
