/* Statistics of the batch in training, moving ones after it; the axis may be that of the channels.
 */
#include "check.h"

int main(void)
{
    cn_on_error(cn_die);
    cn_layer *bn = cn_batch_normalization(.axis = -1);
    cn_tensor *x = cn_values(cn_shape(4, 1), 1, 2, 3, 4);
    VALUES(cn_call(bn, x, .training = 1), 1e-4, -1.3411, -0.4470, 0.4470, 1.3411);
    VALUES(cn_nth(bn->weights, 2), 1e-6, 0.025);  /* moving mean */
    VALUES(cn_nth(bn->weights, 3), 1e-6, 1.0025); /* moving variance */
    double scale = sqrt(1.0025 + 1e-3);
    VALUES(cn_call(bn, x), 1e-6, (1 - 0.025) / scale, (2 - 0.025) / scale, (3 - 0.025) / scale,
           (4 - 0.025) / scale);

    cn_layer *channels_first = cn_batch_normalization(.axis = 1);
    cn_tensor *y = cn_call(channels_first, cn_ones(cn_shape(2, 3, 4, 5), CN_FLOAT32));
    CHECK(cn_dim(y, 1) == 3 && cn_dim(cn_nth(channels_first->weights, 0), 0) == 3);
}
