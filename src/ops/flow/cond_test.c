#include "base/test.h"
#include "cornu/flow.h"
#include "ops/gradient_check.h"

typedef struct operands {
    cn_tensor *x, *w, *count;
} operands;

static cn_tensor *product(void *user)
{
    operands *o = user;
    return cn_tuple_of(cn_mul(cn_square(o->x), o->w), cn_sum(o->x));
}

static cn_tensor *difference(void *user)
{
    operands *o = user;
    return cn_tuple_of(cn_sub(o->x, 1), cn_sum(cn_mul(o->x, 2)));
}

static cn_tensor *chosen(cn_tensor *const *x)
{
    operands o = {x[0], x[1], NULL};
    cn_tensor *y = cn_cond(cn_greater(cn_sum(x[0]), 0), product, difference, .user = &o);
    return cn_add(cn_nth(y, 0), cn_square(cn_nth(y, 1)));
}

TEST(cond_takes_one_branch)
{
    CN_SCOPE {
        cn_tensor *x = cn_values(cn_shape(2), 1, 3), *w = cn_values(cn_shape(2), 2, -1);
        check_tensor(chosen((cn_tensor *[]){x, w}), cn_shape(2), 2 + 16, -9 + 16);
        check_tensor(chosen((cn_tensor *[]){cn_neg(x), w}), cn_shape(2), -2 + 64, -4 + 64);
        check_gradients(chosen, x, w);
        check_first_gradients(chosen, cn_neg(x), w);
    }
}

static cn_tensor *count_one(void *user)
{
    operands *o = user;
    cn_assign(o->count, cn_add(o->count, 1));
    return o->x;
}

static cn_tensor *count_none(void *user)
{
    return ((operands *)user)->x;
}

TEST(cond_assigns_in_the_branch_that_is_taken)
{
    CN_SCOPE {
        operands o = {cn_ones(cn_shape(1), CN_FLOAT32), NULL,
                      cn_variable(cn_zeros(CN_SCALAR, CN_FLOAT32))};
        for (int i = 0; i < 5; i++)
            cn_cond(cn_full(CN_SCALAR, i % 2, CN_INT32), count_one, count_none, .user = &o);
        CHECK(cn_item(o.count) == 2);
    }
}

static cn_tensor *one_row(void *user)
{
    return cn_slice(((operands *)user)->x, ":1");
}

static cn_tensor *two_rows(void *user)
{
    return cn_slice(((operands *)user)->x, ":2");
}

TEST(cond_of_different_sizes)
{
    CN_SCOPE {
        operands o = {cn_values(cn_shape(3), 1, 2, 3), NULL, NULL};
        check_tensor(
            cn_mul(cn_cond(cn_full(CN_SCALAR, 1, CN_BOOL), one_row, two_rows, .user = &o), 2),
            cn_shape(1), 2);
        check_tensor(
            cn_mul(cn_cond(cn_full(CN_SCALAR, 0, CN_BOOL), one_row, two_rows, .user = &o), 2),
            cn_shape(2), 2, 4);
    }
}

static cn_tensor *scalar(void *user)
{
    return cn_sum(((operands *)user)->x);
}

TEST(cond_refuses_what_does_not_fit)
{
    CN_SCOPE {
        operands o = {cn_values(cn_shape(3), 1, 2, 3), NULL, NULL};
        cn_tensor *yes = cn_full(CN_SCALAR, 1, CN_BOOL);
        CHECK(!cn_cond(yes, one_row, scalar, .user = &o));
        check_error("cn_cond: result 0 is float32 (1,) where true, but float32 () where false");
        CHECK(!cn_cond(o.x, one_row, scalar, .user = &o));
        check_error("cn_cond: expected a condition of one element, found shape (3,)");
        CHECK(!cn_cond(yes, product, scalar, .user = &o));
        check_error("cn_cond: a branch gave NULL");
    }
}
