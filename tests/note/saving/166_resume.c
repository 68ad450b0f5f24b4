/* Five epochs, a file, five more: the same bits as ten. */
#include "check.h"

enum { N = 64 };

static cn_dataset *data(void)
{
    cn_tensor *x = cn_reshape(cn_sin(cn_arange(0, N * 3, 1, CN_FLOAT32)), cn_shape(N, 3));
    return cn_from_arrays(x, cn_cos(cn_sum(x, {1}, .keepdims = true)));
}

static cn_model *fresh(void)
{
    cn_set_random_seed(5);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(8, .activation = "tanh"),
                                    cn_batch_normalization(), cn_dense(1));
    cn_compile(model, "adam(0.01)", .loss = {"mse"});
    return model;
}

static void train(cn_model *model, int from, int to)
{
    cn_fit(model, data(), .initial_epoch = from, .epochs = to, .batch_size = 16, .verbose = 0,
           .shuffle = false);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *through = fresh();
    train(through, 0, 10);

    cn_model *first = fresh();
    train(first, 0, 5);
    CHECK(cn_save(first, "half.keras"));
    cn_model *second = cn_load_model("half.keras");
    CHECK(cn_iterations(second->optimizer) == 5 * N / 16);
    train(second, 5, 10);

    cn_list *want = cn_weights(through), *found = cn_weights(second);
    for (size_t i = 0; i < cn_list_length(want); i++) {
        cn_tensor *a = cn_nth(want, i), *b = cn_nth(found, i);
        CHECK(!memcmp(cn_data(a), cn_data(b), (size_t)cn_size(a) * cn_dtype_size(cn_dtype_of(a))));
    }
}
