/* ResNet50 for pictures of one channel, with classes of one's own and no weights. */
#include "check.h"

static int64_t elements(cn_list *weights)
{
    int64_t n = 0;
    for (size_t i = 0; i < cn_list_length(weights); i++)
        n += cn_size(cn_nth(weights, i));
    return n;
}

int main(void)
{
    cn_on_error(cn_die);
    cn_model *model = cn_resnet50(.input_shape = {64, 64, 1}, .weights = NULL, .classes = 2);
    CHECK(cn_count_params(model) == 23585538);
    CHECK(elements(cn_non_trainable_weights(model)) == 53120);

    cn_compile(model, "sgd(1e-3)", .loss = {"categorical_crossentropy"}, .metrics = {"accuracy"});
    cn_tensor *x = cn_random_uniform(cn_shape(4, 64, 64, 1), 0, 1, CN_FLOAT32, NULL);
    cn_tensor *y = cn_values(cn_shape(4, 2), 1, 0, 0, 1, 1, 0, 0, 1);
    cn_history *h = cn_fit(model, cn_from_arrays(x, y), .epochs = 2, .verbose = 0);
    CHECK(cn_history_get(h, "loss", 1) != cn_history_get(h, "loss", 0));
    CHECK(isfinite(cn_history_get(h, "loss", 1)));
    const float *p = cn_floats(cn_predict(model, x));
    NEAR(p[0] + p[1], 1);

    model = cn_resnet50(.weights = NULL); /* 1000 classes, 3 channels */
    CHECK(cn_count_params(model) == 25636712);
}
