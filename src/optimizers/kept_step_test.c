/* Eager steps are pieces of graph: they do what the ops one after the other do. */
#include <math.h>
#include <string.h>

#include "base/test.h"
#include "cornu/models.h"
#include "cornu/function.h"
#include "graph/trace.h"
#include "ops/ops.h"
#include "optimizers/optimizer.h"

typedef struct training {
    cn_model *model;
    cn_optimizer *optimizer;
    cn_list *vars;
} training;

static void start_weights(const cn_list *vars)
{
    for (size_t i = 0; i < vars->count; i++) {
        cn_tensor *w = vars->items[i];
        cn_tensor *values = cn_sin(cn_arange(0, (double)cn_size(w), 1, CN_FLOAT32));
        cn_assign(w, cn_reshape(values, cn_shape_of(w)));
    }
}

static training make(const char *spec)
{
    training t = {.model =
                      cn_sequential(cn_input(3), cn_dense(4, .activation = "tanh"), cn_dense(2)),
                  .optimizer = cn_optimizer_new(spec)};
    t.vars = cn_trainable_weights(t.model);
    start_weights(t.vars);
    return t;
}

static cn_list *step(cn_tensor *const *in, void *user)
{
    training *t = user;
    cn_tensor *loss = cn_sum(cn_square(cn_sub(cn_call(t->model, in[0], .training = true), in[1])));
    cn_apply_gradients(t->optimizer, cn_gradients(loss, t->vars), t->vars);
    return cn_list_of(loss);
}

static cn_tensor *batch(int i, int columns)
{
    return cn_cos(
        cn_add(cn_reshape(cn_arange(0, 5.0 * columns, 1, CN_FLOAT32), cn_shape(5, columns)), i));
}

static void check_same(const training *a, const training *b, const char *spec)
{
    for (size_t i = 0; i < a->vars->count; i++) {
        const float *x = cn_floats(a->vars->items[i]), *y = cn_floats(b->vars->items[i]);
        for (int64_t k = 0; k < cn_size(a->vars->items[i]); k++)
            if (!(fabsf(x[k] - y[k]) <= 1e-6F * (1 + fabsf(y[k])))) {
                cn_test_check(false, spec, __FILE__, __LINE__);
                return;
            }
    }
}

TEST(eager_steps_are_traced_steps)
{
    static const char *const specs[] = {"sgd(0.01)",
                                        "sgd(0.01, momentum=0.9, nesterov=true)",
                                        "adam(0.01)",
                                        "adam(0.01, amsgrad=true, clipnorm=0.1)",
                                        "adam_w(0.01, weight_decay=0.1)",
                                        "rmsprop(0.01)",
                                        "nadam(0.01)",
                                        "adam(exponential_decay(0.1, 2, 0.5))",
                                        "adagrad(0.1)",
                                        "lion(0.01)",
                                        "adam(0.01, use_ema=true, ema_overwrite_frequency=3)",
                                        "adamax(0.01)",
                                        "ftrl(0.1)",
                                        "adam(0.01, gradient_accumulation_steps=2)",
                                        "adadelta(1.0)",
                                        "adafactor(0.01)",
                                        "adam(0.01, global_clipnorm=0.5)",
                                        "lamb(0.01)"};
    for (size_t s = 0; s < sizeof specs / sizeof *specs; s++)
        CN_SCOPE {
            training eager = make(specs[s]), traced = make(specs[s]);
            cn_function *f = cn_traced_function(step, &traced);
            for (int i = 0; i < 7; i++)
                CN_SCOPE {
                    cn_tensor *in[] = {batch(i, 3), batch(i, 2)};
                    step(in, &eager);
                    cn_run(f, in[0], in[1]);
                }
            check_same(&eager, &traced, specs[s]);
        }
}

/* With a loop in it, whose gradient is kept too. */
TEST(eager_steps_of_a_recurrent_layer_are_traced_steps)
{
    CN_SCOPE {
        training two[2];
        for (int i = 0; i < 2; i++) {
            two[i] = (training){.optimizer = cn_optimizer_new("adam(0.01)")};
            two[i].model = cn_sequential(cn_input(3, 1), cn_gru(4, .return_sequences = true),
                                         cn_lstm(3), cn_dense(2));
            two[i].vars = cn_trainable_weights(two[i].model);
            start_weights(two[i].vars);
        }
        cn_function *f = cn_traced_function(step, &two[1]);
        for (int i = 0; i < 7; i++)
            CN_SCOPE {
                cn_tensor *in[] = {cn_reshape(batch(i, 3), cn_shape(5, 3, 1)), batch(i, 2)};
                step(in, &two[0]);
                cn_run(f, in[0], in[1]);
            }
        check_same(&two[0], &two[1], "recurrent");
    }
}

static float moved(cn_optimizer *o, cn_tensor *w, float gradient)
{
    float before = *cn_floats(w);
    CN_SCOPE
        cn_apply_gradients(o, cn_list_of(cn_values(cn_shape(1), gradient)), cn_list_of(w));
    return *cn_floats(w) - before;
}

TEST(a_kept_step_follows_what_changes)
{
    CN_SCOPE {
        cn_optimizer *o = cn_optimizer_new("sgd(0.5)");
        cn_tensor *a = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32), "a");
        cn_tensor *b = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32), "b");
        cn_optimizer_build(o, cn_list_of(a, b));
        for (int i = 1; i < 6; i++) {
            CHECK(moved(o, a, (float)i) == -0.5F * (float)i);
            CHECK(moved(o, a, (float)i) == -0.5F * (float)i);
            CHECK(i % 2 || moved(o, b, 2) == -1); /* another weight in between */
        }
        cn_set_learning_rate(o, 0.25);
        CHECK(moved(o, a, 2) == -0.5F);
        cn_set_lr_multiplier(a, 2);
        for (int i = 0; i < 4; i++)
            CHECK(moved(o, a, 2) == -1);
        o->clipvalue = 1;
        for (int i = 0; i < 4; i++)
            CHECK(moved(o, a, 2) == -0.5F);
        CHECK(cn_iterations(o) == 21);
    }
}

/* The next weight as a function of the gradient, which the step's piece is asked for. */
TEST(gradients_flow_through_a_kept_step)
{
    CN_SCOPE {
        cn_optimizer *o = cn_optimizer_new("sgd(0.5)");
        cn_tensor *w = cn_variable(cn_values(cn_shape(2), 1, 2), "w");
        for (int i = 0; i < 5; i++)
            CN_SCOPE {
                cn_tensor *c = cn_values(cn_shape(2), 3, 4);
                cn_apply_gradients(o, cn_list_of(cn_square(c)), cn_list_of(w));
                cn_tensor *next = cn_sum(cn_trace_read(w));
                const float *d = cn_floats(cn_nth(cn_gradients(next, cn_list_of(c)), 0));
                CHECK(d[0] == -3 && d[1] == -4);
            }
    }
}

TEST(gradients_of_kept_gradients)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_values(cn_shape(2), 1, 2), "w");
        for (int i = 1; i < 6; i++)
            CN_SCOPE {
                cn_tensor *y = cn_sum(cn_pow(w, 3));
                cn_tensor *g = cn_nth(cn_gradients(y, cn_list_of(w)), 0);
                cn_tensor *penalty = cn_sum(cn_square(g)); /* 9 w^4, so 36 w^3 */
                const float *d = cn_floats(cn_nth(cn_gradients(penalty, cn_list_of(w)), 0));
                CHECK(fabsf(d[0] - 36) < 1e-4F && fabsf(d[1] - 288) < 1e-3F);
            }
    }
}
