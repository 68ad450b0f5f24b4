/* A moving average of all weights, statistics of a batch normalization too: starts as they are,
 * m e + (1 - m) w in each step. */
#include "check.h"

/* A weight that is 1, and 2 and 3 after two steps. */
static void by_hand(void)
{
    cn_model *model =
        cn_sequential(cn_input(1), cn_dense(1, .use_bias = false, .kernel_initializer = "ones"));
    cn_compile(model, "sgd(1.0)");
    cn_ema *ema = cn_ema_new(model, 0.9);
    cn_list *weights = cn_trainable_weights(model);
    cn_tensor *average = cn_nth(cn_ema_averages(ema), 0);
    NEAR(cn_item(average), 1);
    for (int i = 0; i < 2; i++)
        cn_apply_gradients(model->optimizer, cn_list_of(cn_values(cn_shape(1, 1), -1)), weights);
    NEAR(cn_item(cn_nth(weights, 0)), 3);
    NEAR(cn_item(average), 1.29);
    CHECK(cn_ema_updates(ema) == 2);
}

static cn_model *small(void)
{
    cn_set_random_seed(2);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(4, .activation = "relu"),
                                    cn_batch_normalization(.momentum = 0.5), cn_dense(1));
    cn_compile(model, "adam(0.1)", .loss = {"mse"});
    return model;
}

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    return cn_from_arrays(x, cn_sum(x, {1}, .keepdims = true));
}

/* What the average must be, followed from outside, weight by weight. */
static struct {
    int64_t count;
    double value[200];
} outside;

static void follow(cn_model *model, double m)
{
    int64_t at = 0;
    cn_list *weights = cn_weights(model);
    for (size_t i = 0; i < cn_list_length(weights); i++)
        for (int64_t k = 0; k < cn_size(cn_nth(weights, i)); k++, at++) {
            double w = cn_floats(cn_nth(weights, i))[k];
            outside.value[at] = outside.count ? m * outside.value[at] + (1 - m) * w : w;
        }
    outside.count = at;
}

static bool each_batch(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)batch, (void)logs, (void)user;
    follow(model, 0.9);
    return true;
}

int main(void)
{
    cn_on_error(cn_die);
    by_hand();

    cn_model *model = small();
    cn_ema *ema = cn_ema_new(model, 0.9);
    follow(model, 0.9);
    cn_fit(model, data(), .epochs = 3, .batch_size = 8, .verbose = 0,
           .callbacks = {{cn_callback(.on_train_batch_end = each_batch)}});
    int64_t at = 0;
    cn_list *averages = cn_ema_averages(ema);
    CHECK(cn_list_length(averages) == 8); /* moving mean and variance are among them */
    for (size_t i = 0; i < 8; i++)
        for (int64_t k = 0; k < cn_size(cn_nth(averages, i)); k++)
            CLOSE(cn_floats(cn_nth(averages, i))[k], outside.value[at++], 1e-5);
    CHECK(at == outside.count);

    /* attached too late, or otherwise than the model's own */
    cn_on_error(NULL);
    cn_model *late = small();
    cn_fit(late, data(), .verbose = 0);
    CHECK(!cn_ema_new(late, 0.9) && cn_error_code() == CN_ESTATE);
    CHECK(strstr(cn_error(), "cn_ema_new: the model has been trained already: an average begins "
                             "after cn_compile, before the first step"));
    cn_clear_error();
    CHECK(!cn_ema_new(model, 0.5));
    CHECK(strstr(cn_error(), "the model has an average of momentum 0.9 already, found 0.5"));
    cn_clear_error();
    CHECK(!cn_ema_new(small(), 1.5));
    CHECK(strstr(cn_error(), "cn_ema_new: expected a momentum in [0, 1], found 1.5"));
}
