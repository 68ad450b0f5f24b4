/* Functions as layers: two columns of the input, side by side again, and a loss that is the model's
 * last layer. The model is saved and loaded with its functions' names.
 *
 *     lambda [model.keras] */
#include <cornu.h>
#include <stdio.h>

static cn_tensor *column(cn_tensor *const *in, const cn_args *args)
{
    return cn_slice(in[0], cn_fmt(":, :, %d", cn_arg_int(args, "index")));
}

/* Of what is true and what is predicted, with weights that are an array. */
static cn_tensor *weighted_squares(cn_tensor *const *in, const cn_args *args)
{
    cn_tensor *squares = cn_square(cn_sub(in[0], in[1]));
    return cn_sum(cn_mul(squares, cn_arg_tensor(args, "weights")), {1}, .keepdims = true);
}

/* The model's output is the loss already. */
static cn_tensor *pass(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)y_true, (void)args;
    return y_pred;
}

static bool columns(const char *path)
{
    cn_tensor *x = cn_input(4, 2);
    cn_tensor *x1 = cn_call(cn_lambda(column, .arguments = "index=0"), x);
    cn_tensor *x2 = cn_call(cn_lambda(column, .arguments = "index=1"), x);
    x1 = cn_call(cn_reshape_layer({4, 1, 1}), x1);
    x2 = cn_call(cn_reshape_layer({4, 1, 1}), x2);
    cn_model *model = cn_functional(x, cn_call(cn_concatenate(), x1, x2));
    cn_summary(model);
    cn_save(model, path);

    cn_tensor *data = cn_reshape(cn_arange(0, 8, 1, CN_FLOAT32), cn_shape(1, 4, 2));
    cn_tensor *y = cn_predict(cn_load_model(path), data);
    return cn_item(cn_max(cn_abs(cn_sub(cn_reshape(y, cn_shape(1, 4, 2)), data)))) == 0;
}

static cn_history *loss_as_layer(void)
{
    cn_tensor *x = cn_input(3), *target = cn_input(2, .name = "target");
    cn_tensor *y = cn_call(cn_dense(2), cn_call(cn_dense(16, .activation = "tanh"), x));
    cn_str weights = cn_array_text(cn_values(cn_shape(2), 1, 0.25));
    cn_tensor *loss = cn_call(
        cn_lambda(weighted_squares, .name = "loss", .arguments = cn_fmt("weights=%s", weights)),
        target, y);
    cn_model *model = cn_functional(cn_list_of(x, target), loss);
    cn_compile(model, "adam(0.01)", .loss = {"loss: pass"});

    cn_tensor *xs = cn_random_uniform(cn_shape(256, 3), -1, 1, CN_FLOAT32, cn_seed(1));
    cn_tensor *ys = cn_sin(cn_mul(2, cn_slice(xs, ":, :2")));
    cn_tensor *nothing = cn_zeros(cn_shape(256, 1), CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(.xs = cn_list_of(xs, ys), .ys = cn_list_of(nothing));
    return cn_fit(model, data, .epochs = 20, .verbose = 0);
}

int main(int argc, char **argv)
{
    cn_on_error(cn_die);
    cn_set_random_seed(1);
    cn_register_function("column", column, "index=0");
    cn_register_function("weighted_squares", weighted_squares, "weights=1.0");
    cn_register_loss("pass", pass, NULL);
    printf("columns are %s\n", columns(argc > 1 ? argv[1] : "columns.keras") ? "back" : "lost");
    cn_history *history = loss_as_layer();
    double share = cn_history_get(history, "loss", -1) / cn_history_get(history, "loss", 0);
    printf("the loss fell %s a tenth\n", share < 0.1 ? "below" : "not below");
    return 0;
}
