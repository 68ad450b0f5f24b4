/* A Lambda over the three outputs of a body and the three targets that belong to them. */
#include "check.h"

static cn_tensor *yolo_loss(cn_tensor *const *in, const cn_args *args)
{
    size_t scales = cn_arg_inputs(args) / 2;
    cn_tensor *sum = NULL;
    for (size_t i = 0; i < scales; i++) {
        cn_tensor *one = cn_sum(cn_square(cn_sub(in[scales + i], in[i])), {1, 2, 3});
        sum = sum ? cn_add(sum, one) : one;
    }
    return cn_mul(cn_expand_dims(sum, -1), cn_arg_float(args, "weight"));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *image = cn_input(8, 8, 3), *x = image;
    cn_list *outputs = cn_list_new(), *targets = cn_list_new();
    for (int i = 0; i < 3; i++) {
        x = cn_call(cn_conv2d(4, {3, 3}, .strides = {2, 2}, .padding = "same"), x);
        cn_list_add(outputs, x);
        cn_list_add(targets, cn_input(cn_dim(x, 1), cn_dim(x, 2), 4));
    }
    cn_tensor *loss = cn_call(cn_lambda(yolo_loss, .arguments = "weight=0.5", .name = "yolo_loss"),
                              .inputs = cn_list_concat(outputs, targets));
    cn_model *model = cn_functional(cn_list_concat(cn_list_of(image), targets), loss);
    CHECK(cn_list_length(model->inputs) == 4);
    CHECK(cn_dim(loss, 1) == 1);

    cn_list *data = cn_list_of(
        cn_zeros(cn_shape(2, 8, 8, 3), CN_FLOAT32), cn_ones(cn_shape(2, 4, 4, 4), CN_FLOAT32),
        cn_ones(cn_shape(2, 2, 2, 4), CN_FLOAT32), cn_ones(cn_shape(2, 1, 1, 4), CN_FLOAT32));
    VALUES(cn_call(model, .inputs = data), 1e-6, 42, 42); /* (64 + 16 + 4) / 2 */
}
