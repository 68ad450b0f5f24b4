#include "optimizers/optimizer.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/test.h"
#include "ops/ops.h"
#include "plan/traced.h"

static bool near(double a, double b)
{
    return fabs(a - b) < 2e-7;
}

/* One step of one weight. */
static bool step(cn_optimizer *optimizer, cn_tensor *w, double gradient)
{
    bool ok = false;
    CN_SCOPE {
        cn_tensor *g = cn_full(w->shape, gradient, CN_FLOAT32);
        ok = cn_apply_gradients(optimizer, cn_list_of(g), cn_list_of(w));
    }
    return ok;
}

/* A number that moves by gradients of 1 has these values. */
static void check_path(const char *spec, double start, const double *values, int n)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_full(CN_SCALAR, start, CN_FLOAT32));
        cn_optimizer *optimizer = cn_optimizer_new(spec);
        for (int i = 0; i < n; i++) {
            CHECK(step(optimizer, w, 1));
            CHECK(near(cn_item(w), values[i]));
        }
    }
}

TEST(optimizer_first_steps)
{
    check_path("sgd(0.1, momentum=0.9)", 1, (double[]){0.9, 0.71}, 2);
    check_path("sgd(0.1, momentum=0.9, nesterov=true)", 1, (double[]){0.81, 0.539}, 2);
    check_path("sgd(0.1, 0.9)", 1, (double[]){0.9, 0.71}, 2);
    check_path("adam(lr=1e-3)", 0, (double[]){-0.001}, 1);
    check_path("adam(learning_rate=1e-3)", 0, (double[]){-0.001}, 1);
    check_path("RMSprop", 0, (double[]){-0.0031622761}, 1);
}

TEST(optimizer_rate_decays)
{
    CN_SCOPE {
        const double rates[] = {0.01, 0.00909090909, 0.00833333333, 0.00769230769};
        cn_tensor *w = cn_variable(cn_zeros(cn_shape(2), CN_FLOAT32));
        cn_optimizer *optimizer = cn_optimizer_new("sgd(0.01, decay=0.1)");
        for (int i = 0; i < 4; i++) {
            CHECK(fabs(cn_learning_rate(optimizer) - rates[i]) < 1e-8);
            CHECK(step(optimizer, w, 1) && cn_iterations(optimizer) == i + 1);
        }
        CHECK(!cn_set_learning_rate(optimizer, 1));
        check_error("This optimizer was created with a `LearningRateSchedule` object as its "
                    "`learning_rate` constructor argument, hence its learning rate is not "
                    "settable. If you need the learning rate to be settable, you should "
                    "instantiate the optimizer with a float `learning_rate` argument.");
    }
}

static void check_clipped(const char *spec, double a, double b)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_zeros(cn_shape(2), CN_FLOAT32));
        cn_tensor *g = cn_values(cn_shape(2), 3, 4);
        CHECK(cn_apply_gradients(cn_optimizer_new(spec), cn_list_of(g), cn_list_of(w)));
        const float *moved = cn_floats(w);
        REQUIRE(moved);
        CHECK(near(moved[0], -a) && near(moved[1], -b));
    }
}

TEST(optimizer_clips)
{
    check_clipped("sgd(1, clipnorm=1)", 0.6, 0.8);
    check_clipped("sgd(1, clipvalue=3.5)", 3, 3.5);
    check_clipped("sgd(1, clipnorm=1, clipvalue=0.7)", 0.6, 0.7);
    check_clipped("sgd(1, global_clipnorm=2.5)", 1.5, 2);
    check_clipped("sgd(1, clipnorm=100)", 3, 4);
}

TEST(optimizer_refuses_arguments)
{
    CN_SCOPE {
        CHECK(!cn_optimizer_new("sgd(0.1, clipnorm=-1)"));
        check_error("Expected clipnorm >= 0, received: -1");
        CHECK(!cn_optimizer_new("adam(clipvalue=-0.5)"));
        check_error("Expected clipvalue >= 0, received: -0.5");
        CHECK(!cn_optimizer_new("sgd(momentun=0.9)"));
        check_error("Unexpected keyword argument passed to optimizer: momentun; did you mean "
                    "'momentum'?");
        CHECK(!cn_optimizer_new("sgd(0.1, momentum=2)"));
        check_error("`momentum` must be a float between [0, 1].");
        CHECK(!cn_optimizer_new("adam(gradient_accumulation_steps=1)"));
        check_error("`gradient_accumulation_steps` must be an integer >= 2. Received: "
                    "gradient_accumulation_steps=1");
        CHECK(!cn_optimizer_new("adam(use_ema=true, ema_momentum=1.5)"));
        check_error("`ema_momentum` must be in the range [0, 1]. Received: ema_momentum=1.5");
        CHECK(!cn_optimizer_new("adam(learning_rate=exponential_decay(0.1, 0, 0.5))"));
        check_error("Argument `decay_steps` must be > 0. Received: decay_steps=0");
        CHECK(!cn_optimizer_new("adam(none)"));
        check_error("Argument `learning_rate` should be a number or a schedule, found none");
        CHECK(!cn_optimizer_new("adan"));
        check_error("unknown optimizer 'adan'; did you mean 'adam'?");
    }
}

TEST(optimizer_needs_gradients)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32), .name = "a");
        cn_tensor *b = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32), .name = "b");
        cn_tensor *other = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32), .name = "other");
        cn_optimizer *optimizer = cn_optimizer_new("sgd(1)");
        cn_list *weights = cn_list_of(a, b);
        CHECK(!cn_apply_gradients(optimizer, cn_list_of(cn_none(), cn_none()), weights));
        check_error("No gradients provided for any variable.");
        CHECK(cn_apply_gradients(optimizer, cn_list_of(cn_ones_like(a), cn_none()), weights));
        CHECK(cn_floats(a)[0] == 0 && cn_floats(b)[0] == 1);
        CHECK(!cn_apply_gradients(optimizer, cn_list_of(cn_ones_like(a)), weights));
        check_error("cn_apply_gradients: expected as many gradients as weights, found 1 and 2");
        CHECK(!cn_apply_gradients(optimizer, cn_list_of(cn_ones_like(a)), cn_list_of(other)));
        check_error("Unknown variable: other. This optimizer can only be called for the variables "
                    "it was originally built with. When working with a new set of variables, you "
                    "should recreate a new optimizer instance.");
        cn_tensor *wide = cn_ones(cn_shape(3), CN_FLOAT32);
        CHECK(!cn_apply_gradients(optimizer, cn_list_of(wide, wide), weights));
        check_error("cn_apply_gradients: the weight 'a' has shape (2,), found a gradient of shape "
                    "(3,)");
    }
}

TEST(optimizer_constraints_come_last)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_values(cn_shape(2), 0.5, 0.05));
        w->variable->constraint = cn_mem_strdup("non_neg");
        cn_optimizer *optimizer = cn_optimizer_new("sgd(0.1)");
        bool negative = false;
        for (int i = 0; i < 100; i++) {
            CHECK(step(optimizer, w, i % 3 ? 1 : -0.5));
            negative = negative || cn_item(cn_min(w)) < 0;
        }
        CHECK(!negative && cn_item(cn_min(w)) == cn_item(cn_max(w)));
    }
}

TEST(optimizer_rates_of_weights)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
        cn_tensor *b = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
        b->variable->learning_rate_multiplier = 0.1;
        cn_tensor *g = cn_ones(cn_shape(1), CN_FLOAT32);
        CHECK(cn_apply_gradients(cn_optimizer_new("sgd(0.5)"), cn_list_of(g, g), cn_list_of(a, b)));
        CHECK(near(cn_item(a), -0.5) && near(cn_item(b), -0.05));
    }
}

TEST(optimizer_decay_passes_over)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_ones(cn_shape(1), CN_FLOAT32), .name = "kernel");
        cn_tensor *b = cn_variable(cn_ones(cn_shape(1), CN_FLOAT32), .name = "bias");
        cn_tensor *c = cn_variable(cn_ones(cn_shape(1), CN_FLOAT32), .name = "gamma");
        cn_optimizer *optimizer = cn_optimizer_new("sgd(0.5, weight_decay=0.1)");
        CHECK(cn_exclude_from_weight_decay(optimizer, cn_list_of(c), "beta|bias"));
        cn_tensor *g = cn_zeros(cn_shape(1), CN_FLOAT32);
        CHECK(cn_apply_gradients(optimizer, cn_list_of(g, g, g), cn_list_of(a, b, c)));
        CHECK(near(cn_item(a), 0.95) && cn_item(b) == 1 && cn_item(c) == 1);
        CHECK(!cn_exclude_from_weight_decay(optimizer, NULL, "kernel"));
        check_error("`exclude_from_weight_decay()` can only be configured before the optimizer is "
                    "built.");
    }
}

TEST(optimizer_state_goes_over)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_ones(cn_shape(3), CN_FLOAT32));
        cn_tensor *copy = cn_variable(cn_ones(cn_shape(3), CN_FLOAT32));
        cn_optimizer *first = cn_optimizer_new("adam(0.1, amsgrad=true)");
        cn_optimizer *second = cn_optimizer_new("adam(0.1, amsgrad=true)");
        for (int i = 0; i < 3; i++)
            CHECK(step(first, w, i - 0.5));
        CHECK(cn_optimizer_build(second, cn_list_of(copy)) && cn_set_data(copy, cn_data(w)));
        cn_list *from = cn_optimizer_variables(first), *to = cn_optimizer_variables(second);
        REQUIRE(from && to && from->count == 5 && to->count == 5);
        for (size_t i = 0; i < to->count; i++)
            CHECK(cn_set_data(to->items[i], cn_data(from->items[i])));
        CHECK(step(first, w, 0.3) && step(second, copy, 0.3));
        CHECK(!memcmp(cn_data(w), cn_data(copy), 3 * sizeof(float)));
        CHECK(cn_iterations(second) == 4);
    }
}

TEST(optimizer_two_live_apart)
{
    CN_SCOPE {
        cn_tensor *a = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
        cn_tensor *b = cn_variable(cn_zeros(cn_shape(1), CN_FLOAT32));
        cn_optimizer *slow = cn_optimizer_new("sgd(0.1, momentum=0.9)");
        cn_optimizer *fast = cn_optimizer_new("sgd(1, momentum=0.5)");
        CHECK(strcmp(slow->name, fast->name) != 0);
        for (int i = 0; i < 2; i++)
            CHECK(step(slow, a, 1) && step(fast, b, 1));
        CHECK(near(cn_item(a), -0.29) && near(cn_item(b), -2.5));
        CHECK(cn_set_learning_rate(slow, 0.25) && cn_learning_rate(slow) == 0.25);
        CHECK(cn_learning_rate(fast) == 1);
    }
}

TEST(optimizer_configuration)
{
    CN_SCOPE {
        cn_optimizer *optimizer = cn_optimizer_new("adamw(cosine_decay(0.1, 10), clipnorm=1)");
        REQUIRE(optimizer);
        cn_json *config = cn_instance_config(optimizer);
        const cn_json *rate = cn_json_get(config, "learning_rate");
        check_text(cn_json_as_string(cn_json_get(rate, "class_name"), NULL), "CosineDecay");
        CHECK(cn_json_as_double(cn_json_get(config, "weight_decay"), 0) == 0.004);
        CHECK(cn_json_is(cn_json_get(config, "clipvalue"), CN_JSON_NULL));
        cn_optimizer *again = cn_instance_from_config(((cn_instance *)optimizer)->cls, config);
        REQUIRE(again);
        cn_json *same = cn_instance_config(again);
        CHECK(cn_json_equal(config, same));
        cn_json_free(config);
        cn_json_free(same);
    }
}

static cn_tensor *halving(cn_tensor *step, const cn_args *args)
{
    return cn_mul(cn_pow(0.5, step), cn_arg_float(args, "first"));
}

TEST(optimizer_schedule_of_the_user)
{
    CHECK(cn_register_schedule("optimizer_test_halving", halving, "first=1.0"));
    check_path("sgd(optimizer_test_halving(0.8))", 0, (double[]){-0.8, -1.2, -1.4}, 3);
    CN_SCOPE {
        cn_tensor *rate = cn_schedule_value("optimizer_test_halving", cn_number_int(3));
        CHECK(cn_item(rate) == 0.125);
        rate =
            cn_schedule_value("piecewise_constant_decay([2, 5], [1, 0.5, 0.25])", cn_number_int(5));
        CHECK(cn_item(rate) == 0.5);
        CHECK(!cn_schedule_value("piecewise_constant_decay([2], [1])", cn_number_int(5)));
        check_error("The length of boundaries should be 1 less than the length of values. "
                    "Received: boundaries=[2] of length 1, and values=[1] of length 1.");
    }
}

/* Slots have the weight's dtype; the numbers of a step are as exact as the widest wants. */
TEST(optimizer_other_dtypes)
{
    const cn_dtype dtypes[] = {CN_FLOAT64, CN_FLOAT16, CN_BFLOAT16};
    const double close[] = {1e-12, 1e-3, 1e-2};
    for (int i = 0; i < 3; i++)
        CN_SCOPE {
            cn_tensor *w = cn_variable(cn_zeros(cn_shape(2), dtypes[i]));
            cn_optimizer *optimizer = cn_optimizer_new("sgd(0.5, momentum=0.5)");
            CHECK(step(optimizer, w, 1) && step(optimizer, w, 1));
            CHECK(fabs(cn_item(cn_max(w)) + 1.25) < close[i]);
            cn_list *variables = cn_optimizer_variables(optimizer);
            CHECK(cn_dtype_of(cn_list_item(variables, 2)) == dtypes[i]);
        }
}

/* An own one: gradients add up, and weights move every so many steps. */
#define SOFT_SGD(P)                           \
    P(float, learning_rate, 0.01, "the rate") \
    P(int, steps_per_update, 2, "steps that make one")
CN_OPTIMIZER(soft_sgd, SOFT_SGD, )

static bool soft_build(soft_sgd *self, const cn_list *weights)
{
    for (size_t i = 0; i < cn_list_length(weights); i++)
        if (!cn_add_slot(self, cn_list_item(weights, i), "sum"))
            return false;
    return true;
}

static bool soft_update(soft_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    cn_tensor *slot = cn_slot(self, w, "sum"), *sum = cn_add(slot, g);
    cn_tensor *next = cn_add(cn_optimizer_iteration(self), 1);
    cn_tensor *moves = cn_equal(cn_mod(next, self->steps_per_update), 0);
    return cn_assign(w, cn_select(moves, cn_sub(w, cn_mul(sum, rate)), w)) &&
           cn_assign(slot, cn_select(moves, 0, sum));
}

CN_REGISTER_OPTIMIZER(soft_sgd, .build = soft_build, .update = soft_update)

TEST(optimizer_of_the_user)
{
    CN_SCOPE {
        cn_tensor *w = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32));
        cn_optimizer *optimizer = cn_optimizer_new("soft_sgd(0.1, steps_per_update=2)");
        CHECK(step(optimizer, w, 1) && cn_floats(w)[0] == 1);
        CHECK(step(optimizer, w, 2) && near(cn_floats(w)[0], 0.7));
        CHECK(step(optimizer, w, 2) && near(cn_floats(w)[0], 0.7));
        cn_list *variables = cn_optimizer_variables(optimizer);
        REQUIRE(variables && variables->count == 3);
        check_text(cn_variable_name(variables->items[0]), "iteration");
        CHECK(cn_dtype_of(variables->items[0]) == CN_INT64);
        check_text(cn_variable_name(variables->items[2]), "variable_sum");
        CHECK(!cn_slot(optimizer, w, "mean"));
        check_error("cn_slot: the weight 'variable' has no slot 'mean'");
        optimizer = CN_MAKE_OPTIMIZER(soft_sgd, SOFT_SGD, 0.5, .clipnorm = 1);
        CHECK(optimizer && cn_learning_rate(optimizer) == 0.5 && optimizer->clipnorm == 1);
    }
}

static bool adam_step(void *optimizer, const cn_list *inputs, int variant, cn_list *outputs)
{
    (void)variant, (void)outputs;
    size_t n = inputs->count;
    cn_list *weights = cn_list_make(((cn_optimizer *)optimizer)->state_->weights->items, n);
    return cn_apply_gradients(optimizer, inputs, weights);
}

/* However many weights, the numbers of a step are computed once, and each weight costs a kernel or
 * two. */
TEST(optimizer_plan_is_short)
{
    enum { WEIGHTS = 10 };
    CN_SCOPE {
        cn_list *weights = cn_list_new();
        cn_view views[WEIGHTS];
        for (int i = 0; i < WEIGHTS; i++) {
            cn_tensor *w = cn_variable(cn_ones(cn_shape(3, 5), CN_FLOAT32));
            REQUIRE(cn_list_add(weights, w));
            views[i] = cn_view_of(NULL, CN_FLOAT32, w->shape);
        }
        cn_optimizer *optimizer = cn_optimizer_new("adam");
        REQUIRE(cn_optimizer_build(optimizer, weights));
        cn_traced *traced = cn_traced_new(adam_step, optimizer, false);
        cn_plan *plan = cn_traced_plan(traced, views, WEIGHTS, 0);
        CHECK(plan && cn_plan_step_count(plan) <= 2 * WEIGHTS + 5);
        cn_traced_free(traced);
    }
}
