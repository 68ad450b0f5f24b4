#include "base/test.h"
#include "cornu/flow.h"
#include "ops/gradient_check.h"
#include "plan/traced.h"

static cn_tensor *below(cn_tensor *const *v, void *user)
{
    return cn_less(v[0], *(int *)user);
}

static cn_list *add_one(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[0], 1), cn_add(v[1], v[0]));
}

TEST(while_loop_sums)
{
    CN_SCOPE {
        int ten = 10, none = 0;
        cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32);
        cn_list *r = cn_while_loop(below, add_one, {zero, zero}, .user = &ten);
        CHECK(cn_item(cn_nth(r, 0)) == 10 && cn_item(cn_nth(r, 1)) == 45);
        r = cn_while_loop(below, add_one, {zero, zero}, .user = &none);
        CHECK(cn_item(cn_nth(r, 1)) == 0);
        r = cn_while_loop(below, add_one, {zero, zero}, .user = &ten, .maximum_iterations = 3);
        CHECK(cn_item(cn_nth(r, 1)) == 3);
    }
}

typedef struct powers {
    cn_tensor *w, *b;
} powers;

static cn_tensor *three(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_less(v[0], 3);
}

static cn_list *affine(cn_tensor *const *v, void *user)
{
    powers *p = user;
    return cn_list_of(cn_add(v[0], 1), cn_tanh(cn_add(cn_matmul(v[1], p->w), p->b)));
}

static cn_tensor *iterated(cn_tensor *const *x)
{
    powers p = {x[1], x[2]};
    cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32);
    return cn_nth(cn_while_loop(three, affine, {zero, x[0]}, .user = &p), 1);
}

TEST(while_loop_gradients)
{
    CN_SCOPE {
        check_first_gradients(iterated, gradient_values(cn_shape(2, 3), 1),
                              gradient_values(cn_shape(3, 3), 2), gradient_values(cn_shape(3), 3));
    }
}

/* Collects 0, 1, 2, … times x. */
static cn_list *collect(cn_tensor *const *v, void *user)
{
    cn_tensor *const *x = user;
    cn_tensor *next = cn_mul(cn_cast(v[0], (*x)->dtype), *x);
    return cn_list_of(cn_add(v[0], 1),
                      cn_concat(cn_list_of(v[1], cn_reshape(next, cn_shape(1))), 0));
}

static cn_tensor *collected(cn_tensor *const *x)
{
    cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32), *empty = cn_zeros(cn_shape(0), x[0]->dtype);
    return cn_square(cn_nth(cn_while_loop(three, collect, {zero, empty},
                                          .shape_invariants = {":", "?"}, .user = (void *)x),
                            1));
}

TEST(while_loop_grows_a_variable)
{
    CN_SCOPE {
        cn_tensor *x = cn_full(CN_SCALAR, 2, CN_FLOAT32);
        check_tensor(collected(&x), cn_shape(3), 0, 4, 16);
        check_gradients(collected, x);
    }
}

static bool body(void *user, const cn_list *inputs, int variant, cn_list *outputs)
{
    (void)user;
    (void)variant;
    cn_tensor *x = inputs->items[0], *y = collected(&x);
    return cn_list_add(outputs, cn_sum(y)) && cn_list_add(outputs, y) &&
           cn_list_add(outputs, cn_nth(cn_gradients(cn_sum(y), cn_list_of(x)), 0));
}

TEST(while_loop_grows_a_variable_inside_of_a_plan)
{
    CN_SCOPE {
        cn_traced *traced = cn_traced_new(body, NULL, false);
        for (int i = 1; i < 4; i++) {
            float x = (float)i;
            cn_view view = cn_view_of(&x, CN_FLOAT32, CN_SCALAR);
            cn_plan *plan = cn_traced_plan(traced, &view, 1, 0);
            cn_plan_run *run = cn_plan_begin(plan);
            REQUIRE(run && cn_plan_execute(run, (const void *[]){&x}, NULL));
            CHECK(*(float *)cn_plan_output(run, 0)->data == 5 * x * x);
            CHECK(cn_plan_output(run, 1)->size == 3);
            CHECK(*(float *)cn_plan_output(run, 2)->data == 10 * x);
            cn_plan_end(plan, run);
        }
        cn_traced_free(traced);
    }
}

static cn_list *grow(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_add(v[0], 1), cn_concat(cn_list_of(v[1], v[1]), 0));
}

static cn_list *to_float(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(cn_cast(v[0], CN_FLOAT32), v[1]);
}

static cn_tensor *always(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_equal(v[0], v[0]);
}

static cn_tensor *vector(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_equal(v[1], v[1]);
}

static cn_list *one_value(cn_tensor *const *v, void *user)
{
    (void)user;
    return cn_list_of(v[0]);
}

TEST(while_loop_refuses_what_does_not_fit)
{
    CN_SCOPE {
        int ten = 10;
        cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32), *two = cn_zeros(cn_shape(2), CN_FLOAT32);
        CHECK(!cn_while_loop(below, grow, {zero, two}, .user = &ten));
        check_error("cn_while_loop: variable 1 has shape (2,), but shape (4,) after a turn; "
                    "shape_invariants may let it change");
        CHECK(!cn_while_loop(below, to_float, {zero, two}, .user = &ten));
        check_error("cn_while_loop: variable 0 is int32, but float32 after a turn");
        CHECK(!cn_while_loop(below, one_value, {zero, two}, .user = &ten));
        check_error("cn_while_loop: expected 2 values, one for each variable, found 1");
        CHECK(!cn_while_loop(vector, grow, {zero, two}));
        check_error("cn_while_loop: expected a condition of one element, found shape (2,)");
        CHECK(!cn_while_loop(below, grow, {zero, two}, .shape_invariants = {"x"}, .user = &ten));
        check_error("cn_while_loop: expected a shape such as \"?, 3\" or \":\" in "
                    "shape_invariants, found \"x\"");
        CHECK(
            !cn_while_loop(below, grow, {zero, two}, .shape_invariants = {":", "3"}, .user = &ten));
        check_error("cn_while_loop: the shape invariant \"3\" does not allow the shape (2,)");
    }
}

TEST(while_loop_without_end)
{
    CN_SCOPE {
        cn_tensor *zero = cn_zeros(CN_SCALAR, CN_INT32), *empty = cn_zeros(cn_shape(1), CN_FLOAT32);
        cn_set_loop_limit(20);
        cn_list *r = cn_while_loop(always, add_one, {zero, zero});
        CHECK(r && !cn_data(cn_nth(r, 0)));
        check_error("cn_while_loop: still going after 20 turns, the limit of cn_set_loop_limit");
        cn_set_loop_limit(4);
        CHECK(!cn_while_loop(always, grow, {zero, empty}, .shape_invariants = {":", "?"}));
        check_error("cn_while_loop: still going after 4 turns, the limit of cn_set_loop_limit");
        cn_set_loop_limit(0);
    }
}
