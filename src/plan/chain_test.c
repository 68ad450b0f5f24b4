/* Chains: an optimizer's steps are the same to the bit with and without them. */
#include <stdlib.h>
#include <string.h>

#include "base/test.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"
#include "plan/internal.h"
#include "plan/traced.h"

enum { WEIGHTS = 4, ROOM = 2500, STEPS = 3 };

typedef struct moved {
    cn_optimizer *optimizer;
    cn_list *weights;
} moved;

static bool move(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const moved *m = user;
    (void)variant;
    (void)outputs;
    return cn_apply_gradients(m->optimizer, in, m->weights);
}

static int chains_of(const cn_plan *plan)
{
    int chains = 0;
    for (size_t s = 0; s < plan->n_steps; s++)
        for (int i = 0; plan->steps[s].cluster && i < plan->steps[s].cluster->n_ops; i++)
            chains += plan->steps[s].cluster->ops[i].span > 1;
    return chains;
}

/* The weights after some steps, one behind the other; how many chains there were. */
static int run_steps(const char *spec, float *end)
{
    const cn_shape shapes[WEIGHTS] = {cn_shape(37), cn_shape(3, 700), cn_shape(37), CN_SCALAR};
    float grads[ROOM];
    int chains = 0;
    for (int i = 0; i < ROOM; i++)
        grads[i] = (float)(i % 23 - 9) * 0.37F;
    CN_SCOPE {
        cn_view views[WEIGHTS];
        const void *inputs[WEIGHTS];
        moved m = {cn_optimizer_new(spec), cn_list_new()};
        for (int i = 0; i < WEIGHTS; i++) {
            cn_list_add(m.weights, cn_variable(cn_full(shapes[i], 0.5 + i, CN_FLOAT32)));
            inputs[i] = grads + 11 * i;
            views[i] = cn_view_of(NULL, CN_FLOAT32, shapes[i]);
        }
        cn_traced *t = cn_traced_new(move, &m, false);
        cn_plan *plan = cn_traced_plan(t, views, WEIGHTS, 0);
        cn_plan_run *run = cn_plan_begin(plan);
        for (int i = 0; i < STEPS; i++)
            CHECK(run && cn_plan_execute(run, inputs, NULL));
        chains = chains_of(plan);
        for (int i = 0; i < WEIGHTS; end += views[i++].size)
            memcpy(end, cn_floats(cn_list_item(m.weights, i)), (size_t)views[i].size * sizeof *end);
        cn_plan_end(plan, run);
        cn_traced_free(t);
    }
    return chains;
}

static void check_steps(const char *spec, int chains)
{
    float with[ROOM] = {0}, without[ROOM] = {0};
    CHECK(run_steps(spec, with) == chains);
    setenv("CORNU_PASSES_OFF", "chain", 1);
    CHECK(run_steps(spec, without) == 0);
    unsetenv("CORNU_PASSES_OFF");
    CHECK(with[0] != 0.5F && !memcmp(with, without, sizeof with));
}

TEST(chains_change_no_bit)
{
    check_steps("adam", WEIGHTS);
    check_steps("adamw(weight_decay=0.1)", WEIGHTS);
    check_steps("adam(0.01, clipnorm=1)", WEIGHTS);
    check_steps("adam(use_ema=true)", WEIGHTS);
}

TEST(ops_that_are_no_chain_stay)
{
    check_steps("adam(amsgrad=true)", 0); /* a maximum between the square and its root */
    check_steps("nadam", 0);
}

enum { SIDE = 100 }; /* more than what clusters take in without having anything to do with it */

static bool move_by_view(void *user, const cn_list *in, int variant, cn_list *outputs)
{
    const moved *m = user;
    (void)variant;
    (void)outputs;
    cn_tensor *grad = cn_reshape(cn_list_item(in, 0), cn_shape(SIDE, SIDE));
    return cn_apply_gradients(m->optimizer, cn_list_of(grad), m->weights);
}

/* A gradient that is another shape of what a product has made, as kernels of attention have it. */
TEST(chain_of_a_gradient_that_is_a_view)
{
    CN_SCOPE {
        cn_tensor *weight = cn_variable(cn_ones(cn_shape(SIDE, SIDE), CN_FLOAT32));
        moved m = {cn_optimizer_new("adam"), cn_list_of(weight)};
        cn_view view = cn_view_of(NULL, CN_FLOAT32, cn_shape(SIDE * SIDE));
        cn_traced *t = cn_traced_new(move_by_view, &m, false);
        cn_plan *plan = cn_traced_plan(t, &view, 1, 0);
        CHECK(plan && chains_of(plan) == 1);
        cn_traced_free(t);
    }
}
