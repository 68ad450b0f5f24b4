/* An own step of training inside fit: logs, callbacks and history as usual, and the numbers of the
 * built-in step bit for bit. */
#include "check.h"

CN_MODEL(custom_model, CN_NO_PARAMS, cn_layer *dense;)

static bool init(custom_model *self)
{
    self->dense = cn_add_sublayer(self, "dense", cn_dense(1));
    return self->dense;
}

static cn_tensor *call(custom_model *self, const cn_inputs *in)
{
    return cn_call(self->dense, in->x[0]);
}

static int planned;

static cn_logs *train_step(custom_model *self, const cn_batch *b)
{
    planned++;
    cn_tensor *y_pred = cn_call(self, b->x, .training = true);
    cn_tensor *loss = cn_compiled_loss(self, b, y_pred);
    cn_list *vars = cn_trainable_weights(self);
    cn_apply_gradients(self->model.optimizer, cn_gradients(loss, vars), vars);
    return cn_compiled_metrics(self, b, y_pred);
}

CN_REGISTER_MODEL(custom_model, .init = init, .call = call, .train_step = train_step)

static bool count(cn_model *model, int64_t batch, cn_logs *logs, void *user)
{
    (void)model, (void)batch;
    *(int *)user += 1;
    return cn_logs_count(logs) == 2;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_history *h[2];
    float weights[2][33];
    for (int own = 0; own < 2; own++) {
        int steps = 0;
        cn_set_random_seed(1);
        cn_tensor *x = cn_random_uniform(cn_shape(1000, 32), 0, 1, CN_FLOAT32, cn_seed(1));
        cn_tensor *y = cn_random_uniform(cn_shape(1000, 1), 0, 1, CN_FLOAT32, cn_seed(2));
        cn_model *model = own ? CN_MAKE(custom_model, CN_NO_PARAMS, .name = "own")
                              : cn_sequential(cn_input(32), cn_dense(1));
        cn_predict(model, cn_slice(x, ":1")); /* makes the weights */
        cn_compile(model, "adam", .loss = {"mse"}, .metrics = {"mae"});
        cn_callback *counter = cn_callback(.on_train_batch_end = count, .user = &steps);
        h[own] =
            cn_fit(model, cn_from_arrays(x, y), .epochs = 3, .verbose = 0, .callbacks = {counter});
        CHECK(steps == 3 * 32);
        memcpy(weights[own], cn_floats(cn_nth(cn_weights(model), 0)), 32 * sizeof(float));
        weights[own][32] = cn_floats(cn_nth(cn_weights(model), 1))[0];
    }
    CHECK(planned == 2); /* batches of 32 samples, and the last of 8 */
    CHECK(cn_history_count(h[1]) == 2);
    CHECK(!memcmp(weights[0], weights[1], sizeof weights[0]));
    for (int epoch = 0; epoch < 3; epoch++) {
        CHECK(cn_history_get(h[0], "loss", epoch) == cn_history_get(h[1], "loss", epoch));
        CHECK(cn_history_get(h[0], "mae", epoch) == cn_history_get(h[1], "mae", epoch));
    }
}
