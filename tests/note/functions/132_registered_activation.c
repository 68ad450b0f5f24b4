/* An activation by its registered name alone, and a checkpoint after each epoch. */
#include "check.h"

static cn_tensor *soft(cn_tensor *x, const cn_args *args)
{
    (void)args;
    return cn_mul(x, cn_sigmoid(cn_mul(1.702, x)));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_activation("quick_gelu", soft, NULL);
    cn_model *model = cn_sequential(cn_input(3), cn_dense(4), cn_activation("quick_gelu"),
                                    cn_dense(2, .activation = "quick_gelu"));
    cn_compile(model, "sgd(0.1)", .loss = {"mse"});
    cn_tensor *x = cn_ones(cn_shape(4, 3), CN_FLOAT32), *y = cn_ones(cn_shape(4, 2), CN_FLOAT32);
    cn_fit(model, cn_from_arrays(x, y), .epochs = 3, .verbose = 0,
           .callbacks = {cn_model_checkpoint("epoch-{epoch}.keras")});
    for (int epoch = 1; epoch <= 3; epoch++)
        CHECK(cn_load_model(cn_fmt("epoch-%d.keras", epoch)));
    cn_model *last = cn_load_model("epoch-3.keras");
    CHECK(!memcmp(cn_floats(cn_predict(model, x)), cn_floats(cn_predict(last, x)),
                  8 * sizeof(float)));
    /* What Python's Keras asks of custom_objects: the name. */
    CHECK(strstr(cn_model_to_json(model),
                 "{\"module\": \"builtins\", \"class_name\": \"function\", \"config\": "
                 "\"quick_gelu\", \"registered_name\": \"function\"}"));
}
