/* A step of your own inside fit: the norm of the gradients is clipped, and logged beside the loss.
 *
 *     train_step [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

/* What is seen here is planned once, and then runs as fast as the built-in step. */
static cn_logs *train_step(cn_model *model, const cn_batch *b, void *user)
{
    cn_metric *norm = user;
    cn_tensor *y_pred = cn_call(model, b->x, .training = true);
    cn_tensor *loss = cn_compiled_loss(model, b, y_pred);
    cn_list *weights = cn_trainable_weights(model), *grads = cn_gradients(loss, weights);
    cn_tensor *size = cn_global_norm(grads);
    cn_metric_update(norm, size, NULL, NULL);
    cn_apply_gradients(model->optimizer, cn_clip_by_global_norm(grads, 1.0, size), weights);
    return cn_compiled_metrics(model, b, y_pred); /* loss, accuracy, norm */
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_dataset *all = cn_load_npz(argc > 1 ? argv[1] : DIGITS);
    cn_model *model =
        cn_sequential(cn_input(8, 8, 1), cn_rescaling(1.0 / 16), cn_flatten(),
                      cn_dense(64, .activation = "relu"), cn_dense(10, .activation = "softmax"));
    cn_compile(model, "adam(2e-3)", .loss = {"sparse_categorical_crossentropy"},
               .metrics = {"accuracy"});
    cn_metric *norm = cn_add_metric(model, cn_metric_new("mean(name=norm)"));
    cn_set_train_step(model, train_step, norm);
    cn_history *h = cn_fit(model, all, .epochs = 20, .batch_size = 64, .verbose = 0);
    for (size_t i = 0; i < cn_history_count(h); i++)
        printf("%s\n", cn_history_name(h, i));
    printf("accuracy %s 97 %%\n", cn_history_get(h, "accuracy", -1) > 0.97 ? "above" : "below");
    printf("norm %s\n",
           cn_history_get(h, "norm", -1) < cn_history_get(h, "norm", 0) ? "falls" : "rises");
    return 0;
}
