/* A loss through argmax: which op it is, in which layer. */
#include "check.h"

static cn_tensor *hit(cn_tensor *y_true, cn_tensor *y_pred, const cn_args *args)
{
    (void)args;
    return cn_cast(cn_equal(cn_argmax(y_pred, -1, false), cn_argmax(y_true, -1, false)),
                   CN_FLOAT32);
}

/* A layer that rounds. */
#define ROUNDED(P)
CN_LAYER(rounded, ROUNDED, )
static cn_tensor *call(rounded *self, const cn_inputs *in)
{
    (void)self;
    return cn_round(in->x[0]);
}
CN_REGISTER_LAYER(rounded, .call = call)

static const char keras_says[] =
    "An operation has `None` for gradient. Please make sure that all of your ops have a gradient "
    "defined (i.e. are differentiable). Common ops without gradient: K.argmax, K.round, K.eval.";

int main(void)
{
    cn_tensor *x = cn_ones(cn_shape(4, 3), CN_FLOAT32), *y = cn_ones(cn_shape(4, 2), CN_FLOAT32);
    CHECK(cn_register_loss("hit", hit, NULL));
    cn_model *model = cn_sequential(cn_input(3), cn_dense(2, .name = "scores"));
    CHECK(cn_compile(model, "sgd", .loss = {"hit"}));
    CHECK(!cn_fit(model, cn_from_arrays(x, y), .verbose = 0) && cn_error_code() == CN_EINVAL);
    CHECK(strstr(cn_error(), keras_says));
    CHECK(strstr(cn_error(), "There is none for 'sequential/scores/kernel'. It ends at the op "));
    CHECK(strstr(cn_error(), "; cn_fit at 120_loss_without_gradient.c:")); /* who asked for it */
    cn_clear_error();

    /* in a layer, which is named */
    model = cn_sequential(cn_input(3), cn_dense(2), CN_MAKE(rounded, ROUNDED, .name = "stairs"));
    CHECK(cn_compile(model, "sgd", .loss = {"mse"}));
    CHECK(!cn_fit(model, cn_from_arrays(x, y), .verbose = 0));
    CHECK(strstr(cn_error(), keras_says));
    CHECK(strstr(cn_error(), "It ends at the op 'round' in layer 'stairs'."));
    cn_clear_error();

    /* one weight of several is enough where the gradients are asked for */
    cn_tensor *a = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32), .name = "a");
    cn_tensor *b = cn_variable(cn_ones(cn_shape(2), CN_FLOAT32), .name = "b");
    cn_optimizer *sgd = cn_optimizer_new("sgd");
    cn_tensor *loss = cn_add(cn_sum(a), cn_sum(cn_cast(cn_argmax(b, 0, false), CN_FLOAT32)));
    CHECK(!cn_get_gradients(sgd, loss, cn_list_of(a, b)));
    CHECK(strstr(cn_error(), keras_says));
    CHECK(strstr(cn_error(), "There is none for 'b'. It ends at the op 'argmax'."));
    cn_clear_error();
    CHECK(!cn_get_gradients(sgd, cn_sum(a), cn_list_of(b)));
    CHECK(strstr(cn_error(), "There is none for 'b'. The loss does not depend on it."));
}
