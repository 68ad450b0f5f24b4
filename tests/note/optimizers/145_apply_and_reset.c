/* The averages take the weights' place, the model predicts, the weights come back, training goes
 * on: bit for bit as if there had been no average. */
#include "check.h"

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    return cn_from_arrays(x, cn_sum(x, {1}, .keepdims = true));
}

static cn_model *fresh(void)
{
    cn_set_random_seed(2);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(40, .activation = "relu"),
                                    cn_batch_normalization(), cn_dropout(0.2), cn_dense(1));
    cn_compile(model, "adam(0.1)", .loss = {"mse"});
    return model;
}

static void train(cn_model *model)
{
    CHECK(cn_fit(model, data(), .epochs = 2, .batch_size = 8, .verbose = 0));
}

static void same(cn_list *a, cn_list *b)
{
    for (size_t i = 0; i < cn_list_length(a); i++) {
        cn_tensor *x = cn_nth(a, i), *y = cn_nth(b, i);
        CHECK(!memcmp(cn_floats(x), cn_floats(y), (size_t)cn_size(x) * sizeof(float)));
    }
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *plain = fresh();
    train(plain), train(plain);

    cn_model *model = fresh();
    cn_ema *ema = cn_ema_new(model, 0.9);
    cn_tensor *x = cn_ones(cn_shape(4, 3), CN_FLOAT32);
    train(model);
    float before = cn_floats(cn_predict(model, x))[0];
    cn_ema_apply(ema);
    float average = cn_floats(cn_predict(model, x))[0];
    CHECK(average != before);
    cn_save(model, "average.keras"); /* the averages are the file's weights */
    cn_ema_reset(ema);
    CHECK(cn_floats(cn_predict(model, x))[0] == before);
    CHECK(cn_floats(cn_predict(cn_load_model("average.keras"), x))[0] == average);
    train(model);
    same(cn_weights(plain), cn_weights(model));

    /* a file in the midst of it has weights, averages and all */
    cn_save(model, "both.keras");
    cn_model *again = cn_load_model("both.keras");
    cn_ema *its = cn_ema_new(again, 0.9);
    CHECK(cn_ema_updates(its) == 12);
    train(model), train(again);
    same(cn_weights(model), cn_weights(again));
    same(cn_ema_averages(ema), cn_ema_averages(its));

    cn_on_error(NULL);
    CHECK(!cn_ema_reset(ema));
    CHECK(strstr(cn_error(), "cn_ema_reset: the averages are not applied"));
    cn_clear_error();
    CHECK(cn_ema_apply(ema) && !cn_ema_apply(ema));
    CHECK(strstr(cn_error(), "cn_ema_apply: the averages are applied already"));
    cn_clear_error();
    CHECK(!cn_fit(model, data(), .verbose = 0) && cn_error_code() == CN_ESTATE);
    CHECK(strstr(cn_error(), "the model has its averages in the place of its weights: cn_ema_reset "
                             "before training"));
}
