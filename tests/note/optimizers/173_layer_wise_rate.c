/* Learning rates by layer: 0 freezes, .1 moves a tenth; the file keeps them. */
#include "check.h"

static cn_dataset *data(void)
{
    return cn_from_arrays(cn_ones(cn_shape(4, 3), CN_FLOAT32),
                          cn_neg(cn_ones(cn_shape(4, 1), CN_FLOAT32)));
}

/* How far a weight is from what it was. */
static double moved(cn_tensor *weight, const float *before)
{
    double sum = 0;
    for (int64_t i = 0; i < cn_size(weight); i++)
        sum += fabs(cn_floats(weight)[i] - before[i]);
    return sum;
}

/* One step of plain SGD; how far the first layer's kernel has gone. */
static double step(cn_model *model)
{
    float before[12];
    cn_tensor *kernel = cn_nth(cn_weights(model), 0);
    memcpy(before, cn_floats(kernel), sizeof before);
    cn_fit(model, data(), .verbose = 0);
    return moved(kernel, before);
}

static cn_model *model_of(double multiplier, const char *optimizer)
{
    cn_set_random_seed(3);
    cn_model *model = cn_sequential(
        cn_input(3), cn_dense(4, .name = "slow", .learning_rate_multiplier = multiplier),
        cn_dense(1));
    cn_compile(model, optimizer, .loss = {"mse"});
    return model;
}

int main(void)
{
    cn_on_error(cn_die);
    double whole = step(model_of(1, "sgd(0.1)"));
    CHECK(whole > 1e-3);
    CHECK(step(model_of(0, "sgd(0.1)")) == 0);
    CLOSE(step(model_of(0.1, "sgd(0.1)")), whole / 10, 1e-6);
    CHECK(step(model_of(0, "adam(0.1)")) == 0);
    CLOSE(step(model_of(0.1, "adam(0.1)")), step(model_of(1, "adam(0.1)")) / 10, 1e-6);

    /* stored in the file */
    cn_save(model_of(0.1, "sgd(0.1)"), "slow.keras");
    CLOSE(step(cn_load_model("slow.keras")), whole / 10, 1e-6);

    /* and changed between steps: a layer, a model, a variable */
    cn_model *model = model_of(1, "sgd(0.1)");
    cn_set_lr_multiplier(cn_get_layer(model, "slow"), 0.1);
    CLOSE(step(model), whole / 10, 1e-6);
    cn_set_lr_multiplier(model, 0);
    CHECK(step(model) == 0);
    cn_set_lr_multiplier(cn_nth(cn_weights(model), 0), 1);
    CHECK(step(model) > 0);
    CHECK(strstr(cn_model_to_json(model), "\"learning_rate_multiplier\": 0.0"));

    cn_on_error(NULL);
    CHECK(!cn_dense(2, .learning_rate_multiplier = -1));
    CHECK(strstr(cn_error(), "Dense: expected learning_rate_multiplier >= 0. Received: "
                             "learning_rate_multiplier=-1"));
}
