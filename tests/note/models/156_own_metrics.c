/* Metrics of the model's own: updated in the step, logged, and fresh in each epoch; compiled with
 * an optimizer only. */
#include "check.h"

CN_MODEL(tracked, CN_NO_PARAMS, cn_layer *dense; cn_metric * loss, *mae;)

static bool init(tracked *self)
{
    self->dense = cn_add_sublayer(self, "dense", cn_dense(1, .kernel_initializer = "zeros"));
    self->loss = cn_add_metric(self, cn_metric_new("mean(name=loss)"));
    self->mae = cn_add_metric(self, cn_metric_new("mean_absolute_error(name=mae)"));
    return self->dense && self->loss && self->mae;
}

static cn_tensor *call(tracked *self, const cn_inputs *in)
{
    return cn_call(self->dense, in->x[0]);
}

static cn_logs *train_step(tracked *self, const cn_batch *b)
{
    cn_tensor *y_pred = cn_call(self, b->x, .training = true);
    cn_tensor *loss = cn_loss_of("mse", b->y, y_pred);
    cn_list *vars = cn_trainable_weights(self);
    cn_apply_gradients(self->model.optimizer, cn_gradients(loss, vars), vars);
    cn_metric_update(self->loss, loss, NULL, NULL);
    cn_metric_update(self->mae, b->y, y_pred, NULL);
    return cn_metric_logs(cn_list_of(self->loss, self->mae));
}

CN_REGISTER_MODEL(tracked, .init = init, .call = call, .train_step = train_step)

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = CN_MAKE(tracked, CN_NO_PARAMS, .name = "tracked");
    cn_dataset *data =
        cn_from_arrays(cn_ones(cn_shape(4, 1), CN_FLOAT32), cn_ones(cn_shape(4, 1), CN_FLOAT32));
    cn_compile(model, "sgd(0.25)"); /* w = b = 0; each step leaves none of the error */
    cn_history *h = cn_fit(model, data, .epochs = 2, .batch_size = 4, .verbose = 0);
    CHECK(cn_history_count(h) == 2);
    NEAR(cn_history_get(h, "loss", 0), 1);
    NEAR(cn_history_get(h, "mae", 0), 1);
    NEAR(cn_history_get(h, "loss", 1), 0); /* no trace of the first epoch */
    NEAR(cn_history_get(h, "mae", 1), 0);

    cn_metric *mean = cn_metric_new("mean"); /* and in a loop of one's own */
    for (int epoch = 0; epoch < 2; epoch++) {
        for (int i = 0; i < 4; i++)
            cn_metric_update(mean, cn_values(cn_shape(1), i + 10 * epoch), NULL, NULL);
        NEAR(cn_item(cn_metric_result(mean)), 1.5 + 10 * epoch);
        cn_metric_reset(mean);
    }
}
