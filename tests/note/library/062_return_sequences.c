/* return_sequences: the outputs of all steps. */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_tensor *in = cn_input(3, 1);
    cn_layer *lstm = cn_lstm(1, .return_sequences = true);
    cn_model *model = cn_functional(in, cn_call(lstm, in));
    cn_list *weights = cn_weights(model);
    cn_set_data(cn_nth(weights, 0), (float[]){.75f, .34633653f, -.8464491f, .5f});
    cn_set_data(cn_nth(weights, 1), (float[]){-.5f, .25f, -.3377094f, .25f});
    const float *bias = cn_floats(cn_nth(weights, 2)); /* i, f, c, o: the forget gate's is 1 */
    CHECK(bias[0] == 0 && bias[1] == 1 && bias[2] == 0 && bias[3] == 0);
    cn_tensor *y = cn_predict(model, cn_values(cn_shape(1, 3, 1), .1, .2, .3));
    CHECK(cn_dim(y, 1) == 3 && cn_dim(y, 2) == 1);
    VALUES(y, 1e-6, -.02243521, -.06210149, -.11457888);
}
