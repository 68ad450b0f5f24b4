/* Steps of the user's own inside fit and evaluate. */
#include <string.h>

#include "base/test.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

enum { N = 70 };

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 3, 1, CN_FLOAT32)), cn_shape(N, 3));
    return cn_from_arrays(x, cn_sum(x, {1}, true));
}

static cn_model *small_model(void)
{
    cn_set_random_seed(3);
    cn_model *m = cn_sequential(cn_input(3), cn_dense(4, .activation = "tanh"), cn_dropout(0.1),
                                cn_dense(1, .kernel_regularizer = "l2(0.01)"));
    return cn_compile(m, "adam", .loss = {"mse"}, .metrics = {"mae"}) ? m : NULL;
}

/* The built-in step, written out. */
static cn_logs *same_step(cn_model *m, const cn_batch *b, void *calls)
{
    *(int *)calls += 1;
    cn_tensor *y_pred = cn_call(m, b->x, .training = true);
    cn_tensor *loss = cn_compiled_loss(m, b, y_pred);
    cn_list *vars = cn_trainable_weights(m);
    cn_apply_gradients(m->optimizer, cn_gradients(loss, vars), vars);
    return cn_compiled_metrics(m, b, y_pred);
}

TEST(own_step_equals_the_built_in_one)
{
    CN_SCOPE {
        int calls = 0;
        cn_model *m[2] = {small_model(), NULL};
        cn_history *h[2] = {cn_fit(m[0], data(), .epochs = 3, .verbose = 0), NULL};
        m[1] = small_model();
        REQUIRE(cn_set_train_step(m[1], same_step, &calls));
        h[1] = cn_fit(m[1], data(), .epochs = 3, .verbose = 0);
        REQUIRE(h[0] && h[1]);
        CHECK(calls == 2); /* batches of 32 and of 6 */
        CHECK(cn_history_count(h[1]) == 2);
        for (int epoch = 0; epoch < 3; epoch++)
            for (size_t k = 0; k < 2; k++) {
                cn_str name = cn_history_name(h[0], k);
                CHECK(cn_history_get(h[0], name, epoch) == cn_history_get(h[1], name, epoch));
            }
        cn_list *a = cn_weights(m[0]), *b = cn_weights(m[1]);
        for (size_t i = 0; i < cn_list_length(a); i++)
            CHECK(!memcmp(cn_floats(cn_nth(a, i)), cn_floats(cn_nth(b, i)),
                          (size_t)cn_size(cn_nth(a, i)) * sizeof(float)));
    }
}

/* Logs of other names than at first. */
static cn_logs *changing(cn_model *m, const cn_batch *b, void *user)
{
    (void)m, (void)user;
    cn_tensor *mean = cn_mean(b->x);
    return b->size == 32 ? cn_logs_of({"a", mean}, {"b", mean}) : cn_logs_of({"a", mean});
}

static cn_logs *nothing(cn_model *m, const cn_batch *b, void *user)
{
    (void)m, (void)b, (void)user;
    return NULL;
}

TEST(own_step_errors)
{
    cn_clear_session();
    CN_SCOPE {
        cn_model *m = small_model();
        cn_set_train_step(m, changing, NULL);
        CHECK(!cn_fit(m, data(), .verbose = 0, .shuffle = false));
        check_error("train_step of 'sequential': expected the logs a, b, as at first, found a");
        cn_set_test_step(m, nothing, NULL);
        CHECK(!cn_evaluate(m, data(), .verbose = 0));
        check_error("test_step of 'sequential' returned NULL");
        cn_set_test_step(m, NULL, NULL);
        CHECK(cn_evaluate(m, data(), .verbose = 0));
    }
}

TEST(no_optimizer)
{
    cn_clear_session();
    CN_SCOPE {
        cn_model *m = small_model();
        REQUIRE(cn_compile(m, NULL, .loss = {"mse"}));
        CHECK(!m->optimizer);
        CHECK(cn_evaluate(m, data(), .verbose = 0));
        CHECK(!cn_fit(m, data(), .verbose = 0));
        check_error("cn_fit: 'sequential' has no optimizer: it was compiled with NULL");
    }
}

static cn_logs *own_numbers(cn_model *m, const cn_batch *b, void *user)
{
    (void)m, (void)user;
    cn_logs *logs = cn_logs_of({"vector", cn_mean(b->x, {0})}, {"any", cn_any(cn_less(b->x, -9))});
    return cn_logs_set(logs, "number", 2.5) ? logs : NULL;
}

TEST(own_step_may_log_anything)
{
    CN_SCOPE {
        cn_model *m = small_model();
        cn_set_test_step(m, own_numbers, NULL);
        cn_logs *logs = cn_evaluate(m, data(), .verbose = 0, .batch_size = N);
        REQUIRE(logs);
        CHECK(cn_logs_count(logs) == 3);
        CHECK(cn_logs_width(logs, "vector") == 3);
        CHECK(cn_logs_get(logs, "any") == 0);
        CHECK(cn_logs_get(logs, "number") == 2.5);
    }
}
