/* An optimizer that keeps the last gradient of each weight in slots: the model's file holds them.
 */
#include "check.h"

#define KEEPING_SGD(P) P(cn_spec, learning_rate, "0.01", "the rate, or a schedule")
CN_OPTIMIZER(keeping_sgd, KEEPING_SGD, )

static bool build(keeping_sgd *self, const cn_list *weights)
{
    for (size_t i = 0; i < cn_list_length(weights); i++)
        if (!cn_add_slot(self, cn_list_item(weights, i), "gradient"))
            return false;
    return true;
}

static bool update(keeping_sgd *self, cn_tensor *w, cn_tensor *g, cn_tensor *rate)
{
    return cn_assign(cn_slot(self, w, "gradient"), g) && cn_assign(w, cn_sub(w, cn_mul(g, rate)));
}

CN_REGISTER_OPTIMIZER(keeping_sgd, .build = build, .update = update)

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model =
        cn_sequential(cn_input(2), cn_dense(1, .kernel_initializer = "zeros", .name = "dense"));
    cn_compile(model, "keeping_sgd(0.1)", .loss = {"mse"});
    /* loss (y - 1)^2 at x = (3, -2), y = 0: gradients -6, 4 and -2 */
    cn_tensor *x = cn_values(cn_shape(1, 2), 3, -2), *y = cn_ones(cn_shape(1, 1), CN_FLOAT32);
    cn_fit(model, cn_from_arrays(x, y), .verbose = 0);
    cn_save(model, "gradients.keras");

    cn_model *again = cn_load_model("gradients.keras");
    cn_list *weights = cn_trainable_weights(again);
    VALUES(cn_slot(again->optimizer, cn_nth(weights, 0), "gradient"), 1e-6, -6, 4);
    VALUES(cn_slot(again->optimizer, cn_nth(weights, 1), "gradient"), 1e-6, -2);
    VALUES(cn_nth(weights, 0), 1e-6, 0.6, -0.4);
    /* iterations, learning rate, then the slots, as optimizer/vars/2 and 3 of the file */
    CHECK(cn_list_length(cn_optimizer_variables(again->optimizer)) == 4);
    TEXT(cn_variable_path(cn_nth(cn_optimizer_variables(again->optimizer), 2)),
         "keeping_sgd/dense_kernel_gradient");
}
