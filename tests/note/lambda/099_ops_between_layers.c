/* Operations between layers are nodes by themselves, with no Lambda around them, and a file keeps
 * them; a Lambda beside them does the same. */
#include "check.h"

static cn_tensor *shifted(cn_tensor *const *in, const cn_args *args)
{
    return cn_exp(cn_add(in[0], cn_arg_float(args, "by")));
}

int main(void)
{
    cn_on_error(cn_die);
    cn_register_function("shifted", shifted, "by=0.0");
    cn_tensor *x = cn_input(3), *hidden = cn_call(cn_dense(3, .name = "hidden"), x);
    cn_tensor *plain = cn_exp(cn_add(hidden, 0.5));
    cn_tensor *wrapped = cn_call(cn_lambda(shifted, .arguments = "by=0.5"), hidden);
    cn_model *model = cn_functional(x, cn_list_of(plain, wrapped));
    CHECK(cn_save(model, "ops.keras"));
    cn_model *models[2] = {model, cn_load_model("ops.keras")};
    cn_tensor *ones = cn_ones(cn_shape(2, 3), CN_FLOAT32);
    for (int i = 0; i < 2; i++) {
        cn_tensor *y = cn_predict(models[i], ones);
        CHECK(!memcmp(cn_floats(cn_nth(y, 0)), cn_floats(cn_nth(y, 1)), 6 * sizeof(float)));
    }
}
