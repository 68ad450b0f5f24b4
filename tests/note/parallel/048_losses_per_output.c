/* A loss for each output: the total is their sum, the logs are named after the outputs. */
#include "check.h"

static cn_tensor *cls_acc(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_equal(cn_argmax(y_true, -1, false), cn_argmax(y_pred, -1, false));
}

/* The model's output is its loss: what y_true holds does not matter. */
static cn_tensor *triplet_loss(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return cn_mean(y_pred, {-1});
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("triplet_loss", triplet_loss, NULL);
    cn_register_metric("cls_acc", cls_acc, NULL);
    cn_set_random_seed(1);
    cn_tensor *in = cn_input(4);
    cn_tensor *x = cn_call(cn_dense(3, .activation = "softmax", .name = "classes"), in);
    cn_tensor *merged = cn_call(cn_dense(1, .activation = "sigmoid", .name = "tripleLossLayer"), x);
    cn_model *model = cn_functional(in, cn_list_of(x, merged));
    cn_compile(model, "sgd(1e-3)", .loss = {"categorical_crossentropy", "triplet_loss"},
               .metrics = {"classes: cls_acc"});

    cn_tensor *y = cn_one_hot(cn_values(cn_shape(6), 0, 1, 2, 0, 1, 2), 3, -1, CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(.x = cn_ones(cn_shape(6, 4), CN_FLOAT32),
                                      .ys = cn_list_of(y, cn_zeros(cn_shape(6, 1), CN_FLOAT32)));
    cn_history *h = cn_fit(model, data, .batch_size = 6, .verbose = 0);
    static const char *const names[] = {"loss", "classes_loss", "tripleLossLayer_loss",
                                        "classes_cls_acc"};
    CHECK(cn_history_count(h) == 4);
    for (size_t i = 0; i < 4; i++)
        TEXT(cn_history_name(h, i), names[i]);
    NEAR(cn_history_get(h, "loss", 0),
         cn_history_get(h, "classes_loss", 0) + cn_history_get(h, "tripleLossLayer_loss", 0));
    NEAR(cn_history_get(h, "classes_cls_acc", 0), 1.0 / 3);
}
