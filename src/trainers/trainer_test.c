/* Training: it learns, it repeats bit for bit, it allocates nothing in its steady state, and it
 * refuses bad input. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/test.h"
#include "callbacks/callback.h"
#include "ops/ops.h"
#include "trainers/trainer.h"

enum { N = 96 };

/* Two classes by the sign of x0 + x1. */
static cn_dataset *two_classes(void)
{
    float x[N * 2], y[N];
    for (int i = 0; i < N; i++) {
        x[2 * i] = (float)(i * 37 % N) / N - 0.5f;
        x[2 * i + 1] = (float)(i * 53 % N) / N - 0.5f;
        y[i] = x[2 * i] + x[2 * i + 1] > 0;
    }
    return cn_from_arrays(cn_array(x, CN_FLOAT32, cn_shape(N, 2)),
                          cn_array(y, CN_FLOAT32, cn_shape(N, 1)));
}

static cn_model *small_model(void)
{
    cn_set_random_seed(7);
    return cn_sequential(cn_input(2), cn_dense(8, .activation = "tanh"),
                         cn_dense(1, .activation = "sigmoid"));
}

TEST(fit_learns)
{
    CN_SCOPE {
        cn_model *m = small_model();
        REQUIRE(
            cn_compile(m, "adam(0.05)", .loss = {"binary_crossentropy"}, .metrics = {"accuracy"}));
        cn_history *h = cn_fit(m, two_classes(), .epochs = 40, .batch_size = 16, .verbose = 0);
        REQUIRE(h);
        CHECK(cn_history_epochs(h) == 40);
        check_text(cn_history_name(h, 0), "loss");
        check_text(cn_history_name(h, 1), "accuracy");
        CHECK(cn_history_get(h, "loss", 39) < 0.3 * cn_history_get(h, "loss", 0));
        CHECK(cn_history_get(h, "accuracy", 39) > 0.95);
        cn_logs *logs = cn_evaluate(m, two_classes(), .verbose = 0);
        CHECK(cn_logs_get(logs, "accuracy") > 0.95);
    }
}

static bool predict_now(cn_model *model, int epoch, cn_logs *logs, void *user)
{
    (void)epoch, (void)logs;
    CN_SCOPE
        cn_predict(model, (cn_dataset *)user);
    return true;
}

/* The first weights after a few epochs, with or without a prediction after each. */
static void train_once(float *weights, bool predicting)
{
    CN_SCOPE {
        cn_model *m = small_model();
        cn_dataset *data = two_classes();
        cn_compile(m, "adam", .loss = {"mse"});
        cn_callback *each = cn_callback(.on_epoch_end = predict_now, .user = data);
        cn_fit(m, data, .epochs = 3, .batch_size = 10, .verbose = 0,
               .callbacks = {{predicting ? each : NULL}});
        memcpy(weights, cn_data(cn_list_item(cn_weights(m), 0)), 16 * sizeof(float));
    }
}

TEST(predict_in_a_callback_changes_nothing)
{
    float plain[16], watched[16];
    train_once(plain, false);
    train_once(watched, true);
    CHECK(!memcmp(plain, watched, sizeof plain));
}

/* Allocations of a fit of so many epochs on a model that has been trained before. */
static long allocations(cn_model *m, cn_dataset *data, int epochs)
{
    long before = cn_mem_count();
    CN_SCOPE
        cn_fit(m, data, .epochs = epochs, .batch_size = 1, .verbose = 0, .shuffle = false);
    return cn_mem_count() - before;
}

TEST(steps_allocate_nothing)
{
    CN_SCOPE {
        cn_model *m = small_model();
        cn_dataset *data = two_classes(), *part = cn_take(data, 8);
        cn_compile(m, "adam", .loss = {"mse"}, .metrics = {"mae"});
        allocations(m, data, 1);
        allocations(m, part, 1);
        /* 96 steps cost no more than 8 */
        CHECK(allocations(m, data, 1) == allocations(m, part, 1));
        float x[2] = {1, 2}, y;
        cn_predict_into(m, x, 1, &y);
        long before = cn_mem_count();
        for (int i = 0; i < 100; i++)
            cn_predict_into(m, x, 1, &y);
        CHECK(cn_mem_count() == before);
    }
}

TEST(class_weights_are_sample_weights)
{
    CN_SCOPE {
        double weight[] = {0.5, 2}, loss[2];
        for (int way = 0; way < 2; way++) {
            cn_model *m = small_model();
            cn_dataset *data = two_classes();
            cn_compile(m, "sgd", .loss = {"binary_crossentropy"});
            cn_batch all;
            REQUIRE(cn_dataset_all(data, &all));
            float w[N];
            for (int i = 0; i < N; i++)
                w[i] = cn_floats(all.y)[i] > 0.5f ? 2 : 0.5f;
            if (way)
                data = cn_from_arrays(all.x, all.y, cn_array(w, CN_FLOAT32, cn_shape(N)));
            cn_history *h =
                cn_fit(m, data, .epochs = 2, .batch_size = 16, .verbose = 0, .shuffle = false,
                       .class_weight = way ? NULL : weight, .classes = way ? 0 : 2);
            loss[way] = cn_history_get(h, "loss", 1);
        }
        CHECK(fabs(loss[0] - loss[1]) < 1e-6);
    }
}

TEST(class_weights_keep_the_plan)
{
    CN_SCOPE {
        double even[] = {1, 1}, zero[] = {0, 0}, three[] = {0, 0, 0};
        cn_model *m = small_model();
        cn_dataset *data = two_classes();
        cn_compile(m, "sgd(0)", .loss = {"binary_crossentropy"});
        cn_history *plain = cn_fit(m, data, .verbose = 0);
        cn_history *h = cn_fit(m, data, .verbose = 0, .class_weight = even, .classes = 2);
        CHECK(fabs(cn_history_get(h, "loss", 0) - cn_history_get(plain, "loss", 0)) < 1e-6);
        const cn_traced *step = cn_trainer_of(m, "test")->train.traced;
        size_t count = cn_traced_count(step);
        h = cn_fit(m, data, .verbose = 0, .class_weight = zero, .classes = 2);
        CHECK(cn_history_get(h, "loss", 0) == 0);
        CHECK(cn_trainer_of(m, "test")->train.traced == step && cn_traced_count(step) == count);
        h = cn_fit(m, data, .verbose = 0, .class_weight = three, .classes = 3);
        CHECK(cn_history_get(h, "loss", 0) == 0);
    }
}

TEST(bad_training_is_refused)
{
    CN_SCOPE {
        cn_model *m = small_model();
        CHECK(!cn_fit(m, two_classes(), .verbose = 0));
        check_error("cn_fit: you must compile the model before: cn_compile");
        CHECK(!cn_compile(m, "adma"));
        check_error("unknown optimizer 'adma'; did you mean 'adam'?");
        CHECK(!cn_compile(m, "adam", .loss = {"mse", "mae"}));
        check_error("cn_compile: expected 1 losses, one for each output, found 2");
        REQUIRE(cn_compile(m, "sgd", .loss = {"mse"}));
        CHECK(!cn_fit(m, two_classes(), .epochs = 0, .verbose = 0));
        check_error("cn_fit: expected epochs > 0, found 0");
        cn_dataset *wide = cn_from_arrays(cn_zeros(cn_shape(4, 3), CN_FLOAT32),
                                          cn_zeros(cn_shape(4, 1), CN_FLOAT32));
        CHECK(!cn_fit(m, wide, .verbose = 0));
        CHECK(strstr(cn_error(), "expected shape (None, 2), found (4, 3)"));
        cn_clear_error();
        cn_dataset *none = cn_from_arrays(cn_zeros(cn_shape(0, 2), CN_FLOAT32),
                                          cn_zeros(cn_shape(0, 1), CN_FLOAT32));
        CHECK(!none || !cn_fit(m, none, .verbose = 0));
        cn_clear_error();
    }
}

TEST(several_outputs)
{
    CN_SCOPE {
        cn_set_random_seed(3);
        cn_tensor *x = cn_input(2), *a = cn_call(cn_dense(1, .name = "a"), x),
                  *b = cn_call(cn_dense(2, .name = "b"), x);
        cn_model *m = cn_functional(x, cn_list_of(a, b));
        REQUIRE(cn_compile(m, "sgd", .loss = {"a: mse", "b: mae"}, .loss_weights = {1, 0.5},
                           .metrics = {"b: mse"}));
        cn_dataset *data = cn_from_arrays(.x = cn_ones(cn_shape(6, 2), CN_FLOAT32),
                                          .ys = cn_list_of(cn_zeros(cn_shape(6, 1), CN_FLOAT32),
                                                           cn_ones(cn_shape(6, 2), CN_FLOAT32)));
        cn_history *h = cn_fit(m, data, .batch_size = 4, .verbose = 0);
        REQUIRE(h);
        CHECK(cn_history_count(h) == 4);
        double total = cn_history_get(h, "a_loss", 0) + 0.5 * cn_history_get(h, "b_loss", 0);
        CHECK(fabs(total - cn_history_get(h, "loss", 0)) < 1e-5);
        CHECK(!isnan(cn_history_get(h, "b_mse", 0)));
    }
}

TEST(every_epoch_starts_its_metrics_anew)
{
    CN_SCOPE {
        cn_model *m = small_model();
        REQUIRE(cn_compile(m, "sgd(0.0)", .loss = {"mse"}, .metrics = {"mae"}));
        cn_history *h =
            cn_fit(m, cn_take(two_classes(), 8), .epochs = 3, .batch_size = 8, .verbose = 0,
                   .shuffle = false); /* sums in one order are the same bits */
        cn_tensor *bias = cn_list_item(cn_weights(m), 3);
        double before = cn_history_get(h, "loss", 0);
        CHECK(cn_history_get(h, "loss", 2) == before);
        /* what is assigned between steps is in force in the next */
        cn_assign(bias, cn_add(bias, 1));
        cn_logs *after = cn_evaluate(m, cn_take(two_classes(), 8), .verbose = 0);
        CHECK(fabs(cn_logs_get(after, "loss") - before) > 1e-3);
    }
}
