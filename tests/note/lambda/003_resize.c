/* A function that reads something from outside: the size comes through the `user` pointer. Pixels
 * are measured between their centres, or by name as TensorFlow 1 did. */
#include "check.h"

static cn_tensor *to_size(cn_tensor *const *in, const cn_args *args)
{
    const int *size = cn_arg_user(args);
    return cn_resize_images(in[0], {*size, *size});
}

static int freed;

static void let_go(void *user)
{
    freed += *(int *)user;
}

int main(void)
{
    cn_on_error(cn_die);
    int size = 4;
    CN_SCOPE {
        cn_tensor *input = cn_input(2, 2, 1);
        cn_layer *layer = cn_lambda(to_size, .user = &size, .free_user = let_go);
        cn_model *model = cn_functional(input, cn_call(layer, input));
        cn_tensor *y = cn_predict(model, cn_values(cn_shape(1, 2, 2, 1), 0, 1, 2, 3));
        VALUES(cn_slice(y, "0, 0, :, 0"), 1e-6, 0, 0.25, 0.75, 1);
        VALUES(cn_slice(y, "0, 1, :, 0"), 1e-6, 0.5, 0.75, 1.25, 1.5);
        CHECK(!freed);
    }
    CHECK(freed == 4); /* with the layer */

    cn_tensor *image = cn_values(cn_shape(1, 2, 2, 1), 0, 1, 2, 3);
    cn_tensor *tf1 = cn_resize_images(image, {4, 4}, .half_pixel_centers = false);
    VALUES(cn_slice(tf1, "0, :2"), 1e-6, 0, 0.5, 1, 1, 1, 1.5, 2, 2);
}
