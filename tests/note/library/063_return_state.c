/* return_state: three tensors from one layer; the output is state_h. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *in = cn_input(3, 1);
    cn_tensor *all = cn_call(cn_lstm(1, .return_state = true), in);
    cn_model *model = cn_functional(in, cn_list_of(cn_nth(all, 0), cn_nth(all, 1), cn_nth(all, 2)));
    cn_list *weights = cn_weights(model);
    cn_set_data(cn_nth(weights, 0), (float[]){.5f, .5f, .86671486f, -.55233343f});
    cn_set_data(cn_nth(weights, 1), (float[]){.25f, .25f, .25f, .25f});
    cn_tensor *y = cn_predict(model, cn_values(cn_shape(1, 3, 1), .1, .2, .3));
    VALUES(cn_nth(y, 0), 1e-6, .10951342);
    VALUES(cn_nth(y, 1), 1e-6, .10951342);
    VALUES(cn_nth(y, 2), 1e-6, .24143776);
    CHECK(cn_item(cn_nth(y, 0)) == cn_item(cn_nth(y, 1)));
}
