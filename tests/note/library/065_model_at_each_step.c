/* A whole model at each step of films of volumes: tensors of rank 6. */
#include "check.h"

static cn_model *cnn(int64_t size)
{
    return cn_sequential(cn_input(size, size, size, 2),
                         cn_conv3d(4, {3}, .strides = {2}, .activation = "relu"),
                         cn_global_average_pooling3d(), cn_dense(128, .activation = "relu"));
}

static cn_model *network(int64_t steps, int64_t size)
{
    cn_shape films = cn_shape(steps, size, size, size, 2);
    return cn_sequential(cn_time_distributed(cnn(size), .input_shape = &films),
                         cn_lstm(256, .return_sequences = true),
                         cn_time_distributed(cn_dense(24, .activation = "softmax")));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *large = network(24, 128);
    cn_layer *lstm = cn_get_layer_at(large, -2), *last = cn_get_layer_at(large, -1);
    cn_str text = cn_summary_text(large);
    CHECK(strstr(text, "(None, 24, 128)") && strstr(text, "(None, 24, 256)") &&
          strstr(text, "(None, 24, 24)"));
    CHECK(strstr(text, "394,240") && strstr(text, "6,168"));
    CHECK(cn_count_params(lstm) == 394240 && cn_count_params(last) == 6168);

    cn_model *small = network(3, 8);
    cn_tensor *x = cn_random_normal(cn_shape(2, 3, 8, 8, 8, 2), 0, 1, CN_FLOAT32, cn_seed(3));
    cn_tensor *y = cn_call(small, x);
    CHECK(cn_dim(y, 0) == 2 && cn_dim(y, 1) == 3 && cn_dim(y, 2) == 24);
    cn_list *gradients = cn_gradients(cn_sum(cn_square(y)), cn_trainable_weights(small));
    for (size_t i = 0; i < cn_list_length(gradients); i++) {
        double largest = cn_item(cn_max(cn_abs((cn_tensor *)cn_nth(gradients, i))));
        CHECK(largest > 0 && isfinite(largest));
    }
    cn_compile(small, "sgd(0.1)", .loss = {"sparse_categorical_crossentropy"});
    cn_tensor *classes = cn_array((int32_t[]){1, 2, 3, 4, 5, 6}, CN_INT32, cn_shape(2, 3));
    cn_dataset *data = cn_from_arrays(x, classes);
    double first = cn_logs_get(cn_evaluate(small, data, .verbose = 0), "loss");
    cn_fit(small, data, .epochs = 5, .verbose = 0);
    CHECK(cn_logs_get(cn_evaluate(small, data, .verbose = 0), "loss") < first);
}
