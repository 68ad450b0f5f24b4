#include "base/test.h"
#include "cornu/flow.h"
#include "ops/gradient_check.h"
#include "plan/traced.h"

TEST(where_gives_the_places)
{
    CN_SCOPE {
        cn_tensor *cond = cn_values(cn_shape(2, 3), 1, 0, 0, 0, 1, 1);
        check_tensor(cn_where(cond), cn_shape(3, 2), 0, 0, 1, 1, 1, 2);
        check_tensor(cn_where(cond, 5, cond), cn_shape(2, 3), 5, 0, 0, 0, 5, 5);
        check_tensor(cn_where(cn_zeros(cn_shape(4), CN_BOOL)), cn_shape(0, 1), 0);
    }
}

static cn_tensor *masked(cn_tensor *const *x)
{
    cn_tensor *mask = cn_values(cn_shape(2, 3), 1, 0, 1, 0, 0, 1);
    return cn_square(cn_boolean_mask(x[0], mask));
}

TEST(boolean_mask_takes_what_is_true)
{
    CN_SCOPE {
        cn_tensor *x = counting_values(cn_shape(2, 3, 2), CN_FLOAT32);
        check_tensor(masked(&x), cn_shape(3, 2), 0, 1, 16, 25, 100, 121);
        cn_tensor *columns = cn_values(cn_shape(3), 0, 1, 0);
        check_tensor(cn_boolean_mask(x, columns, .axis = 1), cn_shape(2, 1, 2), 2, 3, 8, 9);
        check_gradients(masked, x);
    }
}

TEST(boolean_mask_refuses_another_shape)
{
    CN_SCOPE {
        CHECK(
            !cn_boolean_mask(cn_zeros(cn_shape(2, 3), CN_FLOAT32), cn_ones(cn_shape(3), CN_BOOL)));
        check_error(
            "cn_boolean_mask: expected a mask of the shape that x has from axis 0 on, found "
            "a mask of shape (3,) for x of shape (2, 3)");
    }
}

/* Inside of a plan: the sum and the gradient of what a threshold lets through. */
static bool body(void *user, const cn_list *inputs, int variant, cn_list *outputs)
{
    (void)variant;
    cn_tensor *x = inputs->items[0], *total = user;
    cn_tensor *chosen = cn_boolean_mask(x, cn_greater(x, 2));
    cn_tensor *sum = cn_sum(cn_mul(cn_square(chosen), chosen));
    cn_assign(total, cn_add(total, sum));
    return cn_list_add(outputs, sum) && cn_list_add(outputs, chosen) &&
           cn_list_add(outputs, cn_nth(cn_gradients(sum, cn_list_of(x)), 0)) &&
           cn_list_add(outputs, cn_mul(x, 2));
}

static void run_traced(cn_traced *traced, const float *x, double sum, int64_t chosen)
{
    cn_view view = cn_view_of((void *)(uintptr_t)x, CN_FLOAT32, cn_shape(4));
    cn_plan *plan = cn_traced_plan(traced, &view, 1, 0);
    cn_plan_run *run = cn_plan_begin(plan);
    REQUIRE(run && cn_plan_execute(run, (const void *[]){x}, NULL));
    CHECK(*(float *)cn_plan_output(run, 0)->data == sum);
    CHECK(cn_plan_output(run, 1)->size == chosen);
    const float *grad = cn_plan_output(run, 2)->data, *twice = cn_plan_output(run, 3)->data;
    for (int i = 0; i < 4; i++) {
        CHECK(grad[i] == (x[i] > 2 ? 3 * x[i] * x[i] : 0));
        CHECK(twice[i] == 2 * x[i]);
    }
    CHECK(cn_plan_output_is_late(plan, 1) && !cn_plan_output_is_late(plan, 0));
    cn_plan_end(plan, run);
}

TEST(sizes_that_depend_on_data_inside_of_a_plan)
{
    CN_SCOPE {
        cn_tensor *total = cn_variable(cn_zeros(CN_SCALAR, CN_FLOAT32));
        cn_traced *traced = cn_traced_new(body, total, false);
        run_traced(traced, (float[]){1, 3, 0, 4}, 27 + 64, 2);
        run_traced(traced, (float[]){5, 3, 0, 4}, 125 + 27 + 64, 3);
        run_traced(traced, (float[]){1, 0, 0, 0}, 0, 0);
        run_traced(traced, (float[]){0, 3, 4, 0}, 27 + 64, 2);
        CHECK(cn_item(total) == 2 * 91 + 216);
        CHECK(cn_traced_count(traced) == 1);
        cn_traced_free(traced);
    }
}

/* A size that depends on one that depends on data. */
static bool twice(void *user, const cn_list *inputs, int variant, cn_list *outputs)
{
    (void)user;
    (void)variant;
    cn_tensor *x = inputs->items[0], *large = cn_boolean_mask(x, cn_greater(x, 2));
    cn_tensor *even = cn_boolean_mask(large, cn_equal(cn_mod(large, 2), 0));
    return cn_list_add(outputs, cn_sum(large)) && cn_list_add(outputs, even) &&
           cn_list_add(outputs, cn_nth(cn_gradients(cn_sum(cn_square(even)), cn_list_of(x)), 0));
}

TEST(sizes_that_depend_on_such_sizes)
{
    CN_SCOPE {
        cn_traced *traced = cn_traced_new(twice, NULL, false);
        for (int n = 0; n < 3; n++) {
            float x[4] = {1, 3, n == 1 ? 5 : 4, 6};
            cn_view view = cn_view_of(x, CN_FLOAT32, cn_shape(4));
            cn_plan *plan = cn_traced_plan(traced, &view, 1, 0);
            cn_plan_run *run = cn_plan_begin(plan);
            REQUIRE(run && cn_plan_execute(run, (const void *[]){x}, NULL));
            CHECK(*(float *)cn_plan_output(run, 0)->data == 9 + x[2]);
            CHECK(cn_plan_output(run, 1)->size == (n == 1 ? 1 : 2));
            const float *grad = cn_plan_output(run, 2)->data;
            CHECK(grad[1] == 0 && grad[3] == 12 && grad[2] == (n == 1 ? 0 : 8));
            cn_plan_end(plan, run);
        }
        cn_traced_free(traced);
    }
}
