/* The same in the optimizer, by patterns of the weights' paths. */
#include "check.h"

static cn_model *model_of(double multiplier, const char *optimizer)
{
    cn_set_random_seed(3);
    cn_model *model = cn_sequential(
        cn_input(3),
        cn_dense(4, .name = "first", .activation = "tanh", .learning_rate_multiplier = multiplier),
        cn_dense(1, .name = "last"));
    cn_compile(model, optimizer, .loss = {"mse"});
    return model;
}

static cn_model *train(cn_model *model)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, 60, 1, CN_FLOAT32)), cn_shape(20, 3));
    cn_fit(model, cn_from_arrays(x, cn_sum(x, {1}, .keepdims = true)), .epochs = 3, .batch_size = 5,
           .verbose = 0, .shuffle = false);
    return model;
}

static void same(cn_model *a, cn_model *b)
{
    for (int i = 0; i < 4; i++) {
        cn_tensor *x = cn_nth(cn_weights(a), i), *y = cn_nth(cn_weights(b), i);
        CHECK(!memcmp(cn_floats(x), cn_floats(y), (size_t)cn_size(x) * sizeof(float)));
    }
}

int main(void)
{
    cn_on_error(cn_die);
    static const char *const rules[][2] = {
        {"sgd(0.1)", "sgd(0.1, learning_rate_multipliers='first/: 0.1')"},
        {"adam(0.1)", "adam(0.1, learning_rate_multipliers='first/: 0.1')"},
        {"adamw(0.1)", "adamw(0.1, learning_rate_multipliers='first/(kernel|bias)$: 0.1, a: 1')"},
    };
    for (int i = 0; i < 3; i++)
        same(train(model_of(0.1, rules[i][0])), train(model_of(1, rules[i][1])));

    /* 0 freezes, here the biases; the file remembers it */
    cn_model *model = train(model_of(1, "adam(0.1, learning_rate_multipliers='bias: 0')"));
    cn_save(model, "frozen.keras");
    cn_model *again = train(cn_load_model("frozen.keras"));
    CHECK(cn_iterations(again->optimizer) == 24);
    CHECK(cn_item(cn_max(cn_abs(cn_nth(cn_weights(again), 1)))) == 0);
    CHECK(cn_item(cn_max(cn_abs(cn_nth(cn_weights(again), 3)))) == 0);
    same(train(model), again);

    cn_on_error(NULL);
    CHECK(!cn_optimizer_new("sgd(learning_rate_multipliers='bias')"));
    CHECK(strstr(cn_error(), "learning_rate_multipliers: expected a pattern, a colon and a number, "
                             "as in 'dense_1/: 0.1, bias: 2'. Received: bias"));
}
