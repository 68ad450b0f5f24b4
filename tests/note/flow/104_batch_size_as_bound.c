/* A loop over the samples of a batch, whose number is known when the model runs: batches of 1, 2
 * and 7 through one model. */
#include "check.h"

static cn_tensor *below_batch(cn_tensor *const *v, void *x)
{
    return cn_less(v[0], cn_slice(cn_shape_tensor(x), "0"));
}

static cn_list *sum_of_sample(cn_tensor *const *v, void *x)
{
    cn_tensor *sample = cn_gather(x, v[0], 0);
    return cn_list_of(cn_add(v[0], 1), cn_array_write(v[1], v[0], cn_sum(cn_square(sample))));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_input(3), *i = cn_zeros(CN_SCALAR, CN_INT32);
    cn_tensor *sums = cn_tensor_array(.dynamic_size = true);
    cn_list *r = cn_while_loop(below_batch, sum_of_sample, {i, sums}, .user = x);
    cn_model *model = cn_functional(x, cn_expand_dims(cn_array_stack(cn_nth(r, 1)), -1));
    for (int batch = 1; batch <= 7; batch += batch == 1 ? 1 : 5) {
        cn_tensor *data = cn_reshape(cn_arange(0, 3 * batch, 1, CN_FLOAT32), cn_shape(batch, 3));
        const float *y = cn_floats(cn_predict(model, data, .batch_size = batch));
        for (int k = 0; k < batch; k++)
            NEAR(y[k], 27 * k * k + 18 * k + 5);
    }
}
