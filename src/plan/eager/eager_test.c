/* Eager code: plans are kept by structure, values stay what they were read as. */
#include <math.h>

#include "base/alloc.h"
#include "base/test.h"
#include "cornu/models.h"
#include "ops/ops.h"
#include "plan/eager/eager.h"

static float formula(float a, double b)
{
    cn_tensor *x = cn_values(cn_shape(2), a, 2 * a);
    return (float)cn_item(cn_sum(cn_mul(cn_exp(cn_sub(x, x)), cn_add(x, b))));
}

TEST(a_structure_is_planned_once)
{
    size_t before = cn_eager_plans_made();
    for (int i = 0; i < 20; i++)
        CN_SCOPE
            CHECK(formula((float)i, 1) == (float)(3 * i + 2));
    CHECK(cn_eager_plans_made() - before <= 1);
}

TEST(a_number_that_changes_is_an_input)
{
    size_t before = cn_eager_plans_made();
    for (int i = 0; i < 20; i++)
        CN_SCOPE
            CHECK(formula(1, i) == (float)(3 + 2 * i));
    CHECK(cn_eager_plans_made() - before <= 2);
}

TEST(equal_shapes_are_another_structure_than_others)
{
    for (int i = 0; i < 6; i++)
        CN_SCOPE {
            cn_tensor *x = cn_ones(i % 2 ? cn_shape(3) : cn_shape(3, 1), CN_FLOAT32);
            cn_tensor *y = cn_add(x, cn_values(cn_shape(3), 1, 2, 3));
            CHECK(cn_item(cn_sum(y)) == (i % 2 ? 9 : 27));
        }
}

TEST(a_variable_is_written_in_its_place)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(2), 1, 2), "v");
        const float *place = NULL;
        for (int i = 0; i < 10; i++) {
            CN_SCOPE
                cn_assign(v, cn_add(cn_mul(v, 2), 1));
            CHECK(i < 2 || cn_floats(v) == place);
            place = cn_floats(v);
        }
        check_close(place, ((float[]){2047, 3071}), 2, 0, 0);
    }
}

TEST(what_was_read_stays_while_others_hold_it)
{
    CN_SCOPE {
        cn_tensor *v = cn_variable(cn_values(cn_shape(2), 1, 2), "v"), *kept = NULL;
        float v0 = 1;
        for (int i = 0; i < 8; i++) {
            CN_SCOPE {
                cn_tensor *square = cn_square(v), *loss = cn_sum(square);
                cn_list *g = cn_gradients(loss, cn_list_of(v));
                cn_assign(v, cn_add(v, 1));
                CHECK(cn_item(loss) == v0 * v0 + (v0 + 1) * (v0 + 1));
                check_close(cn_floats(cn_nth(g, 0)), ((float[]){2 * v0, 2 * v0 + 2}), 2, 0, 0);
                check_close(cn_floats(square), ((float[]){v0 * v0, (v0 + 1) * (v0 + 1)}), 2, 0, 0);
            }
            CN_SCOPE {
                if (i == 5)
                    kept = cn_keep(cn_mul(v, 10));
                cn_assign(v, cn_add(v, 1));
            }
            v0 += 2;
        }
        check_close(cn_floats(v), ((float[]){17, 18}), 2, 0, 0);
        check_close(cn_floats(kept), ((float[]){120, 130}), 2, 0, 0);
    }
}

TEST(swaps_and_copies_of_variables_are_kept_too)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_values(cn_shape(1), 1), "a");
        cn_tensor *b = cn_variable(cn_values(cn_shape(1), 2), "b");
        for (int i = 0; i < 7; i++)
            CN_SCOPE {
                cn_tensor *old = cn_add(a, 0);
                cn_assign(a, cn_mul(b, 1));
                cn_assign(b, old);
            }
        CHECK(*cn_floats(a) == 2 && *cn_floats(b) == 1);
        for (int i = 0; i < 5; i++) {
            CN_SCOPE
                cn_assign(b, a);
            CN_SCOPE
                cn_assign(a, cn_add(a, 1));
        }
        CHECK(*cn_floats(a) == 7 && *cn_floats(b) == 6);
    }
}

static cn_model *small_model(void)
{
    return cn_sequential(cn_input(4), cn_dense(16, .activation = "relu"), cn_dropout(0.5),
                         cn_dense(3));
}

static double train(cn_model *model, cn_optimizer *adam, const cn_list *vars, int label, bool look)
{
    double value = 0;
    CN_SCOPE {
        cn_tensor *x = cn_ones(cn_shape(2, 4), CN_FLOAT32);
        cn_tensor *y = cn_array((int[]){0, label}, CN_INT32, cn_shape(2));
        cn_tensor *logits = cn_call(model, x, .training = true);
        cn_tensor *loss =
            cn_loss_of("sparse_categorical_crossentropy(from_logits=true)", y, logits);
        cn_apply_gradients(adam, cn_gradients(loss, vars), vars);
        if (look)
            value = cn_item(loss);
    }
    return value;
}

TEST(an_own_loop_keeps_no_memory)
{
    CN_SCOPE {
        cn_model *model = small_model();
        cn_optimizer *adam = cn_optimizer_new("adam(0.01)");
        cn_list *vars = cn_trainable_weights(model);
        long live = 0, count = 0;
        size_t plans = 0;
        for (int i = 0; i < 400; i++) {
            if (i == 100) {
                live = cn_mem_live();
                count = cn_mem_count();
                plans = cn_eager_plans_made();
            }
            if (i == 200)
                count = cn_mem_count() - count;
            train(model, adam, vars, 1, i % 10 == 0);
        }
        CHECK(cn_mem_live() == live);
        CHECK(cn_eager_plans_made() == plans);
        CHECK(count < 100 * 2000);
        CHECK(train(model, adam, vars, 1, true) < 1);
    }
}

TEST(errors_of_kept_plans_name_the_layer)
{
    CN_SCOPE {
        cn_model *model = small_model();
        cn_optimizer *sgd = cn_optimizer_new("sgd");
        cn_list *vars = cn_trainable_weights(model);
        for (int i = 0; i < 4; i++)
            train(model, sgd, vars, i % 3, true);
        CHECK(isnan(train(model, sgd, vars, 3, true)));
        check_error("sparse_categorical_crossentropy: expected labels from 0 to 2. Received: 3 for "
                    "sample 1");
        CHECK(train(model, sgd, vars, 2, true) > 0);
    }
}

TEST(dropout_differs_in_each_run_of_a_kept_plan)
{
    CN_SCOPE {
        cn_layer *dropout = cn_dropout(0.5);
        float seen[6] = {0};
        for (int i = 0; i < 6; i++)
            CN_SCOPE {
                cn_tensor *x = cn_add(cn_ones(cn_shape(4096), CN_FLOAT32), 0);
                cn_tensor *y = cn_cumsum(cn_call(dropout, x, .training = true), 0);
                seen[i] = (float)cn_item(cn_mean(cn_square(y)));
                for (int k = 0; k < i; k++)
                    CHECK(seen[k] != seen[i]);
            }
    }
}
