/* A layer of one's own, the centre loss of Wen et al. 2016: beside the crossentropy each feature is
 * drawn to the centre of its class, and the centres follow. On handwritten digits, whose features
 * are points of the plane.
 *
 *     center_loss [digits.npz] */
#include <cornu.h>
#include <stdio.h>

#ifndef DIGITS
#define DIGITS "examples/data/digits.npz"
#endif

#define CENTER_LOSS(P) P(float, alpha, 0.5, "learning rate of the centres")
CN_LAYER(center_loss, CENTER_LOSS, cn_tensor *centers;)

static bool build(center_loss *self, const cn_shapes *in)
{
    int64_t width = in->shape[0].dim[1], classes = in->shape[1].dim[1];
    self->centers = cn_add_weight(self, "centers", cn_shape(classes, width),
                                  .initializer = "uniform", .trainable = false);
    return self->centers;
}

static cn_tensor *call(center_loss *self, const cn_inputs *in)
{
    cn_tensor *x = in->x[0], *label = in->x[1]; /* (N, 2), (N, 10) one-hot */
    cn_tensor *t = cn_transpose(label);
    cn_tensor *delta = cn_matmul(t, cn_sub(cn_matmul(label, self->centers), x));
    delta = cn_div(delta, cn_add(cn_sum(t, {1}, .keepdims = true), 1));
    cn_add_update(self, self->centers, cn_sub(self->centers, cn_mul(self->alpha, delta)));
    return cn_sum(cn_square(cn_sub(x, cn_matmul(label, self->centers))), {1}, .keepdims = true);
}

CN_REGISTER_LAYER(center_loss, .build = build, .call = call)
#define center_loss(...) CN_MAKE(center_loss, CENTER_LOSS, __VA_ARGS__)

static cn_tensor *pass(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return y_pred;
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_register_loss("pass", pass, NULL);
    cn_arrays *arrays = cn_load_arrays(argc > 1 ? argv[1] : DIGITS);
    cn_tensor *x = cn_reshape(cn_arrays_get(arrays, "x"), cn_shape(1797, 64));
    cn_tensor *y = cn_one_hot(cn_arrays_get(arrays, "y"), 10, -1, CN_FLOAT32);

    cn_tensor *picture = cn_input(64), *label = cn_input(10, .name = "label");
    cn_tensor *h = cn_call(cn_rescaling(1.0 / 16), picture);
    h = cn_call(cn_dense(64, .activation = "relu"), h);
    cn_tensor *feature = cn_call(cn_dense(2, .name = "feature"), h);
    cn_tensor *digit = cn_call(cn_dense(10, .activation = "softmax", .name = "digit"), feature);
    cn_tensor *distance = cn_call(center_loss(.name = "distance"), feature, label);
    cn_model *model = cn_functional(cn_list_of(picture, label), cn_list_of(digit, distance));
    cn_compile(model, "adam(5e-3)", .loss = {"categorical_crossentropy", "pass"},
               .loss_weights = {1, 0.05}, .metrics = {"digit: accuracy"});
    cn_dataset *data = cn_from_arrays(.xs = cn_list_of(x, y),
                                      .ys = cn_list_of(y, cn_zeros(cn_shape(1797, 1), CN_FLOAT32)));
    cn_history *history = cn_fit(model, data, .epochs = 30, .batch_size = 64, .verbose = 0);

    printf("accuracy %s 0.9\n",
           cn_history_get(history, "digit_accuracy", -1) > 0.9 ? "above" : "below");
    cn_tensor *centers = cn_layer_weight(cn_get_layer(model, "distance"), "centers");
    cn_print_tensor(centers);
    cn_save(model, "centers.keras");
    cn_tensor *again =
        cn_layer_weight(cn_get_layer(cn_load_model("centers.keras"), "distance"), "centers");
    printf("centres %s\n", cn_item(cn_max(cn_abs(cn_sub(centers, again)))) == 0 ? "kept" : "lost");
    return 0;
}
