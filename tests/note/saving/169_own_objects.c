/* A file with own objects loads where they are registered; else the error has the missing name. */
#include "check.h"

#define SCALED(P) P(float, by, 2, "factor")
CN_LAYER(scaled, SCALED, )
static cn_tensor *call(scaled *self, const cn_inputs *in)
{
    return cn_mul(in->x[0], self->by);
}
CN_REGISTER_LAYER(scaled, .call = call)

static cn_tensor *far(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    return cn_mul(cn_abs(cn_sub(y_true, y_pred)), cn_arg_float(args, "by"));
}

static cn_tensor *soft(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return cn_div(x, cn_add(cn_abs(x), 1));
}

/* The model's JSON with another name in one place; what comes of it. */
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
    CHECK(cn_register_activation("soft", soft, NULL));
    cn_model *model = cn_sequential(cn_input(2), CN_MAKE(scaled, SCALED, .by = 3),
                                    cn_dense(1, .activation = "soft"));
    CHECK(cn_compile(model, "sgd", .loss = {"far(by=2)"}));
    cn_tensor *x = cn_values(cn_shape(2, 2), 1, 2, 3, 4), *y = cn_zeros(cn_shape(2, 1), CN_FLOAT32);
    CHECK(cn_fit(model, cn_from_arrays(x, y), .verbose = 0));
    CHECK(cn_save(model, "own.keras"));
    cn_model *again = cn_load_model("own.keras");
    CHECK(again);
    CHECK(cn_logs_get(cn_evaluate(again, cn_from_arrays(x, y), .verbose = 0), "loss") ==
          cn_logs_get(cn_evaluate(model, cn_from_arrays(x, y), .verbose = 0), "loss"));

    missing(model, "scaled", "sealed");
    missing(model, "soft", "loft");
}
