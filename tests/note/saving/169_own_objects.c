/* A file with own objects (a layer, a loss, a metric, an activation, initializers, regularizers and
 * constraints with parameters, two of each) loads where they are registered; else the error has the
 * missing name. */
#include "check.h"

#define SCALED(P) P(float, by, 2, "factor")
CN_LAYER(scaled, SCALED, )
static cn_tensor *call(scaled *self, const cn_inputs *in)
{
    return cn_mul(in->x[0], self->by);
}
CN_REGISTER_LAYER(scaled, .call = call)
#define scaled(...) CN_MAKE(scaled, SCALED, __VA_ARGS__)

/* The loss and the metric. */
static cn_tensor *far(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    return cn_mul(cn_abs(cn_sub(y_true, y_pred)), cn_arg_float(args, "by"));
}

static cn_tensor *soft(cn_tensor *x, const cn_args *args)
{
    return cn_div(x, cn_add(cn_abs(x), cn_arg_float(args, "knee")));
}

static cn_tensor *filled(cn_shape shape, cn_dtype dtype, const cn_args *args)
{
    return cn_full(shape, cn_arg_float(args, "with"), dtype);
}

static cn_tensor *strength(cn_tensor *x, const cn_args *args)
{
    return cn_mul(cn_arg_float(args, "alpha"), cn_sum(cn_square(x)));
}

static cn_tensor *below(cn_tensor *x, const cn_args *args)
{
    return cn_minimum(x, cn_arg_float(args, "limit"));
}

static cn_model *make(void)
{
    return cn_sequential(cn_input(2), scaled(3),
                         cn_dense(2, .activation = "soft(knee=2)",
                                  .kernel_initializer = "filled(with=0.5)",
                                  .kernel_regularizer = "strength(alpha=0.01)",
                                  .kernel_constraint = "below(limit=0.45)"),
                         cn_dense(1, .activation = "soft", .kernel_initializer = "filled",
                                  .kernel_regularizer = "strength", .kernel_constraint = "below"));
}

/* The model's JSON with another name in all places: it is what the error is about. */
static void missing(cn_model *model, const char *name, const char *other)
{
    static char json[20000];
    const char *text = cn_model_to_json(model), *at;
    size_t n = 0;
    CHECK(strlen(text) < sizeof json / 2 && strlen(name) == strlen(other));
    strcpy(json, text);
    while ((at = strstr(json + n, name))) {
        n = (size_t)(at - json);
        memcpy(json + n, other, strlen(other));
    }
    CHECK(n && !cn_model_from_json(json));
    CHECK(strstr(cn_error(), other));
    cn_clear_error();
}

int main(void)
{
    CHECK(cn_register_loss("far", far, "by=1.0"));
    CHECK(cn_register_metric("far", far, "by=1.0"));
    CHECK(cn_register_activation("Custom>soft", soft, "knee=1.0"));
    CHECK(cn_register_initializer("filled", filled, "with=1.0"));
    CHECK(cn_register_regularizer("strength", strength, "alpha=0.1"));
    CHECK(cn_register_constraint("below", below, "limit=0.9"));
    cn_model *model = make();
    CHECK(cn_compile(model, "sgd", .loss = {"far(by=2)"}, .metrics = {"mae", "far(by=3)"}));
    cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4), *y = cn_zeros(cn_shape(2, 1), CN_FLOAT32);
    cn_dataset *data = cn_from_arrays(x, y);
    VALUES(cn_nth(cn_weights(model), 0), 0, 0.5, 0.5, 0.5, 0.5);
    VALUES(cn_nth(cn_weights(model), 2), 0, 1, 1);
    NEAR(cn_item(cn_nth(cn_losses(model), 0)), 0.01);
    NEAR(cn_item(cn_nth(cn_losses(model), 1)), 0.2);
    double first = 4.5 / 6.5, second = 10.5 / 12.5; /* x W = 3 * 3 * .5, 3 * 7 * .5; knee 2 */
    VALUES(cn_predict(model, x), 1e-6, 2 * first / (2 * first + 1), 2 * second / (2 * second + 1));
    CHECK(cn_fit(model, data, .verbose = 0));
    CHECK(cn_item(cn_max(cn_nth(cn_weights(model), 0))) == 0.45F);
    CHECK(cn_item(cn_max(cn_nth(cn_weights(model), 2))) == 0.9F);

    CHECK(cn_save(model, "everything.keras"));
    cn_save_arrays("everything.npz", (const cn_str[]){"y"}, cn_list_of(cn_predict(model, x)));
    cn_model *again = cn_load_model("everything.keras");
    cn_logs *want = cn_evaluate(model, data, .verbose = 0);
    cn_logs *found = cn_evaluate(again, data, .verbose = 0);
    CHECK(cn_logs_count(want) == 3 && cn_logs_count(found) == 3);
    CHECK(cn_logs_get(found, "loss") == cn_logs_get(want, "loss"));
    CHECK(cn_logs_get(found, "mae") == cn_logs_get(want, "mae"));
    NEAR(cn_logs_get(found, "far"), 3 * cn_logs_get(want, "mae"));
    CHECK(cn_fit(again, data, .verbose = 0));
    CHECK(cn_item(cn_max(cn_nth(cn_weights(again), 0))) <= 0.45F);

    missing(model, "scaled", "sealed");
    missing(model, "soft", "loft");
    missing(model, "filled", "killed");
    missing(model, "strength", "strongth");
    missing(model, "below", "bylow");
}
