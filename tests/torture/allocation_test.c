/* A small model is made, compiled, trained and asked. */
#include "ops/ops.h"
#include "torture/torture.h"
#include "trainers/trainer.h"

static cn_dataset *data(void)
{
    return cn_from_arrays(cn_ones(cn_shape(5, 2), CN_FLOAT32),
                          cn_zeros(cn_shape(5, 1), CN_FLOAT32));
}

static bool own_loop(void)
{
    cn_tensor *w = cn_variable(cn_ones(cn_shape(2, 1), CN_FLOAT32));
    cn_tensor *loss = cn_mean(cn_square(cn_matmul(cn_ones(cn_shape(3, 2), CN_FLOAT32), w)));
    cn_list *weights = w ? cn_list_of(w) : NULL;
    return cn_apply_gradients(cn_optimizer_new("sgd(0.1, momentum=0.9)"),
                              cn_gradients(loss, weights), weights) &&
           cn_floats(w);
}

static bool work(void)
{
    cn_model *m = cn_sequential(cn_input(2), cn_dense(3, .activation = "relu"),
                                cn_batch_normalization(), cn_dense(1));
    if (!cn_compile(m, "adam", .loss = {"mse"}, .metrics = {"mae"}))
        return false;
    cn_history *h =
        cn_fit(m, data(), .epochs = 2, .batch_size = 3, .verbose = 0, .validation_split = 0.4);
    cn_tensor *y = h ? cn_predict(m, cn_dataset_of(cn_ones(cn_shape(2, 2), CN_FLOAT32))) : NULL;
    return y && cn_floats(y) && own_loop();
}

TEST(each_allocation_of_a_training_fails)
{
    CHECK(torture(work) > 1000);
}
