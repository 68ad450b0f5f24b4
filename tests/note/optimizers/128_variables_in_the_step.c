/* K.variable, K.update, K.update_add, K.switch, K.zeros inside the step's graph: an optimizer that
 * moves the weights at every second batch only. */
#include "check.h"

typedef struct state {
    cn_tensor *w, *sum, *iterations;
} state;

/* One plan: the loss's gradient joins the sum; every second time the weights move. */
static cn_list *step(cn_tensor *const *in, void *user)
{
    state *s = user;
    cn_tensor *error = cn_sub(cn_matmul(in[0], s->w), in[1]);
    cn_tensor *loss = cn_mean(cn_square(error));
    cn_tensor *sum = cn_add(s->sum, cn_nth(cn_gradients(loss, cn_list_of(s->w)), 0));
    cn_tensor *moves = cn_equal(cn_mod(s->iterations, 2), 1);
    cn_assign(s->w, cn_where(moves, cn_sub(s->w, cn_mul(0.1, cn_div(sum, 2))), s->w));
    cn_assign(s->sum, cn_where(moves, cn_zeros(cn_shape(3, 1), CN_FLOAT32), sum));
    cn_assign_add(s->iterations, 1);
    return cn_list_of(loss);
}

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *x = cn_random_normal(cn_shape(8, 3), 0, 1, CN_FLOAT32, NULL);
    cn_tensor *y = cn_random_normal(cn_shape(8, 1), 0, 1, CN_FLOAT32, NULL);
    state s = {.w = cn_variable(cn_values(cn_shape(3, 1), 1, 2, 3), "w"),
               .sum = cn_variable(cn_zeros(cn_shape(3, 1), CN_FLOAT32), "sum"),
               .iterations = cn_variable(cn_zeros(CN_SCALAR, CN_INT64), "iterations")};
    cn_function *f = cn_traced_function(step, &s);
    cn_run(f, cn_slice(x, ":4"), cn_slice(y, ":4"));
    VALUES(s.w, 0, 1, 2, 3); /* the odd step: not yet */
    cn_run(f, cn_slice(x, "4:"), cn_slice(y, "4:"));

    cn_tensor *w = cn_variable(cn_values(cn_shape(3, 1), 1, 2, 3), "whole");
    cn_tensor *loss = cn_mean(cn_square(cn_sub(cn_matmul(x, w), y)));
    cn_apply_gradients(cn_optimizer_new("sgd(0.1)"), cn_gradients(loss, cn_list_of(w)),
                       cn_list_of(w));
    for (int i = 0; i < 3; i++)
        NEAR(cn_floats(s.w)[i], cn_floats(w)[i]);
    NEAR(cn_item(s.iterations), 2);
    VALUES(s.sum, 0, 0, 0, 0);
}
