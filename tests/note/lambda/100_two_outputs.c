/* A Lambda that returns two tensors, which can be looked at, and through both of which gradients
 * go. */
#include "check.h"

static cn_tensor *debug(cn_tensor *const *in, const cn_args *args)
{
    cn_list *made = cn_arg_user(args);
    cn_tensor *a = cn_mul(in[0], 2), *b = cn_mul(in[1], in[0]);
    if (made)
        cn_list_add(made, b); /* an inner value */
    return cn_tuple(cn_list_of(a, b));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *a = cn_input(2), *b = cn_input(2);
    cn_tensor *both = cn_call(cn_lambda(debug), a, b);
    cn_model *model = cn_functional(cn_list_of(a, b), cn_list_of(cn_nth(both, 0), cn_nth(both, 1)));

    cn_tensor *x = cn_values(cn_shape(1, 2), 1, 2), *y = cn_values(cn_shape(1, 2), 3, 4);
    cn_tensor *found = cn_call(model, x, y);
    VALUES(cn_nth(found, 0), 0, 2, 4);
    VALUES(cn_nth(found, 1), 0, 3, 8);
    cn_tensor *sum = cn_add(cn_sum(cn_nth(found, 0)), cn_sum(cn_nth(found, 1)));
    cn_list *grads = cn_gradients(sum, cn_list_of(x, y));
    VALUES(cn_nth(grads, 0), 0, 5, 6); /* 2 + y */
    VALUES(cn_nth(grads, 1), 0, 1, 2); /* x */

    cn_list *inner = cn_list_new();
    CHECK(cn_call(cn_lambda(debug, .user = inner), x, y));
    CHECK(cn_print_tensor(cn_nth(inner, 0)));
    VALUES(cn_nth(inner, 0), 0, 3, 8);
}
