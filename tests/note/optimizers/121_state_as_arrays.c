/* The optimizer's state as arrays: taken and set again nothing has changed, and the next step of
 * another optimizer that was given it is the same, bit for bit. Its configuration makes its like.
 */
#include "check.h"

/* The weight after three steps, and one more by an optimizer that got the state of the first. */
static void one(const char *spec)
{
    cn_optimizer *first = cn_optimizer_new(spec), *second = cn_optimizer_new(spec);
    cn_tensor *w = cn_variable(cn_values(cn_shape(3), 1, -2, 3)), *v;
    for (int i = 0; i < 3; i++)
        cn_apply_gradients(first, cn_list_of(cn_sin(cn_mul(w, i + 1))), cn_list_of(w));
    cn_list *state = cn_optimizer_get_weights(first);
    CHECK(cn_iterations(first) == 3);
    cn_optimizer_set_weights(first, state); /* is as it was */

    v = cn_variable(cn_array(cn_floats(w), CN_FLOAT32, cn_shape(3)));
    cn_optimizer_build(second, cn_list_of(v));
    cn_optimizer_set_weights(second, state);
    cn_apply_gradients(first, cn_list_of(cn_cos(w)), cn_list_of(w));
    cn_apply_gradients(second, cn_list_of(cn_cos(v)), cn_list_of(v));
    CHECK(!memcmp(cn_floats(w), cn_floats(v), 3 * sizeof(float)));
    CHECK(cn_iterations(first) == 4 && cn_iterations(second) == 4);
}

int main(void)
{
    cn_on_error(cn_die);
    static const char *const specs[] = {"sgd(0.1)",
                                        "sgd(0.1, momentum=0.9)",
                                        "rmsprop(0.1, momentum=0.5)",
                                        "adam(0.1)",
                                        "adam(0.1, amsgrad=true)",
                                        "adamw",
                                        "adagrad",
                                        "adadelta",
                                        "adamax",
                                        "nadam",
                                        "ftrl",
                                        "lion",
                                        "lamb",
                                        "adafactor",
                                        "adam(exponential_decay(0.1, 2, 0.5))",
                                        "loss_scale_optimizer(adam(0.1))"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        one(specs[i]);

    cn_on_error(NULL);
    cn_optimizer *adam = cn_optimizer_new("adam");
    cn_list *none = cn_list_new();
    CHECK(!cn_optimizer_set_weights(adam, none) && cn_error_code() == CN_ESTATE);
    cn_clear_error();
    cn_optimizer_build(adam, cn_list_of(cn_variable(cn_ones(cn_shape(3), CN_FLOAT32))));
    CHECK(!cn_optimizer_set_weights(adam, none));
    CHECK(strstr(cn_error(), "Length of the specified weight list (0) does not match the number of "
                             "weights of the optimizer (3)"));
    cn_clear_error();
    cn_list *wrong = cn_list_of(cn_zeros(CN_SCALAR, CN_INT64), cn_zeros(cn_shape(3), CN_FLOAT32),
                                cn_zeros(cn_shape(2), CN_FLOAT32));
    CHECK(!cn_optimizer_set_weights(adam, wrong));
    CHECK(strstr(cn_error(), "Optimizer weight shape (3,) not compatible with provided weight "
                             "shape (2,)"));
}
