/* A built-in loss and an own one with weights; "acc" stays "acc" in the logs. */
#include "check.h"

static cn_tensor *output_itself(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return y_pred;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_loss("output_itself", output_itself, NULL);
    double lambda_c = 1;
    cn_tensor *in = cn_input(2);
    cn_tensor *out1 = cn_call(
        cn_dense(2, .activation = "softmax", .name = "out1", .kernel_initializer = "zeros"), in);
    cn_tensor *out2 = cn_call(cn_dense(1, .name = "out2", .kernel_initializer = "zeros",
                                       .bias_initializer = "constant(5)"),
                              in);
    cn_model *model = cn_functional(in, cn_list_of(out1, out2));
    cn_compile(model, "sgd", .loss = {"categorical_crossentropy", "output_itself"},
               .loss_weights = {1, lambda_c / 2.}, .metrics = {"acc"});

    cn_tensor *y1 = cn_values(cn_shape(2, 2), 1, 0, 0, 1),
              *y2 = cn_zeros(cn_shape(2, 1), CN_FLOAT32);
    cn_dataset *data =
        cn_from_arrays(.x = cn_ones(cn_shape(2, 2), CN_FLOAT32), .ys = cn_list_of(y1, y2));
    cn_logs *logs = cn_evaluate(model, data, .verbose = 0);
    NEAR(cn_logs_get(logs, "out2_loss"), 5);
    NEAR(cn_logs_get(logs, "loss"), log(2) + 0.5 * 5);
    CHECK(!isnan(cn_logs_get(logs, "out1_acc")));
    CHECK(isnan(cn_logs_get(logs, "out1_accuracy")));
}
