/* SparseCategoricalCrossentropy(from_logits=True): class ids, the mean over the batch. */
#include "check.h"

static cn_tensor *loss_of(int first, int second)
{
    cn_tensor *logits = cn_values(cn_shape(2, 3), 2, 1, 0, 0, 1, 2);
    cn_tensor *y = cn_array((int[]){first, second}, CN_INT32, cn_shape(2));
    return cn_loss_of("sparse_categorical_crossentropy(from_logits=true)", y, logits);
}

int main(void)
{
    NEAR(cn_item(loss_of(0, 2)), 0.4076060);
    NEAR(cn_item(loss_of(0, 0)), (0.4076060 + 2.4076060) / 2);
    CHECK(isnan(cn_item(loss_of(0, 3))));
    CHECK(!strncmp(cn_error(),
                   "sparse_categorical_crossentropy: expected labels from 0 to 2. "
                   "Received: 3 for sample 1",
                   86));
}
