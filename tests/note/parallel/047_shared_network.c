/* One network on three inputs: its weights are counted once, its gradients add. */
#include "check.h"

static cn_tensor *picture(double scale)
{
    return cn_mul(cn_reshape(cn_arange(0, 32, 1, CN_FLOAT32), cn_shape(2, 4, 4, 1)), scale);
}

/* The sum of what the network says of three pictures; of one (`which`), where that is not 3. */
static cn_tensor *total(cn_model *cnn, int which)
{
    cn_tensor *sum = NULL;
    for (int i = 0; i < 3; i++)
        if (which == i || which == 3) {
            cn_tensor *y = cn_sum(cn_square(cn_call(cnn, picture(0.01 * (i + 1)))));
            sum = sum ? cn_add(sum, y) : y;
        }
    return sum;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_model *cnn = cn_sequential(cn_input(4, 4, 1), cn_conv2d(2, {3, 3}, .activation = "tanh"),
                                  cn_flatten(), cn_dense(3));
    cn_tensor *a = cn_input(4, 4, 1), *b = cn_input(4, 4, 1), *c = cn_input(4, 4, 1);
    cn_tensor *merged =
        cn_call(cn_concatenate(), cn_call(cnn, a), cn_call(cnn, b), cn_call(cnn, c));
    cn_model *model = cn_functional(cn_list_of(a, b, c), merged);
    CHECK(cn_count_params(cnn) == 3 * 3 * 2 + 2 + 8 * 3 + 3);
    CHECK(cn_count_params(model) == cn_count_params(cnn));
    CHECK(cn_dim(merged, 1) == 9);

    cn_list *weights = cn_trainable_weights(cnn);
    cn_list *all = cn_gradients(total(cnn, 3), weights), *one[3];
    for (int i = 0; i < 3; i++)
        one[i] = cn_gradients(total(cnn, i), weights);
    for (size_t w = 0; w < cn_list_length(weights); w++) {
        cn_tensor *sum = cn_add(cn_add(cn_nth(one[0], w), cn_nth(one[1], w)), cn_nth(one[2], w));
        CHECK(cn_item(cn_max(cn_abs(cn_sub(cn_nth(all, w), sum)))) < 1e-5);
    }

    cn_tensor *kernel = cn_nth(weights, 0); /* and by finite differences */
    float values[18], step = 1e-2f;
    memcpy(values, cn_floats(kernel), sizeof values);
    double gradient = cn_floats(cn_nth(all, 0))[4], sides[2];
    for (int side = 0; side < 2; side++) {
        float moved[18];
        memcpy(moved, values, sizeof moved);
        moved[4] += side ? step : -step;
        cn_set_data(kernel, moved);
        sides[side] = cn_item(total(cnn, 3));
    }
    CLOSE((sides[1] - sides[0]) / (2 * step), gradient, 1e-2);
}
