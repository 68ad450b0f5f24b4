/* Loops, branches and sizes that depend on data in eager code: planned once, like all else. */
#include <math.h>

#include "base/test.h"
#include "cornu/flow.h"
#include "cornu/models.h"
#include "ops/ops.h"
#include "plan/eager/eager.h"

enum { TURNS = 8, FIRST = 3 }; /* from the third turn on nothing is planned */

static cn_list *decaying(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *h = cn_add(cn_mul(carry[0], 0.5), cn_mul(x[0], user));
    return cn_list_of(h, h);
}

static cn_list *growing(cn_tensor *const *carry, cn_tensor *const *x, void *user)
{
    cn_tensor *h = cn_add(cn_mul(carry[0], 2), cn_mul(x[0], user));
    return cn_list_of(h, h);
}

static float scanned(cn_scan_step step, float x, float factor)
{
    cn_tensor *xs = cn_values(cn_shape(3), x, x, x), *f = cn_values(cn_shape(1), factor);
    cn_list *r = cn_scan(step, {cn_zeros(cn_shape(1), CN_FLOAT32)},
                         {cn_reshape(xs, cn_shape(3, 1))}, .user = f);
    return (float)cn_item(cn_sum(cn_nth(r, 0)));
}

TEST(a_scan_is_planned_once)
{
    size_t before = 0;
    for (int i = 0; i < TURNS; i++)
        CN_SCOPE {
            if (i == FIRST)
                before = cn_eager_plans_made();
            CHECK(scanned(decaying, (float)i, 4) == (float)(7 * i)); /* 4i (1 + 1/2 + 1/4) */
            CHECK(scanned(decaying, 4, (float)i) == (float)(7 * i)); /* what it captures differs */
        }
    CHECK(cn_eager_plans_made() == before);
}

TEST(another_body_is_another_structure)
{
    for (int i = 0; i < TURNS; i++)
        CN_SCOPE {
            CHECK(scanned(decaying, 4, 1) == 7);
            CHECK(scanned(growing, 4, 1) == 28);
        }
}

static cn_tensor *more(cn_tensor *const *in, void *user)
{
    return cn_less(in[0], user);
}

static cn_list *doubled(cn_tensor *const *in, void *user)
{
    (void)user;
    return cn_list_of(cn_mul(in[0], 2));
}

static cn_tensor *twice(void *user)
{
    return cn_mul((cn_tensor *)user, 2);
}

static cn_tensor *negative(void *user)
{
    return cn_neg((cn_tensor *)user);
}

TEST(loops_and_branches_are_planned_once)
{
    size_t before = 0;
    for (int i = 0; i < TURNS; i++)
        CN_SCOPE {
            if (i == FIRST)
                before = cn_eager_plans_made();
            cn_tensor *limit = cn_add(cn_values(cn_shape(1), (float)(1 << i)), 0);
            cn_list *end =
                cn_while_loop(more, doubled, {cn_ones(cn_shape(1), CN_FLOAT32)}, .user = limit);
            CHECK(cn_item(cn_nth(end, 0)) == 1 << i);
            cn_tensor *which = cn_greater(cn_sum(limit), 10);
            cn_tensor *picked = cn_cond(which, twice, negative, .user = limit);
            CHECK(cn_item(picked) == (i > 3 ? 2 << i : -(1 << i)));
        }
    CHECK(cn_eager_plans_made() == before);
}

TEST(a_size_that_depends_on_data_is_planned_once)
{
    size_t before = 0;
    for (int i = 0; i < TURNS; i++)
        CN_SCOPE {
            float x[TURNS] = {0};
            for (int k = 0; k < i; k++)
                x[k] = 1;
            if (i == FIRST)
                before = cn_eager_plans_made();
            cn_tensor *all = cn_add(cn_array(x, CN_FLOAT32, cn_shape(TURNS)), 0);
            cn_tensor *places = cn_where(cn_greater(all, 0));
            CHECK(cn_dim(places, 0) == i && cn_dim(places, 1) == 1);
            for (int k = 0; k < i; k++)
                CHECK(((const int64_t *)cn_data(places))[k] == k);
        }
    CHECK(cn_eager_plans_made() == before);
}

TEST(a_recurrent_layer_trains_without_planning)
{
    CN_SCOPE {
        cn_model *model = cn_sequential(cn_input(5, 3), cn_lstm(4), cn_dense(1));
        cn_optimizer *adam = cn_optimizer_new("adam(0.05)");
        cn_list *vars = cn_trainable_weights(model);
        size_t before = 0;
        double first = 0, last = 0;
        for (int i = 0; i < 40; i++)
            CN_SCOPE {
                if (i == FIRST)
                    before = cn_eager_plans_made();
                cn_tensor *x = cn_ones(cn_shape(2, 5, 3), CN_FLOAT32);
                cn_tensor *y = cn_call(model, x, .training = true);
                cn_tensor *loss = cn_mean(cn_square(cn_sub(y, 1)));
                cn_apply_gradients(adam, cn_gradients(loss, vars), vars);
                last = cn_item(loss);
                first = i ? first : last;
            }
        CHECK(cn_eager_plans_made() == before);
        CHECK(last < first / 4);
    }
}
