/* ResNet50 gets a penalty for each kernel and bias when it is finished: 108 terms, each of its own
 * layer, computed anew in each step. */
#include "check.h"

static cn_tensor *of_kernel(cn_layer *layer, void *alpha)
{
    return cn_mul(*(double *)alpha, cn_sum(cn_square(cn_layer_weight(layer, "kernel"))));
}

static cn_tensor *of_bias(cn_layer *layer, void *alpha)
{
    return cn_mul(*(double *)alpha, cn_sum(cn_square(cn_layer_weight(layer, "bias"))));
}

static bool has_kernel(cn_layer *layer)
{
    return !strcmp(cn_class_name(layer), "Conv2D") || !strcmp(cn_class_name(layer), "Dense");
}

/* What the terms should be. */
static double expected(cn_model *model, double alpha)
{
    cn_tensor *sum = cn_zeros(CN_SCALAR, CN_FLOAT32);
    for (size_t i = 0; i < cn_list_length(model->layer.layers); i++) {
        cn_layer *layer = cn_list_item(model->layer.layers, i);
        for (size_t k = 0; has_kernel(layer) && k < 2; k++)
            sum = cn_add(sum, cn_sum(cn_square(cn_layer_weight(layer, k ? "bias" : "kernel"))));
    }
    return alpha * cn_item(sum);
}

static double total(cn_model *model, size_t terms)
{
    cn_list *losses = cn_losses(model);
    CHECK(cn_list_length(losses) == terms);
    cn_tensor *sum = cn_zeros(CN_SCALAR, CN_FLOAT32);
    for (size_t i = 0; i < terms; i++)
        sum = cn_add(sum, cn_list_item(losses, i));
    return cn_item(sum);
}

int main(void)
{
    cn_on_error(cn_die);
    static double alpha = 1e-4;
    cn_set_random_seed(1);
    cn_model *model = cn_resnet50(.weights = NULL);
    CHECK(cn_count_params(model) == 25636712);
    for (size_t i = 0; i < cn_list_length(model->layer.layers); i++) {
        cn_layer *layer = cn_list_item(model->layer.layers, i);
        if (!has_kernel(layer))
            continue;
        cn_add_loss_function(layer, of_kernel, &alpha);
        if (cn_has_weight(layer, "bias")) /* use_bias */
            cn_add_loss_function(layer, of_bias, &alpha);
    }
    CLOSE(total(model, 108), expected(model, 1e-4), 1e-5);

    cn_model *other = cn_resnet50(.weights = NULL); /* the same in one call */
    CHECK(cn_regularize_layers(other, .kernel = "l2(1e-4)", .bias = "l2(1e-4)",
                               .classes = "Conv2D Dense") == 108);
    CLOSE(total(other, 108), expected(other, 1e-4), 1e-5);

    cn_layer *dense = cn_dense(5, .kernel_initializer = "ones");
    cn_model *small = cn_sequential(cn_input(5), dense);
    cn_add_loss_function(dense, of_kernel, &(double){0.01});
    cn_compile(small, "sgd(0.1)");
    cn_dataset *data = cn_from_arrays(cn_ones(cn_shape(1, 5), CN_FLOAT32));
    cn_history *h = cn_fit(small, data, .epochs = 2, .verbose = 0);
    NEAR(cn_history_get(h, "loss", 0), 0.25);
    NEAR(cn_history_get(h, "loss", 1), 0.25 * 0.998 * 0.998); /* each step anew */
}
