/* One function in two layers, each with arguments of its own, which a file keeps apart. */
#include "column.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_register_function("column", column, "index=0");
    cn_tensor *a = cn_input(4, 2);
    cn_tensor *x1 = cn_call(cn_lambda(column, .arguments = "index=0"), a);
    cn_tensor *x2 = cn_call(cn_lambda(column, .arguments = "index=1"), a);
    cn_model *model = cn_functional(a, cn_list_of(x1, x2));

    CHECK(cn_save(model, "columns.keras"));
    cn_model *models[2] = {model, cn_load_model("columns.keras")};
    cn_tensor *x = cn_values(cn_shape(1, 4, 2), 0, 1, 10, 11, 20, 21, 30, 31);
    for (int i = 0; i < 2; i++) {
        cn_tensor *y = cn_predict(models[i], x);
        VALUES(cn_nth(y, 0), 0, 0, 10, 20, 30);
        VALUES(cn_nth(y, 1), 0, 1, 11, 21, 31);
    }
}
